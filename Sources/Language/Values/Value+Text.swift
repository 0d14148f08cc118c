extension Value {
    /// What `print` and interpolation write: strings as they are, host values by their own choice.
    public var inlineText: String {
        if case .string(let text) = self { return text }
        return literalText
    }

    /// `inlineText`, where it fits into the limit for one value: a list that holds one list many times is small, and its
    /// text is not. Throws `.tooManyBytes`.
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

    /// As it would be written in a program, as far as it can be: strings between quotes.
    public var literalText: String {
        var writer = LiteralWriter()
        writer.write(self, depth: 0)
        return writer.text
    }

    /// The beginning of its text, for labels; what is not shown is not written either.
    var shortText: String {
        var writer = LiteralWriter(limit: 200)
        writer.write(self, depth: 0)
        return shortened(writer.text, to: 40)
    }

    /// "an int", "a list", "none": for messages.
    public var describedType: String { TypeRule.article(typeName) }

    /// `"{x:.3f}"`. Throws `.badFormat` where the value takes no such format.
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

    /// Floats take `f e g %`; without a type a precision means decimals.
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

/// Writes values as literals, and stops at depths that no reader follows.
private struct LiteralWriter {
    var text = ""
    /// Bytes after which it stops.
    var limit = Int.max
    /// What is written after a stop was asked for is thrown away.
    var interrupt: Interrupt?
    var isFull: Bool { text.utf8.count > limit || interrupt?.isRequested == true }
    private static let deepest = 40
    /// Longer than this, nobody reads it.
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

/// A string as a program writes it, with escapes.
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
