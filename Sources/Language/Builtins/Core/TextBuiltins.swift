extension CoreBuiltins {
    private static let text = Key<String>("text", doc: "A string.")
    private static let parts = Key<Value>("xs", doc: "A list, or a value with items.")
    private static let between = Key<String>("separator", default: "", doc: "Written between two.")
    private static let separator = Key<String?>("separator", doc: "What stands between parts.")
    private static let old = Key<String>("old", doc: "What to look for.")
    private static let new = Key<String>("new", doc: "What to put there.")
    private static let start = Key<String>("start", doc: "What it should begin with.")
    private static let end = Key<String>("end", doc: "What it should end with.")
    private static let count = Key<Int>("count", range: 0...1e15, doc: "How often.")

    static let textBuiltins: [Builtin] = [
        Builtin(
            "join", family: .text, summary: "The items as text, with a separator between them.",
            parameters: [parts, between], result: .string, terms: ["concatenate"],
            examples: [.init("join([1, 2], \", \")", shows: "\"1, 2\"")], seeAlso: ["split", "replace", "repeat"], cost: .detachable(),
            run: { call in
                let parts = try items(call, Self.parts).polledMap { try $0.inlineText(within: call.context) }
                let separator = try call[between]
                let size = parts.reduce(0) { $0 + $1.utf8.count + separator.utf8.count }
                try Reservation.check([size], what: "this string")
                return .string(parts.joined(separator: separator))
            }),
        Builtin(
            "split", family: .text, summary: "The parts of a text between separators; without one, its words.",
            parameters: [text, separator], result: .strings, terms: ["words", "cut"],
            examples: [.init("split(\"a,b\", \",\")", shows: "[\"a\", \"b\"]")], seeAlso: ["replace", "lines"], cost: .detachable(),
            run: split),
        Builtin(
            "replace", family: .text, summary: "The text with every occurrence of one part replaced by another.",
            parameters: [text, old, new], result: .string, terms: ["substitute"],
            examples: [.init("replace(\"a cat\", \"cat\", \"dog\")", shows: "\"a dog\"")], seeAlso: ["starts_with", "ends_with"],
            cost: .detachable(), run: replace),
        Builtin(
            "upper", family: .text, summary: "The text in capital letters.", parameters: [text], result: .string,
            terms: ["capital", "case"], examples: [.init("upper(\"ab\")", shows: "\"AB\"")], seeAlso: ["lower", "trim"],
            cost: .detachable(),
            run: { call in .string(try TextSearch.changed(try call[text]) { $0.uppercased() }) }),
        Builtin(
            "lower", family: .text, summary: "The text in small letters.", parameters: [text], result: .string,
            terms: ["small", "case"], examples: [.init("lower(\"AB\")", shows: "\"ab\"")], seeAlso: ["trim"], cost: .detachable(),
            run: { call in .string(try TextSearch.changed(try call[text]) { $0.lowercased() }) }),
        Builtin(
            "trim", family: .text, summary: "The text without blanks at its ends.", parameters: [text],
            result: .string, terms: ["strip", "blank"], examples: [.init("trim(\" a \")", shows: "\"a\"")], cost: .detachable(),
            run: { call in .string(try TextSearch.trimmed(try call[text], \.isWhitespace)) }),
        Builtin(
            "starts_with", family: .text, summary: "Whether a text begins with another.", parameters: [text, start], result: .bool,
            terms: ["prefix"], examples: [.init("starts_with(\"unet.conv_in\", \"unet.\")", shows: "true")], seeAlso: ["ends_with"],
            cost: .detachable(),
            run: { call in .bool(try call[text].hasPrefix(try call[start])) }),
        Builtin(
            "ends_with", family: .text, summary: "Whether a text ends with another.", parameters: [text, end], result: .bool,
            terms: ["suffix"], examples: [.init("ends_with(\"photo.png\", \".png\")", shows: "true")], cost: .detachable(),
            run: { call in .bool(try call[text].hasSuffix(try call[end])) }),
        Builtin(
            "lines", family: .text, summary: "The lines of a text, without their ends.", parameters: [text],
            result: .strings, terms: ["split", "newline"],
            examples: [.init("lines(\"a\\nb\")", shows: "[\"a\", \"b\"]")], cost: .detachable(),
            run: { call in
                var parts = try TextSearch.split(try call[text], keepsEmpty: true, \.isNewline)
                if parts.last?.isEmpty ?? false { parts.removeLast() }
                return .list(parts.map { .string($0) })
            }),
        Builtin(
            "repeat", family: .text, summary: "A text several times in a row.", parameters: [text, count], result: .string,
            terms: ["times", "multiply"], examples: [.init("repeat(\"ab\", 3)", shows: "\"ababab\"")],
            run: { call in
                let (text, count) = (try call[Self.text], try call[Self.count])
                try Reservation.check([count], of: text.utf8.count, what: "this string")
                return .string(try TextSearch.repeated(text, count))
            }),
    ]

    @Sendable private static func split(_ call: Call) throws -> Value {
        let text = try call[Self.text]
        guard let separator = try call[Self.separator] else {
            return .list(try TextSearch.split(text, keepsEmpty: false, \.isWhitespace).map { .string($0) })
        }
        let places = try TextSearch.occurrences(of: try sought(separator, Self.separator.name, call), in: text)
        return .list(try TextSearch.pieces(text, between: places).map { .string($0) })
    }

    @Sendable private static func replace(_ call: Call) throws -> Value {
        let (text, new) = (try call[Self.text], try call[Self.new])
        let places = try TextSearch.occurrences(of: try sought(try call[old], old.name, call), in: text)
        try Reservation.check([places.count], of: new.utf8.count, what: "this string")
        var (result, isFirst) = ("", true)
        try TextSearch.pieces(text, between: places).polledForEach { piece in
            if !isFirst { result += new }
            isFirst = false
            result += piece
        }
        try Reservation.check([result.utf8.count], what: "this string")
        return .string(result)
    }

    /// Returns the text to look for, the argument of this name. Throws `.badArgument` where it is empty.
    private static func sought(_ text: String, _ name: String, _ call: Call) throws -> String {
        if text.isEmpty { throw Problem(.badArgument, "\(call.builtin.name) needs some text for \(name)", argument: name) }
        return text
    }
}
