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
                let parts = try items(call, "xs").map { try $0.inlineText(within: call.context) }
                let separator = try call.string("separator")
                let size = parts.reduce(0) { $0 + $1.utf8.count + separator.utf8.count }
                try call.context.reserve(bytes: size, what: "this string")
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
            run: { call in .string(try call.string("text").uppercased()) }),
        Builtin(
            "lower", family: family, summary: "The text in small letters.", parameters: [text],
            result: "string",
            terms: ["small", "case"], examples: [.init("lower(\"AB\")", shows: "\"ab\"")],
            run: { call in .string(try call.string("text").lowercased()) }),
        Builtin(
            "trim", family: family, summary: "The text without blanks at its ends.", parameters: [text],
            result: "string", terms: ["strip", "blank"], examples: [.init("trim(\" a \")", shows: "\"a\"")],
            run: { call in .string(trimmed(try call.string("text"))) }),
    ]

    @Sendable private static func split(_ call: Call) throws -> Value {
        let text = try call.string("text")
        guard call.optional("separator") != nil else {
            return .list(text.split(whereSeparator: \.isWhitespace).map { .string(String($0)) })
        }
        return .list(pieces(text, try separator(call, "separator")).map { .string($0) })
    }

    @Sendable private static func replace(_ call: Call) throws -> Value {
        let parts = pieces(try call.string("text"), try separator(call, "old"))
        let new = try call.string("new")
        let size = parts.reduce(0) { $0 + $1.utf8.count + new.utf8.count }
        try call.context.reserve(bytes: size, what: "this string")
        return .string(parts.joined(separator: new))
    }

    private static func separator(_ call: Call, _ name: String) throws -> String {
        let text = try call.string(name)
        if text.isEmpty {
            throw Problem(.badArgument, "\(call.builtin.name) needs some text for \(name)", argument: name)
        }
        return text
    }

    private static func pieces(_ text: String, _ separator: String) -> [String] {
        text.split(separator: separator, omittingEmptySubsequences: false).map { String($0) }
    }
}
