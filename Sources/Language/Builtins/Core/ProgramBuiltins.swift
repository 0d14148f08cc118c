extension CoreBuiltins {
    private static let family = "program"

    static let programBuiltins: [Builtin] = [
        Builtin(
            "fail", family: family,
            summary: "Ends the program, or the nearest try, with an error of one's own.",
            parameters: [
                Parameter("message", doc: "What went wrong."),
                Parameter("help", .string, doc: "What to do about it.", keywordOnly: true, optional: true),
            ],
            result: "nothing: it does not return", terms: ["error", "raise", "throw"],
            examples: [.init("try { fail(\"no\") } recover e { e.message }", shows: "\"no\"")],
            run: { call in
                let message = try call.value("message").inlineText
                throw Problem(
                    .failed, message.isEmpty ? "fail was called with an empty message" : message, help: call.optional("help")?.inlineText)
            }),
        Builtin(
            "help", family: family, summary: "Writes help on a command, a function or a value.",
            parameters: [Parameter("x", doc: "A function, a name in quotes, or a value.", optional: true)],
            terms: ["manual", "documentation", "?"], examples: [.init("help(\"len\")")], isCommand: true,
            run: { call in
                call.context.emit(.stream(try helpText(call, "x") + "\n"))
                return .none
            }),
        Builtin(
            "doc", family: family, summary: "The help on a command, a function or a value, as a string.",
            parameters: [Parameter("x", doc: "A function, a name in quotes, or a value.", optional: true)],
            result: "string", terms: ["manual", "documentation"],
            examples: [.init("len(doc(\"len\")) > 0", shows: "true")],
            run: { call in .string(try helpText(call, "x")) }),
        Builtin(
            "time", family: family, summary: "Seconds on a clock that never goes back, for measuring.",
            result: "float", terms: ["clock", "seconds", "measure", "duration"],
            examples: [.init("start = time(); time() - start >= 0", shows: "true")],
            run: { _ in .float(monotonicSeconds()) }),
    ]

    private static func helpText(_ call: Call, _ name: String) throws -> String {
        guard let machine = call.context.machine else { return "" }
        let help = Help(machine: machine)
        guard let value = call.optional(name) else { return help.overview() }
        if case .string(let topic) = value { return help.text(for: topic) }
        return help.text(of: value, named: nil)
    }
}
