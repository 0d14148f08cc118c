import Files
import Language

/// Requests for changes of a document.
extension Server {
    /// Answers `textDocument/formatting` with one edit of the whole text, or none where it is in canonical form. Throws `RequestFailure`
    /// where the program has syntax errors.
    func formatting(_ parameters: JSON) throws -> JSON {
        let document = try document(parameters)
        let text = document.file.text
        let formatted: String
        do {
            formatted = try session.format(source: text, file: document.name)
        } catch {
            throw RequestFailure(.requestFailed, "a program with syntax errors keeps its form")
        }
        if formatted == text { return [] }
        return [["range": document.file.range(0, text.utf8.count), "newText": .string(formatted)]]
    }

    /// Answers `textDocument/prepareRename`; null where no variable stands at the position.
    func prepareRename(_ parameters: JSON) throws -> JSON {
        let (document, offset) = try place(parameters)
        guard case .variable? = analysis(document).mention(at: offset)?.mention,
            let span = analysis(document).mention(at: offset)?.span
        else { return .null }
        return ["range": document.file.range(span), "placeholder": .string(span.text)]
    }

    /// Answers `textDocument/rename`. Throws a `Problem` where the variable cannot get that name.
    func rename(_ parameters: JSON) throws -> JSON {
        let (document, offset) = try place(parameters)
        guard let name = parameters["newName"]?.stringValue else { throw RequestFailure(.invalidParams, "newName is missing") }
        let edits = try analysis(document).rename(at: offset, to: name)
        return [
            "changes": .object([
                document.uri: .array(edits.map { ["range": document.file.range($0.span), "newText": .string($0.text)] })
            ])
        ]
    }
}
