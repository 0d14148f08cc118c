import Files
import Language

extension Server {
    /// Handles `textDocument/didOpen`.
    func open(_ parameters: JSON) {
        guard let item = parameters["textDocument"], let uri = item["uri"]?.stringValue, let text = item["text"]?.stringValue else {
            return
        }
        documents[uri] = Document(uri: uri, text: text, version: item["version"]?.intValue)
        touchImporters(of: uri)
    }

    /// Handles `textDocument/didChange`.
    func change(_ parameters: JSON) {
        guard let uri = parameters["textDocument"]?["uri"]?.stringValue, let document = documents[uri],
            let changes = parameters["contentChanges"]?.arrayValue
        else { return }
        document.version = parameters["textDocument"]?["version"]?.intValue
        if !document.apply(changes) {
            tell("window/logMessage", ["type": 2, "message": .string("a change of \(uri) could not be understood")])
        }
        touchImporters(of: uri)
    }

    /// Handles `textDocument/didClose`.
    func close(_ parameters: JSON) {
        guard let uri = parameters["textDocument"]?["uri"]?.stringValue, documents.removeValue(forKey: uri) != nil else { return }
        tell("textDocument/publishDiagnostics", ["uri": .string(uri), "diagnostics": []])
        touchImporters(of: uri)
    }

    /// Discards the analyses of other documents with imports, which may import this one.
    private func touchImporters(of uri: String) {
        for (other, document) in documents where other != uri && document.file.text.contains("import ") { document.forget() }
    }

    // MARK: diagnostics

    /// Whether diagnostics have to be published.
    var hasNews: Bool { documents.values.contains(where: \.isDirty) }

    /// Publishes the diagnostics of the documents that changed.
    func publishDiagnostics() {
        for uri in documents.keys.sorted() {
            guard let document = documents[uri], document.isDirty else { continue }
            document.isDirty = false
            var parameters: JSONObject = [
                "uri": .string(uri), "diagnostics": .array(analysis(document).diagnostics.map { diagnostic($0, in: document) }),
            ]
            if let version = document.version { parameters["version"] = JSON(version) }
            tell("textDocument/publishDiagnostics", .object(parameters))
        }
    }

    private func diagnostic(_ diagnostic: Diagnostic, in document: Document) -> JSON {
        let span = diagnostic.span
        let others = diagnostic.labels.filter { $0.span.start != span?.start && !$0.text.isEmpty }
        var lines = [diagnostic.message]
        let label = diagnostic.labels.first { $0.span.start == span?.start }?.text ?? ""
        if !label.isEmpty { lines.append(label) }
        lines += diagnostic.notes
        if let help = diagnostic.help { lines.append("help: \(help)") }
        var result: JSONObject = [
            "range": document.file.range(span?.start ?? 0, span?.end ?? 0),
            "severity": JSON(diagnostic.severity == .error ? 1 : diagnostic.severity == .warning ? 2 : 3),
            "code": .string(diagnostic.code.rawValue), "source": "bas", "message": .string(lines.joined(separator: "\n")),
        ]
        if Server.unnecessary.contains(diagnostic.code) { result["tags"] = [1] }
        if !others.isEmpty {
            result["relatedInformation"] = .array(
                others.map { label in
                    [
                        "location": ["uri": .string(document.uri), "range": document.file.range(label.span)],
                        "message": .string(label.text),
                    ]
                })
        }
        return .object(result)
    }

    /// The codes of code that editors show faded.
    private static let unnecessary: Set<ErrorCode> = [.unusedName, .unusedImport, .overwrittenName, .unreachable]
}
