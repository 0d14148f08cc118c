import Files
import Language

/// Turns the outputs of code cells, of nbformat 3 or 4, into what a `.bas` file records.
struct IpynbBundles {
    private(set) var records: [IpynbGroup.Record] = []
    private(set) var warnings: [String] = []
    /// Text of a stream that may go on with the next output.
    private var stream = ""
    private var streamName: String?
    private var bytes = 0
    private var dropped = 0
    /// The most bytes of text that are taken from a cell.
    private static let mostBytes = 4 << 20
    /// The names that nbformat 3 gives to types of data.
    private static let oldNames = [
        "text": "text/plain", "png": "image/png", "jpeg": "image/jpeg", "svg": "image/svg+xml", "html": "text/html", "latex": "text/latex",
        "json": "application/json", "javascript": "application/javascript", "pdf": "application/pdf",
    ]

    /// Takes the outputs of a cell in their order.
    mutating func take(_ outputs: [JSON], _ pictures: inout IpynbPictures) {
        for output in outputs {
            switch output["output_type"]?.stringValue {
            case "stream": takeStream(output)
            case "execute_result", "display_data", "pyout": takeBundle(output, &pictures)
            case "error", "pyerr": takeError(output)
            case let type?: warnings.append("there is no type of output \"\(type)\"; it is left out")
            case nil: warnings.append("an output has no text \"output_type\"; it is left out")
            }
        }
        endStream()
        if dropped > 0 { records.append(.text("(\(dropped) more bytes of output are not kept)")) }
        dropped = 0
    }

    private mutating func takeStream(_ output: JSON) {
        guard let text = IpynbFile.text(output["text"]) else { return warnings.append("a stream has no text; it is left out") }
        let name = output["name"]?.stringValue ?? output["stream"]?.stringValue ?? "stdout"
        if name != streamName { endStream() }
        streamName = name
        stream += text
    }

    private mutating func endStream() {
        if !stream.isEmpty { add(stream) }
        (stream, streamName) = ("", nil)
    }

    private mutating func takeError(_ output: JSON) {
        endStream()
        let traceback = (output["traceback"]?.arrayValue ?? []).compactMap(\.stringValue).joined(separator: "\n")
        let lines = IpynbText.shown(traceback)
        if lines.contains(where: { !$0.isEmpty }) { return add(traceback + "\n") }
        let parts = [output["ename"]?.stringValue, output["evalue"]?.stringValue].compactMap(\.self).filter { !$0.isEmpty }
        add(parts.isEmpty ? "error" : parts.joined(separator: ": "))
    }

    private mutating func add(_ text: String) {
        let room = Self.mostBytes - bytes
        let kept = text.utf8.count <= room ? text : String(decoding: text.utf8.prefix(room), as: UTF8.self)
        dropped += max(0, text.utf8.count - room)
        bytes += min(text.utf8.count, room)
        if room > 0 { records += IpynbText.shown(kept).map { .text($0) } }
    }

    // MARK: results and displays

    private mutating func takeBundle(_ output: JSON, _ pictures: inout IpynbPictures) {
        endStream()
        var data: [String: JSON] = [:]
        for (key, value) in output["data"]?.objectValue?.members ?? JSONObject().members { data[key] = value }
        if data.isEmpty, let old = output.objectValue {
            for (key, value) in old.members where Self.oldNames[key] != nil || key.contains("/") { data[Self.oldNames[key] ?? key] = value }
        }
        let plain = IpynbFile.text(data["text/plain"])
        for type in ["image/png", "image/jpeg"] {
            guard let value = data[type] else { continue }
            let metadata = output["metadata"] ?? [:]
            let wish = metadata[Ipynb.key]?["name"]?.stringValue
            guard let text = IpynbFile.text(value), let bytes = Base64.bytes(of: text), let name = pictures.add(bytes, wish: wish)
            else {
                warnings.append("a picture (\(type)) cannot be read; it is left out")
                data[type] = nil
                continue
            }
            return add(name, alt: metadata[type]?["alt"]?.stringValue ?? metadata["alt"]?.stringValue, plain: plain ?? "")
        }
        if let text = plain ?? IpynbFile.text(data["text/markdown"]) ?? IpynbFile.text(data["text/latex"]) { return add(text) }
        if let json = data["application/json"] { return add(json.text()) }
        guard !data.isEmpty else { return }
        warnings.append(
            "an output of type \(data.keys.sorted().joined(separator: ", ")) is left out: neither text nor a PNG or JPEG picture")
    }

    /// Adds a picture. Its text comes before it where it says more than the picture's words.
    private mutating func add(_ name: String, alt: String?, plain: String) {
        let lines = IpynbText.shown(plain)
        let words = CellOutput.caption(IpynbText.clean(alt ?? lines.first ?? ""))
        if !lines.isEmpty, lines.count > 1 || alt != nil && CellOutput.caption(lines[0]) != words { add(plain) }
        records.append(.picture(alt: words, name: name))
    }
}
