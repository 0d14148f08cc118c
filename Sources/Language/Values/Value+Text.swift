extension Value {
    /// The text that `print` and interpolation write: strings as they are, host values as they choose.
    public var inlineText: String {
        if case .string(let text) = self { return text }
        return literalText
    }

    /// Returns `inlineText`. Throws `.tooManyBytes` where it would exceed the limit for one value, as that of a small list may which holds
    /// one list many times, and `.interrupted`.
    func inlineText(within context: Context) throws -> String {
        guard isCollection else {
            let text = inlineText
            try context.checkInterrupt()
            return text
        }
        var writer = LiteralWriter(limit: min(context.limits.bytes, LiteralWriter.longest))
        writer.interrupt = context.interrupt
        writer.write(self, depth: 0)
        try context.checkInterrupt()
        guard writer.isFull else { return writer.text }
        try Reservation.check([writer.text.utf8.count], what: "this text")
        throw Problem(
            .tooManyBytes, "this text would take more than \(byteText(LiteralWriter.longest))",
            help: "print a part of it, or its length")
    }

    /// The value as a program would write it, as far as it can be: strings in quotes.
    public var literalText: String {
        var writer = LiteralWriter()
        writer.write(self, depth: 0)
        return writer.text
    }

    /// The beginning of the literal text, for labels; the rest is never made.
    var shortText: String {
        var writer = LiteralWriter(limit: 200)
        writer.write(self, depth: 0)
        return shortened(writer.text, to: 40)
    }

    /// The type with an article, for messages: "an int", "a list", "none".
    public var describedType: String { TypeRule.article(typeName) }

    /// Returns `"{x:.3f}"`. Throws `.badFormat` where the value takes no such format.
    public func formatted(_ spec: FormatSpec) throws -> String {
        switch self {
        case .int(let number): return spec.pad(try spec.text(of: number), number: true)
        case .float(let number): return spec.pad(try spec.text(of: number), number: true)
        case .host(let host):
            if let text = try host.format(spec) { return text }
        case .list(let items) where spec.type != nil || spec.precision != nil:
            return "[" + (try items.polledMap { try $0.formatted(spec) }.joined(separator: ", ")) + "]"
        default: break
        }
        guard spec.type == nil || spec.type == "s", !spec.plus else {
            throw Problem(
                .badFormat, "the format \(spec.type.map { "\"\($0)\"" } ?? "\"+\"") is for numbers",
                label: "this is \(describedType)")
        }
        let text = inlineText
        return spec.pad(spec.precision.map { String(text.prefix($0)) } ?? text, number: false)
    }
}

extension FormatSpec {
    fileprivate func text(of number: Int) throws -> String {
        switch type {
        case nil, "d":
            if precision != nil { return try text(of: Double(number)) }
            return (plus && number >= 0 ? "+" : "") + String(number)
        case "x": return String(number, radix: 16)
        case "s": return String(number)
        default: return try text(of: Double(number))
        }
    }

    /// Formats a float. Without a type a precision means decimals; `d` and `x` throw `.badFormat`.
    fileprivate func text(of number: Double) throws -> String {
        let sign = plus && number >= 0 ? "+" : ""
        let digits = precision ?? 6
        switch type {
        case nil, "s": return sign + (precision.map { formatFixed(number, $0) } ?? floatText(number))
        case "f": return sign + formatFixed(number, digits)
        case "e": return sign + cFormat("%.\(digits)e", number)
        case "g": return sign + cFormat("%.\(digits)g", number)
        case "%": return sign + formatFixed(number * 100, digits) + "%"
        default:
            throw Problem(
                .badFormat, "the format \"\(type ?? "d")\" is for ints", label: "this is a float",
                help: "int(x) cuts the fraction off")
        }
    }
}

/// Writes values as literals, and abbreviates what is nested deeper than anyone reads.
private struct LiteralWriter {
    var text = ""
    /// The number of bytes after which writing stops.
    var limit = Int.max
    /// Ends the writing where a stop is requested; the text is then incomplete.
    var interrupt: Interrupt?
    var isFull: Bool { text.utf8.count > limit || interrupt?.isRequested == true }
    private static let deepest = 40
    /// The most bytes that a collection's text may have.
    static let longest = 256 << 20

    mutating func write(_ value: Value, depth: Int) {
        if isFull { return }
        switch value {
        case .none: text += "none"
        case .bool(let flag): text += flag ? "true" : "false"
        case .int(let number): text += String(number)
        case .float(let number): text += floatText(number)
        case .string(let string): text += stringLiteral(string)
        case .range(let range): text += range.text
        case .function(let function): text += "<function \(function.name)>"
        case .host(let host): text += host.inlineText
        case .list(let items): write(items, depth)
        case .record(let record): write(record, depth)
        }
    }

    private mutating func write(_ items: [Value], _ depth: Int) {
        if depth >= LiteralWriter.deepest, !items.isEmpty {
            text += "[…]"
            return
        }
        text += "["
        for (place, item) in items.enumerated() where !isFull {
            if place > 0 { text += ", " }
            write(item, depth: depth + 1)
        }
        text += "]"
    }

    private mutating func write(_ record: Record, _ depth: Int) {
        if depth >= LiteralWriter.deepest, !record.isEmpty {
            text += "{…}"
            return
        }
        text += "{"
        for (place, pair) in record.pairs.enumerated() where !isFull {
            if place > 0 { text += ", " }
            let isWord = isPlainName(pair.0) || Keyword(rawValue: pair.0) != nil
            text += (isWord ? pair.0 : stringLiteral(pair.0)) + ": "
            write(pair.1, depth: depth + 1)
        }
        text += "}"
    }
}

/// Returns a string as a program writes it, in quotes and with escapes.
public func stringLiteral(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": result += "\\\""
        case "\\": result += "\\\\"
        case "\n": result += "\\n"
        case "\t": result += "\\t"
        case "\r": result += "\\r"
        case "{": result += "{{"
        case "}": result += "}}"
        default:
            if isControl(scalar) {
                result += "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
    }
    return result + "\""
}
