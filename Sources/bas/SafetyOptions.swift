import ArgumentParser
import Terminal

/// The options of every command that runs programs: what they may read and write, and how long and how large they may become.
struct SafetyOptions: ParsableArguments {
    @Flag(help: "Confine the program as a downloaded one: bas --help says to what.")
    var sandbox = false

    @Option(
        help: ArgumentHelp(
            "Confine the program and let it read these too: --allow-read=a,b; without =, everything.", valueName: "paths"))
    var allowRead: [String] = []

    @Option(
        help: ArgumentHelp(
            "Confine the program and let it write and read these too: --allow-write=a,b; without =, everything.", valueName: "paths"))
    var allowWrite: [String] = []

    @Option(help: ArgumentHelp("Stop when bas holds more memory than this: 4GiB.", valueName: "size"))
    var limitMemory: String?

    @Option(help: ArgumentHelp("Stop after this time: 90s, 10m, 1h30m; at a prompt, each input.", valueName: "time"))
    var limitTime: String?

    func validate() throws {
        if let limitMemory, Quantity.bytes(limitMemory) == nil {
            throw ValidationError("'\(limitMemory)' is no size of memory; write --limit-memory 4GiB")
        }
        if let limitTime, Quantity.seconds(limitTime) == nil {
            throw ValidationError("'\(limitTime)' is no time; write --limit-time 90s, 10m or 1h30m")
        }
    }

    /// The options as the console takes them.
    var safety: Console.Safety {
        Console.Safety(
            allowsReading: allowRead.flatMap(Self.paths), allowsWriting: allowWrite.flatMap(Self.paths), isSandbox: sandbox,
            memory: limitMemory.flatMap(Quantity.bytes), seconds: limitTime.flatMap(Quantity.seconds))
    }

    /// Returns the paths between commas; a path with commas that exists is one.
    private static func paths(_ text: String) -> [String] {
        Surroundings.exists(text) ? [text] : text.split(separator: ",").map(String.init)
    }

    /// Returns arguments with the paths that options without any stand for: the parser wants a value. What follows the script is the
    /// script's own and stays as it is.
    static func completed(_ arguments: [String]) -> [String] {
        var (result, takesValue, isFirst) = ([String](), false, true)
        for (place, word) in arguments.enumerated() {
            if takesValue {
                takesValue = false
            } else if ["--allow-read", "--allow-write"].contains(word) {
                result.append(word + "=/")
                continue
            } else if ["-e", "--color", "--error-format", "--limit-memory", "--limit-time", "--port"].contains(word) {
                takesValue = true
            } else if !word.hasPrefix("-") || word == "-" || word == "--" {
                // The first word may be a subcommand, whose options follow.
                guard isFirst, Bas.configuration.subcommands.contains(where: { $0._commandName == word }) else {
                    return result + arguments[place...]
                }
                isFirst = false
            }
            result.append(word)
        }
        return result
    }

    static let explanation = """
        A program reads and writes what you may, unless its file was downloaded (a browser's note on it, or it lies in the folder for \
        downloads) and you have not trusted it (bas trust FILE), or --sandbox or an --allow option is given. Then it is confined: it \
        reads its own folder, the current folder and the standard library, without names that begin with a dot, and writes to FILE.out \
        and .bas/out. Links are followed first; pipes, devices, /proc and /sys are refused. Programs have no shell and no network, \
        confined or not.
        """
}
