import ArgumentParser
import Terminal

/// `bas fmt`.
struct Format: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fmt", abstract: "Lay out scripts in the canonical way, in place.",
        discussion: """
            Line breaks, comments and single blank lines stay; indentation, spaces and trailing commas follow one rule. \
            What a script means never changes, and one with mistakes is reported and left alone. Folders stand for all \
            .bas files in them; - reads standard input and writes standard output.
            """)

    @OptionGroup var options: ConsoleOptions

    @Flag(help: "Write nothing; print the names of scripts that are laid out otherwise, and exit with 1 if there are any.")
    var check = false

    @Argument(help: ArgumentHelp("Scripts or folders; - is standard input.", valueName: "file"), completion: .file(extensions: ["bas"]))
    var files: [String] = []

    func run() throws {
        try Bas.finish(options.console().format(files, checks: check))
    }
}
