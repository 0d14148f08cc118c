extension CoreBuiltins {
    private static let message = Key<Value>("message", doc: "What went wrong.")
    private static let advice = Key<String?>("help", doc: "What to do about it.", keywordOnly: true)
    private static let subject = Key<Value?>("x", doc: "A function, a name in quotes, or a value.")

    static let programBuiltins: [Builtin] = [
        Builtin(
            "fail", family: .program, summary: "Ends the program, or the nearest try, with an error of one's own.",
            parameters: [message, advice], result: "nothing: it does not return", terms: ["error", "raise", "throw"],
            examples: [.init("try { fail(\"no\") } recover e { e.message }", shows: "\"no\"")],
            run: { call in
                let message = try call[Self.message].inlineText
                throw Problem(
                    .failed, message.isEmpty ? "fail was called with an empty message" : message, help: try call[advice])
            }),
        Builtin(
            "help", family: .program, summary: "Writes help on a command, a function or a value.", parameters: [subject],
            terms: ["manual", "documentation", "?"], examples: [.init("help(\"len\")")], seeAlso: ["doc"], isCommand: true,
            run: { call in
                call.context.emit(.stream(try helpText(call) + "\n"))
                return .none
            }),
        Builtin(
            "doc", family: .program, summary: "The help on a command, a function or a value, as a string.",
            parameters: [subject], result: .string, terms: ["manual", "documentation"],
            examples: [.init("len(doc(\"len\")) > 0", shows: "true")],
            run: { call in .string(try helpText(call)) }),
        Builtin(
            "time", family: .program, summary: "Seconds on a clock that never goes back, for measuring.",
            result: .float, terms: ["clock", "seconds", "measure", "duration"],
            examples: [.init("start = time(); time() - start >= 0", shows: "true")],
            outside: "reads the clock", run: { _ in .float(monotonicSeconds()) }),
    ]

    private static func helpText(_ call: Call) throws -> String {
        guard let machine = call.context.machine else { return "" }
        let help = Help(machine: machine)
        guard let value = try call[subject] else { return help.overview() }
        if case .string(let topic) = value { return help.text(for: topic) }
        return help.text(of: value, named: nil)
    }
}
