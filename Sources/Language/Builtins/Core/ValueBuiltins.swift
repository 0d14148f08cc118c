extension CoreBuiltins {
    private static let written = Key<[Value]>(rest: "values", doc: "What to write; strings without quotes.")
    private static let end = Key<String>("end", default: "\n", doc: "Written after the last.", keywordOnly: true)
    private static let separator = Key<String>("separator", default: " ", doc: "Written between two.", keywordOnly: true)
    private static let full = Key<Bool>("full", default: false, doc: "Leave nothing out of large tensors and tables.", keywordOnly: true)
    private static let counted = Key<Value>("x", doc: "A list, range, string, record, or a value with items.")
    private static let x = Key<Value>("x", doc: "Any value.")
    private static let number = Key<Value>("x", .oneOf([.number, .string, .bool]), doc: "A number, a string or a bool.")
    private static let collected = Key<Value>("x", doc: "What to go through.")

    static let valueBuiltins: [Builtin] = [
        Builtin(
            "print", family: .values, summary: "Writes values, separated by spaces; tensors and tables in full.",
            parameters: [written, end, separator, full], terms: ["output", "write", "echo"],
            examples: [.init("print(\"loss\", 0.5)")], seeAlso: ["str", "help", "fail", "time"], isCommand: true, run: printValues),
        Builtin(
            "len", family: .values, summary: "How many items, characters or fields a value has.",
            parameters: [counted], result: .int, terms: ["length", "count", "size"],
            examples: [.init("len([4, 5, 6])", shows: "3"), .init("len(1..8)", shows: "8")], seeAlso: ["has", "type"], run: length),
        Builtin(
            "type", family: .values, summary: "The name of a value's type.", parameters: [x], result: .string, terms: ["class", "kind"],
            examples: [.init("type(1..3)", shows: "\"range\"")], seeAlso: ["has"],
            run: { call in .string(try call[x].typeName) }),
        Builtin(
            "str", family: .values, summary: "A value as text, as print writes it.", parameters: [x], result: .string,
            terms: ["string", "text", "convert"], examples: [.init("str(1.5)", shows: "\"1.5\"")],
            seeAlso: ["help", "int", "float"], cost: .detachable(),
            run: { call in .string(try call[x].inlineText(within: call.context)) }),
        Builtin(
            "int", family: .values, summary: "A number cut to an int, or a string read as one.", parameters: [number], result: .int,
            terms: ["integer", "truncate", "convert"], examples: [.init("int(3.9)", shows: "3"), .init("int(\"12\")", shows: "12")],
            seeAlso: ["float"], cost: .detachable(), run: toInt),
        Builtin(
            "float", family: .values, summary: "A number as a float, or a string read as one.", parameters: [number], result: .float,
            terms: ["real", "double", "convert"], examples: [.init("float(\"5e-4\")", shows: "0.0005")], cost: .detachable(), run: toFloat),
        Builtin(
            "list", family: .values,
            summary: "The items of a range, string, record (its keys) or value as a list.",
            parameters: [collected], result: .list, terms: ["convert", "array", "collect"],
            examples: [.init("list(1..3)", shows: "[1, 2, 3]")], seeAlso: ["range", "enumerate"], cost: .detachable(),
            run: { call in .list(try items(call, collected)) }),
    ]

    @Sendable private static func printValues(_ call: Call) throws -> Value {
        let text = try printedText(call, call.context.displayContext)
        // The text of a value that was written while a stop was requested may be incomplete.
        try call.context.checkInterrupt()
        // A value that shows itself by the width of its place is recorded by that of the record.
        if let page = call.context.recordContext, text.hasSuffix("\n"),
            try call[written].contains(where: { if case .host = $0 { true } else { false } })
        {
            let record = try printedText(call, page)
            if record != text {
                call.context.emit(.display(Display(String(text.dropLast()), record: String(record.dropLast()))))
                return .none
            }
        }
        guard text.utf8.count > longestPiece else {
            call.context.emit(.stream(text))
            return .none
        }
        var place = text.startIndex
        while place < text.endIndex {
            try call.context.checkInterrupt()
            let next = text.unicodeScalars.index(place, offsetBy: longestPiece, limitedBy: text.endIndex) ?? text.endIndex
            call.context.emit(.stream(String(text[place..<next])))
            place = next
        }
        return .none
    }

    private static func printedText(_ call: Call, _ context: DisplayContext) throws -> String {
        let isFull = try call[full]
        let texts = try Aside.run(extent: call.extent, call.context.interrupt) {
            try call[written].map { value in
                if case .host(let host) = value { return host.printed(full: isFull, context) }
                return try value.inlineText(within: call.context)
            }
        }
        return texts.joined(separator: try call[separator]) + (try call[end])
    }

    /// The number of characters printed between two checks for a requested stop.
    private static let longestPiece = 1 << 16

    @Sendable private static func length(_ call: Call) throws -> Value {
        switch try call[counted] {
        case .list(let items): return .int(items.count)
        case .range(let range): return .int(range.count)
        case .string(let text): return .int(try TextSearch.count(text))
        case .record(let record): return .int(record.count)
        case .host(let host):
            if let count = host.count { return .int(count) }
        default: break
        }
        throw Problem(
            .wrongType, "\(try call[counted].describedType) has no length", argument: counted.name, label: "no items here")
    }

    @Sendable private static func toInt(_ call: Call) throws -> Value {
        switch try call[number] {
        case .bool(let flag): return .int(flag ? 1 : 0)
        case .float(let float):
            if let value = Int(exactly: float.rounded(.towardZero)) { return .int(value) }
            throw Problem(.outOfRange, "\(floatText(float)) does not fit into an int", argument: number.name)
        case .string(let text):
            if let value = Int(trimmed(text)) { return .int(value) }
            throw Problem(.badArgument, "\(quoted(text)) is not an int", argument: number.name)
        case let other: return other
        }
    }

    @Sendable private static func toFloat(_ call: Call) throws -> Value {
        switch try call[number] {
        case .bool(let flag): return .float(flag ? 1 : 0)
        case .string(let text):
            if let value = Double(trimmed(text)) { return .float(value) }
            throw Problem(.badArgument, "\(quoted(text)) is not a number", argument: number.name)
        case let other: return .float(other.number ?? 0)
        }
    }

    /// Returns the items of an argument as a loop would see them. Throws `.notIterable` where it has none.
    static func items<Argument>(_ call: Call, _ key: Key<Argument>) throws -> [Value] {
        switch try call.value(key) {
        case .string(let text): return try text.polledMap { .string(String($0)) }
        case .record(let record): return record.keys.map { .string($0) }
        case let other:
            if let items = try other.elements { return items }
            throw Problem(
                .notIterable, "\(call.builtin.name) wants something with items for \(key.name)", argument: key.name,
                label: "this is \(other.describedType)")
        }
    }
}
