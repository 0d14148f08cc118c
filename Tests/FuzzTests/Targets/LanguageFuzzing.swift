import Commands
import Language

/// Programs.
enum LanguageFuzzing {
    private static let reader = Session(builtins: CommandTable.all)

    /// Scanner, parser, checker, completion, cells, formatter: everything that reads a program without running it.
    static func read(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        for diagnostic in reader.check(source: text) { verify(diagnostic) }
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
        run(bytes, builtins: [])
    }

    /// With tensors, masks and pictures; nothing that reads or writes files.
    static func evaluateWithTensors(_ bytes: [UInt8]) {
        run(bytes, builtins: inMemory)
    }

    private static let inMemory = CommandTable.tensorFamilies.filter {
        !$0.name.hasPrefix("save") && !$0.name.hasPrefix("load")
    }

    private static func run(_ bytes: [UInt8], builtins: [Builtin]) {
        let text = String(decoding: bytes, as: UTF8.self)
        // An import reads any file that it names, a terminal too.
        guard !text.contains("import") else { return }
        let limits = Limits(callDepth: 200, steps: 2000, bytes: 4 << 20, nesting: 200)
        let session = Session(builtins: builtins, options: SessionOptions(limits: limits))
        let outcome = session.run(source: text)
        outcome.diagnostics.forEach(verify)
        if let value = outcome.value {
            _ = value.display(DisplayContext(wantsImages: false)).plain
            _ = value.literalText
        }
    }

    /// Every message can be shown, and says something.
    private static func verify(_ diagnostic: Diagnostic) {
        precondition(!diagnostic.message.isEmpty, "a diagnostic without a message")
        _ = (diagnostic.plain(), diagnostic.fancy())
    }
}
