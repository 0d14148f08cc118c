import Commands
import Files
import Glibc
import Language
import Synchronization
import TestSupport
import Testing

@testable import Notebook

/// A notebook in a folder of its own, which tests edit and run.
final class Desk {
    private let folder: TemporaryFolder
    let path: String
    /// The repository's folder.
    static let root: String = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")

    init(_ text: String) throws {
        folder = try TemporaryFolder()
        path = folder.path + "/page.bas"
        try write(text)
    }

    var folderPath: String { folder.path }
    var text: String { (try? ReadableFile.contents(path)).map { String(decoding: $0, as: UTF8.self) } ?? "" }

    func write(_ text: String) throws { try AtomicFile.write(path, text: text) }

    func edit(_ old: String, _ new: String) throws { try write(text.replacing(old, with: new)) }

    func session() -> Session {
        Session(builtins: CommandTable.all, options: SessionOptions(standardLibrary: [Desk.root + "/stdlib"]))
    }

    /// Runs in a new session and writes the record; returns what became of each cell with code: "ran", "kept", "recorded", "failed",
    /// "skipped", with "(again)" for each cell that ran only for its values.
    @discardableResult
    func run(usesCache: Bool = true, keepsAll: Bool = false) throws -> [String] {
        let file = try NotebookFile(path: path)
        let again = Mutex<[Int]>([])
        let runner = try NotebookRunner(file, session(), usesCache: usesCache) { event in
            if case .started(let cell, true) = event { again.withLock { $0.append(cell) } }
        }
        if keepsAll { runner.leastSeconds = 0 }
        let (results, _) = try runner.run()
        try NotebookRecord(file, results).write()
        return zip(file.cells, results).filter { !$0.0.code.isEmpty }.map { $0.1.word }
            + again.withLock { $0.map { "again \($0)" } }
    }

    /// The recorded lines of all cells, without marks.
    var recorded: [String] {
        guard let file = try? NotebookFile(path: path) else { return [] }
        return file.cells.indices.flatMap { file.recordedOutput(of: $0) }
    }

    func isTrue() throws -> [Bool] { try NotebookRunner(NotebookFile(path: path), session()).isTrue }
}

extension CellResult {
    fileprivate var word: String {
        switch origin {
        case .ran: isFailed ? "failed" : "ran"
        case .kept: "kept"
        case .recorded: "recorded"
        case .skipped: "skipped"
        case .stopped: "stopped"
        case .left: "left"
        }
    }
}
