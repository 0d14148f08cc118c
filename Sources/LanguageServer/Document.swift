import Files
import Language

/// An open document: its text as the editor has it, with its analysis.
final class Document {
    let uri: String
    /// The document's path, or its address where it is no file.
    let name: String
    var version: Int?
    private(set) var file: SourceFile
    private var known: Analysis?
    /// Whether the published diagnostics are older than the text.
    var isDirty = true

    init(uri: String, text: String, version: Int?) {
        self.uri = uri
        self.version = version
        name = FileAddress.path(uri) ?? uri
        file = SourceFile(name: name, text: text)
    }

    /// Applies content changes of the protocol in order, each a range with its new text or the whole text. Returns false where one is
    /// malformed.
    func apply(_ changes: [JSON]) -> Bool {
        for change in changes {
            guard let text = change["text"]?.stringValue else { return false }
            guard let range = change["range"], range != .null else {
                replace(with: text)
                continue
            }
            guard let start = file.offset(range["start"]), let end = file.offset(range["end"]) else { return false }
            let count = file.text.utf8.count
            replace(with: file.text(0, start) + text + file.text(max(start, end), count))
        }
        return true
    }

    private func replace(with text: String) {
        file = SourceFile(name: name, text: text)
        known = nil
        isDirty = true
    }

    /// Discards the analysis because something outside changed, such as an imported file.
    func forget() {
        known = nil
        isDirty = true
    }

    /// Returns the analysis of the text, made when first asked for after a change.
    func analysis(_ make: (SourceFile) -> Analysis) -> Analysis {
        if let known { return known }
        let result = make(file)
        known = result
        return result
    }
}
