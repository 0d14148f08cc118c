import ArgumentParser
import Terminal

/// `bas run`.
struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run a script; `args` holds its arguments.",
        usage: "bas run [options] FILE|- [ARGUMENT ...]")

    @OptionGroup var options: ConsoleOptions
    @OptionGroup(title: "Safety") var safety: SafetyOptions

    @Argument(
        parsing: .captureForPassthrough,
        help: ArgumentHelp("A script, or - for standard input, and its arguments.", valueName: "file"),
        completion: .file(extensions: ["bas"]))
    var words: [String] = []

    func validate() throws {
        guard let file = words.first else { throw ValidationError("say which script: bas run FILE") }
        try refuseOption(file, of: self)
    }

    func run() throws {
        let console = options.console(safety)
        let file = words.first ?? "-"
        let arguments = Array(words.dropFirst())
        try Bas.finish(
            file == "-"
                ? console.runStandardInput(arguments: arguments)
                : console.run(file: file, arguments: arguments))
    }
}

/// Throws where an unknown option stands in place of the script: a request for help, or a mistake.
func refuseOption(_ word: String, of command: some ParsableCommand) throws {
    guard word.hasPrefix("-"), word != "-" else { return }
    if word == "-h" || word == "--help" { throw CleanExit.helpRequest(command) }
    throw ValidationError("unknown option '\(word)'")
}
