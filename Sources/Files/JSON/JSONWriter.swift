// Writing JSON: members in their order, numbers in the fewest digits that read back the same.

extension JSON {
    /// The value as JSON text; equal values give equal text. `pretty` puts every member on a line of its own, indented by
    /// two spaces per level, like the configuration files of diffusers. Numbers that JSON cannot express (NaN, ±∞) are
    /// written `null`, or with `allowsNonFinite` as Python's `json` writes them.
    public func text(pretty: Bool = false, allowsNonFinite: Bool = false) -> String {
        var writer = JSONWriter(pretty: pretty, allowsNonFinite: allowsNonFinite)
        writer.write(self, level: 0)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}

struct JSONWriter {
    let pretty: Bool
    let allowsNonFinite: Bool
    var bytes: [UInt8] = []

    init(pretty: Bool, allowsNonFinite: Bool = false) { (self.pretty, self.allowsNonFinite) = (pretty, allowsNonFinite) }

    mutating func write(_ value: JSON, level: Int) {
        switch value {
        case .null: append("null")
        case .bool(let flag): append(flag ? "true" : "false")
        case .number(let number): append(text(of: number))
        case .string(let string): write(string)
        case .array(let elements):
            writeList("[", "]", count: elements.count, level: level) { writer, index in
                writer.write(elements[index], level: level + 1)
            }
        case .object(let object):
            writeList("{", "}", count: object.count, level: level) { writer, index in
                writer.write(object.keys[index])
                writer.append(writer.pretty ? ": " : ":")
                writer.write(object.values[index], level: level + 1)
            }
        }
    }

    private mutating func writeList(
        _ open: String, _ close: String, count: Int, level: Int, element: (inout JSONWriter, Int) -> Void
    ) {
        append(open)
        for index in 0..<count {
            if index > 0 { append(",") }
            breakLine(level: level + 1)
            element(&self, index)
        }
        if count > 0 { breakLine(level: level) }
        append(close)
    }

    private mutating func breakLine(level: Int) {
        guard pretty else { return }
        bytes.append(0x0A)
        bytes.append(contentsOf: repeatElement(0x20, count: 2 * level))
    }

    private mutating func write(_ string: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in string.utf8 {
            switch byte {
            case UInt8(ascii: "\""): append("\\\"")
            case UInt8(ascii: "\\"): append("\\\\")
            case 0x0A: append("\\n")
            case 0x09: append("\\t")
            case 0x0D: append("\\r")
            case 0..<0x20, 0x7F:
                let digits = String(byte, radix: 16)
                append("\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    private func text(of number: JSONNumber) -> String {
        if let integer = number.integer { return String(integer) }
        if number.double.isFinite { return number.double.description }
        guard allowsNonFinite else { return "null" }
        return number.double.isNaN ? "NaN" : number.double > 0 ? "Infinity" : "-Infinity"
    }
}
