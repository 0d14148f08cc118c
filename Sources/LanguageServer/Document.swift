import Language

/// An open document: its text as the editor has it, and what is known of it.
final class Document {
    let uri: String
    /// The path, or the address where it is no file.
    let name: String
    var version: Int?
    private(set) var file: SourceFile
    private var known: Analysis?
    /// What was said of it is older than its text.
    var isDirty = true

    init(uri: String, text: String, version: Int?) {
        self.uri = uri
        self.version = version
        name = FileAddress.path(uri) ?? uri
        file = SourceFile(name: name, text: text)
    }

    /// Changes of the protocol, in order: a range and its new text, or the whole text. False where one cannot be
    /// understood.
    func apply(_ changes: [JSONValue]) -> Bool {
        for change in changes {
            guard let text = change["text"]?.string else { return false }
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

    /// Something outside of it changed: a file that it imports.
    func forget() {
        known = nil
        isDirty = true
    }

    /// Made when it is first asked for after a change.
    func analysis(_ make: (SourceFile) -> Analysis) -> Analysis {
        if let known { return known }
        let result = make(file)
        known = result
        return result
    }
}
