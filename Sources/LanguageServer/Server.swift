import Files
import Language

/// A language server: takes messages of the Language Server Protocol 3.17, and sends answers and notifications. It knows nothing of
/// streams; `ServerLoop` brings the messages.
///
/// All information on programs comes from `Session.analyze`, `Session.complete` and the builtin table.
public final class Server {
    let session: Session
    let version: String
    private let send: (JSON) -> Void
    var documents: [String: Document] = [:]
    private var state = State.fresh
    /// The exit code after the client's `exit` notification; nil before.
    private(set) var exitCode: Int32?

    private enum State { case fresh, running, shutDown }

    init(
        builtins: [Builtin], standardLibrary: [String], version: String,
        send: @escaping (JSON) -> Void
    ) {
        session = Session(builtins: builtins, options: SessionOptions(standardLibrary: standardLibrary))
        self.version = version
        self.send = send
    }

    // MARK: messages

    /// Handles one message and sends the answer to a request. `isCancelled` says that the client has cancelled the request meanwhile.
    func handle(_ message: JSON, isCancelled: Bool = false) {
        guard case .object = message, message["jsonrpc"]?.stringValue == "2.0" else {
            return answer(.null, failure: .init(.invalidRequest, "a message is an object with \"jsonrpc\": \"2.0\""))
        }
        guard let method = message["method"]?.stringValue else {
            // A message without a method is a response of the client; the server asks nothing, so that it is ignored.
            if message["result"] == nil, message["error"] == nil {
                answer(message["id"] ?? .null, failure: .init(.invalidRequest, "a message without a method"))
            }
            return
        }
        let parameters = message["params"] ?? .null
        guard let id = message["id"], id != .null else { return notify(method, parameters) }
        if isCancelled { return answer(id, failure: .init(.cancelled, "cancelled")) }
        do {
            let result = try request(method, parameters)
            send(["jsonrpc": "2.0", "id": id, "result": result])
        } catch let failure as RequestFailure {
            answer(id, failure: failure)
        } catch let problem as Problem {
            answer(id, failure: .init(.requestFailed, problem.message))
        } catch {
            answer(id, failure: .init(.internalError, "\(error)"))
        }
    }

    /// Sends the error that a part of the stream is not a message.
    func reportBroken(_ reason: String) { answer(.null, failure: .init(.parseError, reason)) }

    private func answer(_ id: JSON, failure: RequestFailure) {
        send(["jsonrpc": "2.0", "id": id, "error": ["code": JSON(failure.code.rawValue), "message": .string(failure.message)]])
    }

    /// Sends a notification.
    func tell(_ method: String, _ parameters: JSON) {
        send(["jsonrpc": "2.0", "method": .string(method), "params": parameters])
    }

    // MARK: requests

    private func request(_ method: String, _ parameters: JSON) throws -> JSON {
        switch (state, method) {
        case (.fresh, "initialize"):
            state = .running
            return capabilities
        case (.fresh, _): throw RequestFailure(.notInitialized, "the server is not initialized")
        case (_, "initialize"): throw RequestFailure(.invalidRequest, "the server is initialized already")
        case (.shutDown, _): throw RequestFailure(.invalidRequest, "the server is shutting down")
        case (.running, "shutdown"):
            state = .shutDown
            return .null
        case (.running, _):
            guard let handler = Server.requests[method] else {
                throw RequestFailure(.methodNotFound, "there is no method \(method)")
            }
            return try handler(self)(parameters)
        }
    }

    private static let requests: [String: @Sendable (Server) -> (JSON) throws -> JSON] = [
        "textDocument/completion": { $0.completion },
        "textDocument/hover": { $0.hover },
        "textDocument/signatureHelp": { $0.signatureHelp },
        "textDocument/definition": { $0.definition },
        "textDocument/references": { $0.references },
        "textDocument/documentHighlight": { $0.highlights },
        "textDocument/documentSymbol": { $0.documentSymbols },
        "textDocument/formatting": { $0.formatting },
        "textDocument/prepareRename": { $0.prepareRename },
        "textDocument/rename": { $0.rename },
    ]

    private func notify(_ method: String, _ parameters: JSON) {
        if method == "exit" {
            exitCode = state == .shutDown ? 0 : 1
            return
        }
        guard state == .running else { return }
        switch method {
        case "textDocument/didOpen": open(parameters)
        case "textDocument/didChange": change(parameters)
        case "textDocument/didClose": close(parameters)
        case "textDocument/didSave", "workspace/didChangeWatchedFiles": documents.values.forEach { $0.forget() }
        default: break
        }
    }

    private var capabilities: JSON {
        [
            "capabilities": [
                "positionEncoding": "utf-16",
                "textDocumentSync": ["openClose": true, "change": 2, "save": true],
                "completionProvider": ["triggerCharacters": [".", "\"", "/"]],
                "hoverProvider": true,
                "signatureHelpProvider": ["triggerCharacters": ["(", ","]],
                "definitionProvider": true,
                "referencesProvider": true,
                "documentHighlightProvider": true,
                "documentSymbolProvider": true,
                "documentFormattingProvider": true,
                "renameProvider": ["prepareProvider": true],
            ],
            "serverInfo": ["name": "bas", "version": .string(version)],
        ]
    }

    // MARK: documents

    /// Returns the document's analysis.
    func analysis(_ document: Document) -> Analysis {
        document.analysis { file in
            session.analyze(source: file.text, file: file.name, read: text)
        }
    }

    /// Returns the text of an imported file, as the editor has it, else from disk.
    private func text(_ path: String) throws -> String {
        if let open = documents.values.first(where: { $0.name == path }) { return open.file.text }
        return try Session.readImport(path)
    }

    /// Returns the document and the byte offset that a request is about. Throws `RequestFailure` where either is missing.
    func place(_ parameters: JSON) throws -> (document: Document, offset: Int) {
        let document = try document(parameters)
        guard let offset = document.file.offset(parameters["position"]) else {
            throw RequestFailure(.invalidParams, "a position has a line and a character")
        }
        return (document, offset)
    }

    /// Returns the open document that a request is about. Throws `RequestFailure` where there is none.
    func document(_ parameters: JSON) throws -> Document {
        guard let uri = parameters["textDocument"]?["uri"]?.stringValue else {
            throw RequestFailure(.invalidParams, "which document? textDocument.uri is missing")
        }
        guard let document = documents[uri] else { throw RequestFailure(.invalidParams, "\(uri) is not open") }
        return document
    }
}

/// An error of the protocol, sent in place of a result.
struct RequestFailure: Error {
    enum Code: Int {
        case parseError = -32700
        case invalidRequest = -32600
        case methodNotFound = -32601
        case invalidParams = -32602
        case internalError = -32603
        case notInitialized = -32002
        case cancelled = -32800
        case requestFailed = -32803
    }

    var code: Code
    var message: String

    init(_ code: Code, _ message: String) { (self.code, self.message) = (code, message) }
}
