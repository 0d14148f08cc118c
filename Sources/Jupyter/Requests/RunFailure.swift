import Files
import Language

/// Why a cell failed, as the protocol says it.
struct RunFailure {
    /// The code of the error: "E0203".
    var name: String
    var message: String
    /// The texts that a client shows.
    var traceback: [String]

    init(name: String, message: String, traceback: [String]) {
        (self.name, self.message, self.traceback) = (name, message, traceback)
    }

    /// The failure of a run, or nil where it went well. `errors` are those that it reported.
    init?(_ status: RunStatus, _ errors: [Diagnostic]) {
        guard let first = errors.first else {
            guard status != .ok else { return nil }
            let text = "stopped on request; what was computed until then is kept"
            self.init(name: "Interrupted", message: text, traceback: [text])
            return
        }
        let name = first.code == .interrupted ? "Interrupted" : first.code.rawValue
        self.init(name: name, message: printable(first.message), traceback: errors.map { printable(Publisher.text(of: $0)) })
    }

    /// The failure as the content of `error` messages.
    var published: JSONObject {
        ["ename": .string(name), "evalue": .string(message), "traceback": .array(traceback.map { .string($0) })]
    }

    /// The failure as the content of replies.
    var content: JSONObject {
        var content = published
        content["status"] = "error"
        return content
    }
}
