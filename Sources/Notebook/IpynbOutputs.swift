import Files
import Language

/// What a `.bas` file records, as the outputs of a code cell of nbformat 4.
enum IpynbOutputs {
    /// Returns the outputs: text as what was printed, pictures with their words, and an error where the cell failed.
    static func json(of group: IpynbGroup, _ pictures: [String: [UInt8]]) -> [JSON] {
        var outputs: [JSON] = []
        var lines: [String] = []
        // The mark of a cell that failed has no key; an error is the last thing that a cell shows.
        let mayFail = group.mark?.hasPrefix("- ") == true
        func flush() {
            let failure = mayFail ? lines.firstIndex { error(in: $0) != nil } : nil
            let printed = lines[..<(failure ?? lines.count)]
            if !printed.isEmpty {
                outputs.append(["name": "stdout", "output_type": "stream", "text": multiline(printed.map { $0 + "\n" }.joined())])
            }
            if let failure, let (name, message) = error(in: lines[failure]) {
                outputs.append([
                    "ename": .string(name), "evalue": .string(message), "output_type": "error",
                    "traceback": .array(lines[failure...].map { .string($0) }),
                ])
            }
            lines = []
        }
        for record in group.records {
            switch record {
            case .text(let line): lines.append(line)
            case .picture(let alt, let name):
                flush()
                outputs.append(picture(pictures[name] ?? [], alt, name))
            }
        }
        flush()
        return outputs
    }

    private static func picture(_ png: [UInt8], _ alt: String, _ name: String) -> JSON {
        var metadata: JSONObject = [:]
        // A name that does not follow from the picture is kept.
        if name != CellOutput.pictureName(png) { metadata[Ipynb.key] = ["name": .string(name)] }
        metadata["image/png"] = ["alt": .string(alt)]
        return [
            "data": ["image/png": .string(Base64.text(of: png)), "text/plain": multiline(alt)], "metadata": .object(metadata),
            "output_type": "display_data",
        ]
    }

    /// Returns the code and the message of a diagnostic's first line, "cell:1:5: error[E0307]: …"; nil for other lines.
    static func error(in line: String) -> (code: String, message: String)? {
        guard let start = line.firstRange(of: "error[E"), start.lowerBound == line.startIndex || line[..<start.lowerBound].hasSuffix(": "),
            let end = line[start.upperBound...].firstRange(of: "]: ")
        else { return nil }
        let digits = line[start.upperBound..<end.lowerBound]
        guard digits.utf8.count == 4, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return ("E" + digits, String(line[end.upperBound...]))
    }

    /// Returns a text as nbformat keeps it: a list of lines with their ends.
    static func multiline(_ text: String) -> JSON {
        let parts = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).map { String($0) ?? "" }
        var lines = parts.dropLast().map { JSON.string($0 + "\n") }
        if let last = parts.last, !last.isEmpty { lines.append(.string(last)) }
        return .array(lines)
    }
}
