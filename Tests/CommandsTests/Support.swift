import Glibc
import Language
import Synchronization
import TestSupport

@testable import Commands

/// Runs programs of the language with a table of commands, as scripts do.
enum Programs {
    static let root: String = {
        var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        parts.removeLast(3)
        return parts.joined(separator: "/")
    }()

    /// What a run gave: its value as text, its problems, what it showed.
    struct Result {
        var outcome: Outcome
        var displays: [Display]

        var text: String? { outcome.value?.display(DisplayContext(wantsImages: false)).plain }
        var first: Diagnostic? { outcome.diagnostics.first }
        var code: ErrorCode? { first?.code }
        /// The value of a program that ends in `item(…)` or a float.
        var number: Double? { outcome.value?.number }
        var isTrue: Bool { outcome.value?.isTruthy ?? false }
    }

    static func run(_ source: String, table: [Builtin] = CommandTable.tensorFamilies) -> Result {
        let displays = Mutex<[Display]>([])
        let options = SessionOptions(standardLibrary: [root + "/stdlib"])
        let session = Session(builtins: table, options: options) { event in
            if case .display(let display) = event { displays.withLock { $0.append(display) } }
        }
        return Result(outcome: session.run(source: source), displays: displays.withLock { $0 })
    }

    /// The value's text, or the first problem's message.
    static func text(_ source: String) -> String {
        let result = run(source)
        return result.first.map { "\($0.code.rawValue): \($0.message)" } ?? result.text ?? "nothing"
    }
}

/// A new empty folder in which `body` runs as the current folder, removed afterwards.
func inTemporaryFolder<T>(_ body: (String) throws -> T) throws -> T {
    let folder = try TemporaryFolder()
    guard let before = getcwd(nil, 0) else { throw Problem(.cannotWrite, "no current folder") }
    chdir(folder.path)
    defer {
        chdir(before)
        free(before)
    }
    return try body(folder.path)
}
