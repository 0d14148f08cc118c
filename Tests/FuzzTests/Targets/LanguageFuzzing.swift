import Commands
import Language

/// Programs.
enum LanguageFuzzing {
    private static let reader = Session(table: everything)
    private static let everything = BuiltinTable(host: CommandTable.all)
    private static let core = BuiltinTable()

    /// Scanner, parser, checker, completion, cells, formatter: everything that reads a program without running it.
    static func read(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        reader.check(source: text).enumerated().forEach(verify)
        _ = reader.isIncomplete(text)
        _ = cells(of: text)
        for candidate in reader.complete(text, cursor: text.utf8.count) {
            precondition(candidate.range.upperBound <= text.utf8.count, "a completion outside of the text")
        }
        format(text)
    }

    /// The formatter itself compares the trees and comments of what it read and wrote, and reports where they differ.
    private static func format(_ text: String) {
        let once: String
        do {
            once = try reader.format(source: text)
        } catch {
            precondition(!error.diagnostics.isEmpty, "a failure without a reason")
            precondition(!error.diagnostics.contains { $0.code == .internal }, "formatting changes the meaning")
            return
        }
        let twice = try? reader.format(source: once)
        precondition(twice == once, "formatting a formatted text changes it")
    }

    /// The language alone, under limits.
    static func evaluate(_ bytes: [UInt8]) {
        run(bytes, core)
    }

    /// With tensors, masks and pictures; nothing that reads or writes files.
    static func evaluateWithTensors(_ bytes: [UInt8]) {
        run(bytes, inMemory)
    }

    private static let inMemory = BuiltinTable(
        host: CommandTable.tensorFamilies.filter { !$0.name.hasPrefix("save") && !$0.name.hasPrefix("load") })

    // What the tables show of each builtin.
    static func examples() -> [String] { examples(of: everything) }
    static func coreExamples() -> [String] { examples(of: core) }
    static func inMemoryExamples() -> [String] { examples(of: inMemory) }

    private static func examples(of table: BuiltinTable) -> [String] {
        table.all.flatMap { $0.examples.map(\.code) }
    }

    private static func run(_ bytes: [UInt8], _ table: BuiltinTable) {
        let text = String(decoding: bytes, as: UTF8.self)
        // An import reads any file that it names, a terminal too.
        guard !text.contains("import") else { return }
        let limits = Limits(callDepth: 200, steps: 2000, bytes: 4 << 20, nesting: 200)
        let session = Session(table: table, options: SessionOptions(limits: limits))
        let outcome = session.run(source: text)
        outcome.diagnostics.enumerated().forEach(verify)
        if let value = outcome.value {
            _ = value.display(DisplayContext(wantsImages: false)).plain
            _ = value.literalText
        }
    }

    /// Every message can be shown, and says something. One of the two ways to show it, in turn, because showing messages
    /// would take longer than all the rest.
    private static func verify(_ place: Int, _ diagnostic: Diagnostic) {
        precondition(!diagnostic.message.isEmpty, "a diagnostic without a message")
        _ = (place + diagnostic.message.utf8.count) % 2 == 0 ? diagnostic.plain() : diagnostic.fancy()
    }
}
