extension CoreBuiltins {
    private static let family = "text"
    private static let text = Parameter("text", .string, doc: "A string.")

    static let textBuiltins: [Builtin] = [
        Builtin(
            "join", family: family, summary: "The items as text, with a separator between them.",
            parameters: [
                Parameter("xs", doc: "A list, or a value with items."),
                Parameter("separator", .string, default: "", doc: "Written between two."),
            ],
            result: "string", terms: ["concatenate"],
            examples: [.init("join([1, 2], \", \")", shows: "\"1, 2\"")],
            run: { call in
                let parts = try items(call, "xs").polledMap { try $0.inlineText(within: call.context) }
                let separator = try call.string("separator")
                let size = parts.reduce(0) { $0 + $1.utf8.count + separator.utf8.count }
                try Reservation.check([size], what: "this string")
                return .string(parts.joined(separator: separator))
            }),
        Builtin(
            "split", family: family,
            summary: "The parts of a text between separators; without one, its words.",
            parameters: [
                text, Parameter("separator", .string, doc: "What stands between parts.", optional: true),
            ],
            result: "list of string", terms: ["words", "cut"],
            examples: [.init("split(\"a,b\", \",\")", shows: "[\"a\", \"b\"]")], run: split),
        Builtin(
            "replace", family: family,
            summary: "The text with every occurrence of one part replaced by another.",
            parameters: [
                text, Parameter("old", .string, doc: "What to look for."),
                Parameter("new", .string, doc: "What to put there."),
            ],
            result: "string", terms: ["substitute"],
            examples: [.init("replace(\"a cat\", \"cat\", \"dog\")", shows: "\"a dog\"")], run: replace),
        Builtin(
            "upper", family: family, summary: "The text in capital letters.", parameters: [text],
            result: "string",
            terms: ["capital", "case"], examples: [.init("upper(\"ab\")", shows: "\"AB\"")],
            run: { call in .string(try TextSearch.changed(try call.string("text")) { $0.uppercased() }) }),
        Builtin(
            "lower", family: family, summary: "The text in small letters.", parameters: [text],
            result: "string",
            terms: ["small", "case"], examples: [.init("lower(\"AB\")", shows: "\"ab\"")],
            run: { call in .string(try TextSearch.changed(try call.string("text")) { $0.lowercased() }) }),
        Builtin(
            "trim", family: family, summary: "The text without blanks at its ends.", parameters: [text],
            result: "string", terms: ["strip", "blank"], examples: [.init("trim(\" a \")", shows: "\"a\"")],
            run: { call in .string(try TextSearch.trimmed(try call.string("text"), \.isWhitespace)) }),
        Builtin(
            "starts_with", family: family, summary: "Whether a text begins with another.",
            parameters: [text, Parameter("start", .string, doc: "What it should begin with.")], result: "bool",
            terms: ["prefix"], examples: [.init("starts_with(\"unet.conv_in\", \"unet.\")", shows: "true")],
            run: { call in .bool(try call.string("text").hasPrefix(try call.string("start"))) }),
        Builtin(
            "ends_with", family: family, summary: "Whether a text ends with another.",
            parameters: [text, Parameter("end", .string, doc: "What it should end with.")], result: "bool",
            terms: ["suffix"], examples: [.init("ends_with(\"photo.png\", \".png\")", shows: "true")],
            run: { call in .bool(try call.string("text").hasSuffix(try call.string("end"))) }),
        Builtin(
            "lines", family: family, summary: "The lines of a text, without their ends.", parameters: [text],
            result: "list of string", terms: ["split", "newline"],
            examples: [.init("lines(\"a\\nb\")", shows: "[\"a\", \"b\"]")],
            run: { call in
                var parts = try TextSearch.split(try call.string("text"), keepsEmpty: true, \.isNewline)
                if parts.last?.isEmpty ?? false { parts.removeLast() }
                return .list(parts.map { .string($0) })
            }),
        Builtin(
            "repeat", family: family, summary: "A text several times in a row.",
            parameters: [text, Parameter("count", .int, range: 0...1e15, doc: "How often.")], result: "string",
            terms: ["times", "multiply"], examples: [.init("repeat(\"ab\", 3)", shows: "\"ababab\"")],
            run: { call in
                let (text, count) = (try call.string("text"), try call.int("count"))
                try Reservation.check([count], of: text.utf8.count, what: "this string")
                return .string(try TextSearch.repeated(text, count))
            }),
    ]

    @Sendable private static func split(_ call: Call) throws -> Value {
        let text = try call.string("text")
        guard call.optional("separator") != nil else {
            return .list(try TextSearch.split(text, keepsEmpty: false, \.isWhitespace).map { .string($0) })
        }
        let places = try TextSearch.occurrences(of: try separator(call, "separator"), in: text)
        return .list(try TextSearch.pieces(text, between: places).map { .string($0) })
    }

    @Sendable private static func replace(_ call: Call) throws -> Value {
        let (text, new) = (try call.string("text"), try call.string("new"))
        let places = try TextSearch.occurrences(of: try separator(call, "old"), in: text)
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

    private static func separator(_ call: Call, _ name: String) throws -> String {
        let text = try call.string(name)
        if text.isEmpty {
            throw Problem(.badArgument, "\(call.builtin.name) needs some text for \(name)", argument: name)
        }
        return text
    }
}
