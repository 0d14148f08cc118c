import Commands
import Glibc
import Language

/// Runs generated programs one after the other in a session that has the named values (`EdgeValues.named`).
final class CallBench {
    /// What must not be: a text for a person.
    struct Finding: Error { let text: String }

    let session: Session
    let table: BuiltinTable
    let watch: CallWatch
    private let folder: EdgeFolder
    private let start: Session.Snapshot

    /// Values are small, so that a thousand of them fit beside each other; a loop ends soon.
    private static let limits = Limits(callDepth: 200, steps: 20_000, bytes: 256 << 20, nesting: 500)

    init(patience: Double = 20, grace: Double = 20) throws {
        table = BuiltinTable(host: CommandTable.all)
        let library = Self.root + "/stdlib"
        session = Session(table: table, options: SessionOptions(limits: Self.limits, standardLibrary: [library]))
        for value in EdgeValues.named {
            let outcome = session.run(source: "\(value.name) = \(value.code);")
            if let problem = outcome.diagnostics.first { throw Finding(text: "\(value.name): \(problem.plain())") }
        }
        folder = try EdgeFolder(session)
        start = session.snapshot()
        watch = CallWatch(session.interrupt, patience: patience, grace: grace)
    }

    /// The repository, from wherever these sources are compiled.
    static let root: String = {
        var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        while parts.count > 1, access(parts.joined(separator: "/") + "/stdlib/models", F_OK) != 0 { parts.removeLast() }
        return parts.joined(separator: "/")
    }()

    /// The program of a seed, and how many calls it has.
    func program(_ choices: Choices) -> (text: String, calls: Int) {
        var generator = CallGenerator(table, choices)
        let text = generator.program()
        return (text, generator.calls)
    }

    /// Checks and runs a program. Throws a `Finding` where that gives something other than values and diagnostics.
    /// Returns whether it ended by itself.
    func run(_ program: String) throws -> Bool {
        try folder.renew()
        var found: String?
        let ended = watch.watching(Self.alone(program)) {
            let known = session.check(source: program)
            let outcome = session.run(source: program)
            for (place, diagnostic) in (known + outcome.diagnostics).enumerated() {
                let text = place % 2 == 0 ? diagnostic.plain() : diagnostic.fancy()
                if diagnostic.code == .internal { found = "a mistake of ours: \(text)" }
                if diagnostic.message.isEmpty { found = "a diagnostic without a message: \(text)" }
            }
            if let value = outcome.value { _ = value.literalText }
            session.restore(start)
        }
        if let found { throw Finding(text: "\(found)\n\(Self.alone(program))") }
        return ended
    }

    /// The program with what it uses, as `bas -e` takes it (in a folder as `EdgeFolder` makes it, where it names files).
    static func alone(_ program: String) -> String {
        (EdgeValues.used(by: program).map { "\($0.name) = \($0.code);" } + [program]).joined(separator: "\n")
    }
}
