import Language

extension PromptCommands {
    static let helping: [PromptCommand] = [
        PromptCommand(name: "help", usage: "[COMMAND]", summary: "this list, or help on one command") {
            prompt, name in
            let bare = name.hasPrefix(":") ? String(name.dropFirst()) : name
            if bare.isEmpty { return prompt.printer.page(overview) }
            if let command = find(bare) { return prompt.printer.page(helpText(command)) }
            prompt.printer.page(prompt.session.help(bare))
        },
        PromptCommand(name: "explain", usage: "CODE", summary: "what an error code means, for example E0203")
        {
            prompt, text in
            guard let code = ErrorCode(text: text) else {
                return prompt.printer.say("there is no error code \"\(text)\"; codes look like E0203")
            }
            prompt.printer.page(code.explanationText)
        },
    ]

    static let looking: [PromptCommand] = [
        PromptCommand(name: "who", usage: "[WORD]", summary: "names, their types and values") {
            prompt, word in
            prompt.printer.page(
                whoText(prompt.session, containing: word, width: prompt.printer.traits.width()))
        },
        PromptCommand(name: "type", usage: "CODE", summary: "the type of what the code gives") {
            prompt, code in
            guard !code.isEmpty else { return prompt.printer.say("say what: :type CODE") }
            let outcome = prompt.runQuietly(code)
            if outcome.status == .ok { prompt.printer.say(outcome.value?.typeName ?? "none") }
        },
        PromptCommand(
            name: "cells", usage: "", summary: "what was entered, how it ended and how long it took"
        ) {
            prompt, _ in
            let text = prompt.cells.map(\.summary).joined(separator: "\n")
            prompt.printer.page(text.isEmpty ? "(nothing entered yet)" : text)
        },
        PromptCommand(
            name: "history", usage: "[WORDS]", summary: "inputs of this session, those with the words"
        ) {
            prompt, words in
            let found = prompt.cells.filter { words.isEmpty || $0.source.contains(words) }
            let text = found.map { "\($0.number): \($0.source)" }.joined(separator: "\n")
            prompt.printer.page(text.isEmpty ? "(nothing found)" : text)
        },
    ]

    static func whoText(_ session: Session, containing word: String, width: Int) -> String {
        let names = session.globals.filter { word.isEmpty || $0.0.contains(word) }
        guard !names.isEmpty else { return word.isEmpty ? "(no names yet)" : "(no name with \"\(word)\")" }
        let nameWidth = names.map { displayWidth($0.0) }.max() ?? 0
        let typeWidth = names.map { $0.1.typeName.count }.max() ?? 0
        var context = DisplayContext(width: max(20, width - nameWidth - typeWidth - 6))
        context.wantsImages = false
        return names.map { name, value in
            let head = fill(name, nameWidth) + "  " + fill(value.typeName, typeWidth)
            // A value's first line is what it says of itself.
            let text = value.display(context).plain
            let first = String(text.prefix { $0 != "\n" })
            return
                "  \(head)  \(cut(first, to: context.width))\(first.utf8.count < text.utf8.count ? " …" : "")"
        }.joined(separator: "\n")
    }

    private static func fill(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - displayWidth(text)))
    }
}
