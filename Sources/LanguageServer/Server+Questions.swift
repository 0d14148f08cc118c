import Files
import Language

/// Requests for information while a person edits.
extension Server {
    /// Answers `textDocument/completion`.
    func completion(_ parameters: JSON) throws -> JSON {
        let (document, offset) = try place(parameters)
        let candidates = session.complete(analysis(document), cursor: offset)
        return [
            "isIncomplete": false,
            "items": .array(candidates.enumerated().map { item($1, place: $0, in: document, cursor: offset) }),
        ]
    }

    private func item(_ candidate: Candidate, place: Int, in document: Document, cursor: Int) -> JSON {
        let digits = String(place)
        var result: JSONObject = [
            "label": .string(candidate.text), "kind": JSON(Server.kinds[candidate.kind] ?? 1),
            // Editors sort by this text, which keeps the completer's order.
            "sortText": .string(String(repeating: "0", count: max(0, 5 - digits.count)) + digits),
            "textEdit": ["range": document.file.range(candidate.range.lowerBound, cursor), "newText": .string(candidate.text)],
        ]
        if !candidate.detail.isEmpty { result["detail"] = .string(candidate.detail) }
        if candidate.kind == .builtin, let builtin = session.context.builtins[candidate.text] {
            result["documentation"] = .string(builtin.summary)
        }
        return .object(result)
    }

    /// The protocol's numbers for the kinds of completions.
    private static let kinds: [Candidate.Kind: Int] = [
        .keyword: 14, .name: 6, .builtin: 3, .parameter: 5, .value: 12, .field: 5, .file: 17,
    ]

    /// Answers `textDocument/hover`.
    func hover(_ parameters: JSON) throws -> JSON {
        let (document, offset) = try place(parameters)
        guard let (span, text) = analysis(document).hover(at: offset) else { return .null }
        let prose = text.prose.isEmpty ? "" : "\n\n" + text.prose
        return [
            "contents": ["kind": "markdown", "value": .string("```bas\n\(text.code)\n```\(prose)")],
            "range": document.file.range(span),
        ]
    }

    /// Answers `textDocument/signatureHelp`.
    func signatureHelp(_ parameters: JSON) throws -> JSON {
        let (document, offset) = try place(parameters)
        guard let help = analysis(document).callHelp(at: offset) else { return .null }
        var signature: JSONObject = [
            "label": .string(help.signature),
            "parameters": .array(help.parameters.map { ["label": .string($0.label), "documentation": .string($0.documentation)] }),
        ]
        if !help.documentation.isEmpty { signature["documentation"] = .string(help.documentation) }
        var result: JSONObject = ["signatures": [.object(signature)], "activeSignature": 0]
        if let active = help.active { result["activeParameter"] = JSON(active) }
        return .object(result)
    }

    /// Answers `textDocument/definition`.
    func definition(_ parameters: JSON) throws -> JSON {
        let (document, offset) = try place(parameters)
        return .array(analysis(document).definition(at: offset).map { location($0, document) })
    }

    /// Answers `textDocument/references`.
    func references(_ parameters: JSON) throws -> JSON {
        let (document, offset) = try place(parameters)
        let declaration = parameters["context"]?["includeDeclaration"]?.boolValue ?? true
        return .array(analysis(document).references(at: offset, declaration: declaration).map { location($0, document) })
    }

    /// Answers `textDocument/documentHighlight`.
    func highlights(_ parameters: JSON) throws -> JSON {
        let (document, offset) = try place(parameters)
        return .array(analysis(document).references(at: offset).map { ["range": document.file.range($0)] })
    }

    private func location(_ span: Span, _ document: Document) -> JSON {
        let uri = span.file.name == document.name ? document.uri : FileAddress.uri(span.file.name)
        return ["uri": .string(uri), "range": span.file.range(span)]
    }

    /// Answers `textDocument/documentSymbol`.
    func documentSymbols(_ parameters: JSON) throws -> JSON {
        let document = try document(parameters)
        return .array(analysis(document).outline.map { symbol($0, document.file) })
    }

    private func symbol(_ item: Analysis.OutlineItem, _ file: SourceFile) -> JSON {
        let kind: JSON =
            switch item.kind {
            case .cell: 3
            case .function: 12
            case .variable: 13
            }
        return [
            "name": .string(item.name), "detail": .string(item.detail), "kind": kind, "range": file.range(item.span),
            "selectionRange": file.range(item.nameSpan), "children": .array(item.children.map { symbol($0, file) }),
        ]
    }
}
