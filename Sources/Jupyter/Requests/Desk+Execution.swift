import Files
import Language

/// Requests that run cells.
extension Desk {
    /// The most errors whose texts are shown.
    private static let mostErrors = 20

    /// Runs a cell and answers the request.
    func execute(_ request: Message, _ content: JSONObject) {
        guard let code = content["code"]?.stringValue else { return refuse(request, "there is no code") }
        let isSilent = content["silent"]?.boolValue ?? false
        let isBlank = code.allSatisfy(\.isWhitespace)
        // A silent or blank cell has no number of its own.
        let isKept = !isSilent && !isBlank && content["store_history"]?.boolValue ?? true
        if isKept { count += 1 }
        if !isSilent {
            outbox.publish("execute_input", ["code": .string(code), "execution_count": JSON(count)], parent: request.header)
        }
        var answer: JSONObject = ["status": "ok"]
        var expressions: JSONObject = [:]
        settings.meet(session.context, content["allow_stdin"]?.boolValue ?? false)
        publisher.begin(request, number: count, extent: isSilent ? .withoutResults : .all)
        let status = isBlank ? .ok : run(code, isKept: isKept)
        let shown = publisher.end()
        if isKept { history.append(count, code, output: shown.results) }
        if let failure = Self.promptCommand(code) ?? RunFailure(status, Array(shown.errors.prefix(Self.mostErrors))) {
            outbox.publish("error", failure.published, parent: request.header)
            if content["stop_on_error"]?.boolValue ?? true { findExecutionsToAbort() }
            answer = failure.content
        } else {
            expressions = values(of: content["user_expressions"]?.objectValue ?? [:])
        }
        answer["execution_count"] = JSON(count)
        answer["user_expressions"] = .object(expressions)
        answer["payload"] = []
        reply(request, answer)
    }

    /// Runs a cell or answers its question, while what it shows is published. Returns how it ended.
    private func run(_ code: String, isKept: Bool) -> RunStatus {
        if let question = HelpQuestion(code) {
            publisher.answer(question.answer(session))
            return .ok
        }
        guard Self.promptCommand(code) == nil else { return .error }
        let outcome = session.run(source: code, file: "In [\(count)]", cell: isKept ? count : nil)
        if !outcome.evicted.isEmpty {
            let names = outcome.evicted.map { "Out[\($0)]" }.joined(separator: ", ")
            publisher.remark("\(names) let go: results may take \(byteText(session.context.results.budget))")
        }
        return outcome.status
    }

    /// Returns what is wrong with a cell that is a command of the terminal's prompt, such as `:who`; nil for other cells.
    private static func promptCommand(_ code: String) -> RunFailure? {
        let line = code.drop(while: \.isWhitespace)
        guard line.hasPrefix(":"), line.dropFirst().first?.isLetter == true else { return nil }
        let name = printable(String(line.prefix { !$0.isWhitespace }))
        let text = "\(name) is a command of the terminal's prompt; in a notebook ?name gives help, and ?language is the language on a page"
        return RunFailure(name: "PromptCommand", message: text, traceback: [text])
    }

    /// Evaluates expressions by name. They leave nothing behind, and show nothing.
    private func values(of expressions: JSONObject) -> JSONObject {
        var answers: JSONObject = [:]
        for (name, expression) in expressions.members {
            let before = session.snapshot()
            defer { session.restore(before) }
            let outcome = session.run(source: expression.stringValue ?? "", file: name)
            let errors = outcome.diagnostics.filter { $0.severity == .error }
            if let failure = RunFailure(outcome.status, errors) {
                answers[name] = .object(failure.content)
            } else {
                let context = DisplayContext(width: Publisher.width, wantsImages: false)
                let text = outcome.value.map { printable($0.display(context).plain) } ?? ""
                answers[name] = ["status": "ok", "data": ["text/plain": .string(text)], "metadata": [:]]
            }
        }
        return answers
    }
}
