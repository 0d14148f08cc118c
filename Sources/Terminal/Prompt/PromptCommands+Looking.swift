import Language

extension PromptCommands {
    static let helping: [PromptCommand] = [
        PromptCommand(name: "help", takes: .topic, usage: "[COMMAND]", summary: "this list, or help on one command") {
            prompt, name in
            let bare = name.hasPrefix(":") ? String(name.dropFirst()) : name
            if bare.isEmpty { return prompt.printer.page(overview(prompt)) }
            if let command = find(bare) { return prompt.printer.page(helpText(command)) }
            // A mistyped command has no help; the message suggests the nearest name.
            if name.hasPrefix(":") { return unknown(bare, in: prompt) }
            prompt.printer.page(prompt.session.help(bare))
        },
        PromptCommand(
            name: "doc", takes: .topic, usage: "NAME", summary: "all that is known of a command; a function's source"
        ) { prompt, name in
            guard !name.isEmpty else { return prompt.printer.say("say which: :doc NAME") }
            prompt.printer.page(prompt.session.details(name))
        },
        PromptCommand(name: "explain", takes: .text, usage: "CODE", summary: "what an error code means, for example E0203") {
            prompt, text in
            guard let code = ErrorCode(text: text) else {
                let codes = ErrorCode.allCases.map(\.rawValue)
                let nearest = nearestName(text.uppercased(), among: codes).map { ", did you mean \($0)?" } ?? ""
                return prompt.printer.say("there is no error code \"\(text)\"\(nearest.isEmpty ? "; codes look like E0203" : nearest)")
            }
            prompt.printer.page(code.explanationText)
        },
    ]

    static let looking: [PromptCommand] = [
        PromptCommand(name: "who", takes: .text, usage: "[WORD]", summary: "names, their types and values") {
            prompt, word in
            prompt.printer.page(
                whoText(prompt.session, containing: word, width: prompt.printer.traits.width()))
        },
        PromptCommand(name: "type", takes: .code, usage: "CODE", summary: "the type of what the code gives") {
            prompt, code in
            let outcome = prompt.runQuietly(code)
            if outcome.status == .ok { prompt.printer.say(outcome.value?.typeName ?? "none") }
        },
        PromptCommand(
            name: "cells", takes: .nothing, usage: "", summary: "what was entered, how it ended and how long it took"
        ) {
            prompt, _ in
            let text = prompt.cells.map(\.summary).joined(separator: "\n")
            prompt.printer.page(text.isEmpty ? "(nothing entered yet)" : text)
        },
        PromptCommand(
            name: "history", takes: .text, usage: "[-a] [WORDS]",
            summary: "inputs of this session that have all the words; -a of earlier sessions too"
        ) { prompt, words in prompt.printer.page(historyText(words, in: prompt)) },
        PromptCommand(
            name: "results", takes: .text, usage: "[SIZE]",
            summary: "results that are kept as Out[n]; how many bytes they may take (2GiB)"
        ) { prompt, text in results(text, in: prompt) },
    ]

    /// Returns the names that contain a word, with their types and values.
    static func whoText(_ session: Session, containing word: String, width: Int) -> String {
        let names = session.globals.filter { word.isEmpty || $0.0.contains(word) }
        guard !names.isEmpty else { return word.isEmpty ? "(no names yet)" : "(no name with \"\(word)\")" }
        let nameWidth = names.map { displayWidth($0.0) }.max() ?? 0
        let typeWidth = names.map { $0.1.typeName.count }.max() ?? 0
        var context = DisplayContext(width: max(20, width - nameWidth - typeWidth - 6))
        context.wantsImages = false
        return names.map { name, value in
            let head = fill(name, nameWidth) + "  " + fill(value.typeName, typeWidth)
            // The first line of a value's display says what it is.
            let text = value.display(context).plain
            let first = String(text.prefix { $0 != "\n" })
            return
                "  \(head)  \(cut(first, to: context.width))\(first.utf8.count < text.utf8.count ? " …" : "")"
        }.joined(separator: "\n")
    }

    private static func historyText(_ text: String, in prompt: Prompt) -> String {
        var words = text.split(separator: " ").map(String.init)
        let all = words.first == "-a"
        if all { words.removeFirst() }
        let sources =
            all
            ? (prompt.surrounds.history?.load() ?? []).map { ("", $0) }
            : prompt.cells.map { ("\($0.number): ", $0.source) }
        let found = sources.filter { source in words.allSatisfy { source.1.contains($0) } }
        return found.isEmpty ? "(nothing found)" : found.map { $0.0 + $0.1 }.joined(separator: "\n")
    }

    private static func results(_ text: String, in prompt: Prompt) {
        let results = prompt.session.context.results
        if !text.isEmpty {
            guard let bytes = byteCount(text) else {
                return prompt.printer.say("\"\(text)\" is no size; write 512MiB or 2GiB")
            }
            results.budget = bytes
        }
        let numbers = results.numbers.map { "Out[\($0)]" }
        let list = numbers.count > 12 ? ["…"] + numbers.suffix(12) : numbers
        let kept = numbers.isEmpty ? "no results yet" : "\(list.joined(separator: ", ")): \(byteText(results.bytes))"
        prompt.printer.say("\(kept); results may take \(byteText(results.budget))")
    }

    /// Returns the number of bytes in a text such as "512MiB", "2 GB" or "1000000", all in binary units, or nil where it is none.
    static func byteCount(_ text: String) -> Int? {
        let folded = text.lowercased().filter { !$0.isWhitespace }
        let digits = folded.prefix { $0.isWholeNumber || $0 == "." }
        guard let number = Double(digits), number >= 0 else { return nil }
        let units: [String: Int] = [
            "": 0, "b": 0, "bytes": 0, "k": 10, "kb": 10, "kib": 10, "m": 20, "mb": 20,
            "mib": 20, "g": 30, "gb": 30, "gib": 30, "t": 40, "tb": 40, "tib": 40,
        ]
        guard let shift = units[String(folded.dropFirst(digits.count))] else { return nil }
        let bytes = number * Double(1 << shift)
        return bytes < 1e18 ? Int(bytes) : nil
    }

    private static func fill(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - displayWidth(text)))
    }
}
