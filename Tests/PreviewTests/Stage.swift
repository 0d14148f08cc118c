import Commands
import Files
import Glibc
import Language
import Synchronization
import TestSupport

@testable import Preview

/// A preview of a notebook in a folder of its own.
final class Stage: Sendable {
    let folder: TemporaryFolder
    let preview: Preview
    let client: HTTPClient
    let token: String
    /// How the preview ended; nil while it goes on.
    let end = Mutex<Preview.End?>(nil)
    private static let library: String =
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/") + "/stdlib"

    init(_ text: String, options: Preview.Options = .init(), confinement: Confinement? = nil) throws {
        folder = try TemporaryFolder()
        let path = folder.path + "/page.bas"
        try AtomicFile.write(path, text: text)
        let settings = SessionOptions(standardLibrary: [Self.library])
        let session = Session(builtins: CommandTable.all, options: settings)
        if let confinement { session.confine(to: confinement) }
        let preview = try Preview(path, session, analyst: Session(builtins: CommandTable.all, options: settings), options: options)
        self.preview = preview
        let parts = preview.address.split(separator: "/")
        client = HTTPClient(port: UInt16(parts[1].split(separator: ":")[1]) ?? 0)
        token = String(parts[2])
        var thread = pthread_t()
        pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                let stage = Unmanaged<Stage>.fromOpaque(argument).takeRetainedValue()
                let end = stage.preview.serve()
                stage.end.withLock { $0 = end }
                return nil
            }, Unmanaged.passRetained(self).toOpaque())
        pthread_detach(thread)
    }

    /// The file's text; setting it replaces the file as editors do that rename.
    var text: String {
        get { (try? ReadableFile.contents(folder.path + "/page.bas")).map { String(decoding: $0, as: UTF8.self) } ?? "" }
        set { try? AtomicFile.write(folder.path + "/page.bas", text: newValue) }
    }

    /// Asks for something as the page does; returns the status.
    @discardableResult
    func ask(_ wish: String) -> Int {
        client.request("POST", "/\(token)/do", headers: ["Content-Type": "application/json"], body: wish).status
    }

    func get(_ path: String) -> HTTPClient.Answer { client.request("GET", "/\(token)/\(path)") }

    /// Asks the preview to end, without waiting for that.
    func close() { ask(#"{"do": "end"}"#) }
}
