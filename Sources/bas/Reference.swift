import ArgumentParser
import Language
import Terminal

struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Explain an error code, for example E0203.")

    @Argument(help: "The code.")
    var code: String

    func validate() throws {
        if ErrorCode(text: code) == nil {
            throw ValidationError("there is no error code '\(code)'; codes look like E0203")
        }
    }

    func run() throws {
        if let code = ErrorCode(text: code) { Page.show(code.explanationText) }
    }
}

struct Doc: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show the reference: all commands, or one.")

    @Argument(help: "A command, or words to search for.")
    var name: [String] = []

    func run() throws {
        let session = Session(builtins: Host.builtins)
        if name.isEmpty { return Page.show(list(session.context.builtins)) }
        if name.count == 1, session.context.builtins[name[0]] != nil {
            return Page.show(session.details(name[0]))
        }
        Page.show(name.count == 1 ? session.help(name[0]) : session.apropos(name.joined(separator: " ")))
    }

    /// Every command under its family with its sentence.
    private func list(_ table: BuiltinTable) -> String {
        let width = table.names.map(\.count).max() ?? 0
        return table.families.map { family in
            let rows = family.rows.map { row in
                "  \(row.name)\(String(repeating: " ", count: width - row.name.count))  \(row.summary)"
            }
            return ([family.name] + rows).joined(separator: "\n")
        }.joined(separator: "\n\n")
    }
}

struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Time training steps, a picture and start-up on this machine.")

    @Flag(help: "One JSON object instead of a table.")
    var json = false

    func run() throws {
        do {
            try Host.benchmark(json: json)
        } catch let problem as Problem {
            Console(builtins: Host.builtins).printer.report(problem)
            try Bas.finish((problem.exitCode ?? problem.code.exitCode).rawValue)
        }
    }
}
