import Foundation
import Testing

@testable import Language

/// Collects a session's events, from whichever thread they come.
final class Recorder: @unchecked Sendable {
    private let lock = NSLock()
    private var stored: [Event] = []

    var events: [Event] { lock.withLock { stored } }
    func record(_ event: Event) { lock.withLock { stored.append(event) } }
    func clear() { lock.withLock { stored.removeAll() } }

    /// What was printed.
    var printed: String {
        events.map { if case .stream(let text) = $0 { text } else { "" } }.joined()
    }

    /// Results as they would be shown.
    var results: [String] {
        events.compactMap { if case .result(_, let display) = $0 { display.plain } else { nil } }
    }
}

/// A session with the fake host, and its events.
struct Bench {
    let recorder = Recorder()
    let session: Session

    init(_ limits: Limits = Limits(), library: [String] = []) {
        let recorder = recorder
        session = Session(
            builtins: FakeHost.builtins, options: SessionOptions(limits: limits, standardLibrary: library)
        ) { recorder.record($0) }
    }

    @discardableResult
    func run(_ source: String, file: String = "test.bas") -> Outcome {
        recorder.clear()
        return session.run(source: source, file: file)
    }

    /// The last value as text, or the error's code and message.
    func show(_ source: String) -> String {
        let outcome = run(source)
        if let error = outcome.diagnostics.first(where: { $0.severity == .error }) {
            return "\(error.code.rawValue) \(error.message)"
        }
        return outcome.value?.literalText ?? "none"
    }
}

func show(_ source: String) -> String { Bench().show(source) }

/// The first error of a program.
func diagnose(_ source: String, file: String = "test.bas") throws -> Diagnostic {
    try #require(Bench().run(source, file: file).diagnostics.first)
}

/// A file beside these tests.
func dataPath(_ name: String) -> String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Data/\(name)").path
}

func dataText(_ name: String) throws -> String {
    try String(contentsOfFile: dataPath(name), encoding: .utf8)
}

/// A folder that is removed with the value.
final class ScratchFolder {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "language-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    @discardableResult
    func write(_ name: String, _ text: String) throws -> String {
        try text.write(toFile: path + "/" + name, atomically: true, encoding: .utf8)
        return path + "/" + name
    }
}

/// Runs `body` with a new empty folder as the current one.
func inScratchFolder<T>(_ body: () throws -> T) throws -> T {
    let (folder, before) = (try ScratchFolder(), FileManager.default.currentDirectoryPath)
    FileManager.default.changeCurrentDirectoryPath(folder.path)
    defer { FileManager.default.changeCurrentDirectoryPath(before) }
    return try body()
}
