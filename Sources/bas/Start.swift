import ArgumentParser
import Language
import Notebook
import Terminal

/// `bas` without a subcommand: the prompt, a script, or code from the command line.
struct Start: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start", abstract: "Open the prompt, or run a script or code (the default).",
        usage: "bas [-q] [-i] [-e CODE ...] [FILE | -] [ARGUMENT ...]")

    @Option(
        name: .customShort("e"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Run this code; may be given several times.", valueName: "code"))
    var code: [String] = []

    @Flag(name: .customShort("i"), help: "Go on to the prompt afterwards, as a notebook does at a terminal.")
    var interactive = false

    @Flag(help: "Do not run init.bas before the prompt.")
    var noInit = false

    @Option(
        help: ArgumentHelp(
            "A session that did not end in good order: replay it (the default), list all, print or forget it. A number after it picks another than the newest.",
            valueName: "action"))
    var recover: Recovery.Action?

    @OptionGroup var options: ConsoleOptions
    @OptionGroup(title: "Safety") var safety: SafetyOptions

    @Argument(
        parsing: .captureForPassthrough,
        help: ArgumentHelp("A script, or - for standard input, and its arguments.", valueName: "file"),
        completion: .file(extensions: ["bas"]))
    var words: [String] = []

    func validate() throws {
        guard code.isEmpty, recover == nil, let file = words.first else { return }
        try refuseOption(file, of: self)
        // A word that is no file and looks like none is a mistyped command.
        guard file != "-", !file.contains(where: { "/.".contains($0) }), !Surroundings.exists(file) else {
            return
        }
        let names = Bas.configuration.subcommands.map { $0._commandName }
        if names.contains(file) { throw ValidationError("options come after the command: bas \(file) …") }
        let nearest = nearestName(file, among: names).map { "; did you mean '\($0)'?" } ?? ""
        throw ValidationError("there is no command and no file '\(file)'\(nearest)")
    }

    func run() throws {
        let console = options.console(safety)
        if let recover {
            return try Bas.finish(
                console.recover(recover, number: words.first ?? "", banner: Host.banner, runsInit: !noInit))
        }
        if !code.isEmpty {
            try Bas.finish(console.run(code: code, arguments: words))
        } else if let file = words.first, file != "-", opensNotebook(file) {
            return try Bas.finish(
                console.prompt(notebook: file, arguments: Array(words.dropFirst()), banner: Host.banner, runsInit: !noInit))
        } else if let file = words.first, file != "-" {
            try Bas.finish(console.run(file: file, arguments: Array(words.dropFirst())))
        } else if words.first == "-" || !Surroundings.isTerminal(0), !interactive {
            try Bas.finish(console.runStandardInput(arguments: Array(words.dropFirst())))
        }
        let isPrompt = code.isEmpty && words.isEmpty && (interactive || Surroundings.isTerminal(0))
        guard interactive || isPrompt else { return }
        try Bas.finish(console.prompt(banner: Host.banner, runsInit: !noInit))
    }

    /// Whether the file is a notebook and a person sits at the terminal, who goes on after its last cell.
    private func opensNotebook(_ file: String) -> Bool {
        guard options.errorFormat == .text, Surroundings.isTerminal(0), Surroundings.isTerminal(1) else { return false }
        return (try? NotebookFile(path: file))?.hasCells == true
    }
}
