import ArgumentParser
import Language
import Reference
import Terminal

/// `bas doc`.
struct Doc: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the reference: all commands, or one; or write it as a page.",
        usage: "bas doc [NAME | WORDS ...] | --html [-o FILE] | --man | --json | --markdown | --editors FOLDER")

    enum Form: String, EnumerableFlag {
        case html, man, json, markdown

        static func help(for form: Form) -> ArgumentHelp? {
            switch form {
            case .html: "One self-contained HTML page."
            case .man: "The manual page bas(1)."
            case .json: "The whole table as JSON, for tools."
            case .markdown: "One Markdown page."
            }
        }
    }

    @Flag(exclusivity: .exclusive)
    var form: Form?

    @Option(name: [.short, .long], help: "Write to this file instead of standard output.", completion: .file())
    var output: String?

    @Option(
        help: ArgumentHelp(
            "Write a TextMate grammar, a VS Code extension, a Pygments lexer and vim files.", valueName: "folder"),
        completion: .directory)
    var editors: String?

    @Argument(
        help: "A command, or words to search for.",
        completion: .list(Host.builtins.map(\.name)))
    var name: [String] = []

    func validate() throws {
        if form != nil || editors != nil, !name.isEmpty {
            throw ValidationError("--\(form?.rawValue ?? "editors") writes the whole reference; leave out '\(name[0])'")
        }
        if output != nil, form == nil { throw ValidationError("-o goes with --html, --man, --json or --markdown") }
    }

    func run() throws {
        let reference = Reference(builtins: Host.builtins, version: Host.version)
        do {
            if let editors { try Pages.write(Editors(reference).files(), below: editors) }
            if let form { return try write(text(reference, form)) }
            if editors == nil { show(reference) }
        } catch let problem as Problem {
            Console(builtins: Host.builtins).printer.report(problem)
            try Bas.finish((problem.exitCode ?? problem.code.exitCode).rawValue)
        }
    }

    private func text(_ reference: Reference, _ form: Form) -> String {
        switch form {
        case .html: reference.html()
        case .json: reference.json()
        case .markdown: reference.markdown()
        case .man:
            reference.manual(
                Reference.ManualParts(
                    options: [("options", Start.helpMessage(columns: 78))]
                        + Bas.configuration.subcommands.filter { $0 != Start.self }.map {
                            // The usage line as the command itself prints it.
                            let help = $0.helpMessage(columns: 78).replacing(
                                "USAGE: \($0._commandName)", with: "USAGE: bas \($0._commandName)"
                            ).replacing("See '\($0._commandName) help", with: "See 'bas help \($0._commandName)")
                            return ("bas \($0._commandName)", help)
                        },
                    promptCommands: Prompt.commands, exitCodes: Bas.exitCodes, safety: SafetyOptions.explanation))
        }
    }

    private func write(_ text: String) throws {
        guard let output else { return Pages.print(text) }
        try Pages.write([ReferenceFile(path: output, text: text)], below: nil)
    }

    private func show(_ reference: Reference) {
        let width = ScreenTraits.current(color: .auto).width()
        if name.isEmpty { return Page.show(reference.list(width: width)) }
        let session = Session(
            builtins: Host.builtins, options: SessionOptions(display: { DisplayContext(width: width) }))
        if name.count == 1, session.context.builtins[name[0]] != nil {
            return Page.show(session.details(name[0]))
        }
        Page.show(name.count == 1 ? session.help(name[0]) : session.apropos(name.joined(separator: " ")))
    }
}
