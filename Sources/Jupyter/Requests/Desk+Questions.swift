import Files
import Language

/// Requests for information while a person types.
extension Desk {
    /// Returns the content of `complete_reply`.
    func completions(_ content: JSONObject) -> JSONObject {
        let code = content["code"]?.stringValue ?? ""
        let position = content["cursor_pos"]?.intValue ?? code.unicodeScalars.count
        let cursor = code.byteOffset(codePoints: position)
        let marks = code.utf8.prefix { $0 == UInt8(ascii: "?") }.count
        let all = cursor >= marks ? session.complete(code, cursor: cursor, from: marks) : []
        // A reply has one range for all; candidates with another one than the first are rare and left out.
        let range = all.first?.range ?? cursor..<cursor
        let candidates = all.filter { $0.range == range }
        let (start, end) = (code.codePoints(before: range.lowerBound), code.codePoints(before: range.upperBound))
        let types = candidates.map { candidate -> JSON in
            [
                "start": JSON(start), "end": JSON(end), "text": .string(candidate.text), "type": .string(candidate.typeName),
                "signature": .string(candidate.detail),
            ]
        }
        return [
            "status": "ok", "matches": .array(candidates.map { .string($0.text) }), "cursor_start": JSON(start), "cursor_end": JSON(end),
            "metadata": ["_jupyter_types_experimental": .array(types)],
        ]
    }

    /// Returns the content of `inspect_reply`: help on the name at the cursor, else on the function whose arguments are being written.
    func inspection(_ content: JSONObject) -> JSONObject {
        let code = content["code"]?.stringValue ?? ""
        let cursor = code.byteOffset(codePoints: content["cursor_pos"]?.intValue ?? code.unicodeScalars.count)
        let isDetailed = (content["detail_level"]?.intValue ?? 0) > 0
        let text = help(code, cursor, isDetailed)
        return [
            "status": "ok", "found": .bool(text != nil), "data": text.map { ["text/plain": .string(printable($0))] } ?? [:],
            "metadata": [:],
        ]
    }

    private func help(_ code: String, _ cursor: Int, _ isDetailed: Bool) -> String? {
        let name = Self.name(in: code, at: cursor)
        if isKnown(name) { return isDetailed ? session.details(name) : session.help(name) }
        let analysis = session.analyze(source: code)
        if let (_, text) = analysis.hover(at: cursor) { return text.prose.isEmpty ? text.code : "\(text.code)\n\n\(text.prose)" }
        guard let call = analysis.callHelp(at: cursor) else { return nil }
        let function = String(call.signature.prefix { $0 != "(" })
        if isKnown(function) { return isDetailed ? session.details(function) : session.help(function) }
        return call.documentation.isEmpty ? call.signature : "\(call.signature)\n\n\(call.documentation)"
    }

    /// Returns whether there is help on a name, or on the value that a path such as `photo.masks` begins with.
    private func isKnown(_ name: String) -> Bool {
        let root = String(name.prefix { $0 != "." })
        guard !root.isEmpty else { return false }
        return session.context.builtins[name] != nil || session[global: root] != nil || ErrorCode(text: name) != nil
    }

    /// Returns the name or path around a byte offset, up to the end of the word there.
    private static func name(in code: String, at cursor: Int) -> String {
        let bytes = Array(code.utf8)
        func isWord(_ byte: UInt8) -> Bool {
            byte >= 0x80 || byte == UInt8(ascii: "_") || Character(Unicode.Scalar(byte)).isLetter || (0x30...0x39).contains(byte)
        }
        var (start, end) = (min(cursor, bytes.count), min(cursor, bytes.count))
        while end < bytes.count, isWord(bytes[end]) { end += 1 }
        while start > 0, isWord(bytes[start - 1]) || bytes[start - 1] == UInt8(ascii: ".") { start -= 1 }
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }

    /// Returns the content of `is_complete_reply`.
    func completeness(_ content: JSONObject) -> JSONObject {
        let code = content["code"]?.stringValue ?? ""
        if HelpQuestion(code) != nil { return ["status": "complete"] }
        if session.isIncomplete(code) { return ["status": "incomplete", "indent": .string(Self.indent(behind: code))] }
        do {
            _ = try session.format(source: code)
            return ["status": "complete"]
        } catch {
            return ["status": "invalid"]
        }
    }

    /// Returns the blanks with which the next line begins.
    private static func indent(behind code: String) -> String {
        let line = code.split(whereSeparator: \.isNewline).last ?? ""
        let blanks = String(line.prefix { $0 == " " })
        return line.last { !$0.isWhitespace }.map { "{[(".contains($0) } == true ? blanks + "    " : blanks
    }
}

extension Candidate {
    /// The name that clients know for the kind, by which they choose an icon.
    var typeName: String {
        switch kind {
        case .keyword: "keyword"
        case .name: "instance"
        case .builtin: "function"
        case .parameter: "param"
        case .value: "statement"
        case .field: "property"
        case .file: "path"
        }
    }
}
