import Glibc
import Language

extension PromptCommands {
    static let storing: [PromptCommand] = [
        PromptCommand(
            name: "save", usage: "[-f] FILE [n | a..b]",
            summary: "writes the cells that ended well (or those named) as a script; -f replaces a file"
        ) { prompt, text in save(text, in: prompt) },
        PromptCommand(name: "load", usage: "FILE", summary: "runs a script here; its names stay") {
            prompt, path in
            guard !path.isEmpty else { return prompt.printer.say("say which: :load FILE") }
            prompt.run(path: prompt.session.context.resolve(unquoted(path)))
        },
        PromptCommand(
            name: "edit", usage: "[n | a..b]", summary: "opens a cell in $VISUAL or $EDITOR, then runs it"
        ) {
            prompt, text in edit(text, in: prompt)
        },
        PromptCommand(
            name: "rerun", usage: "[n | a..b]", summary: "runs cells again, the last one where none is named"
        ) {
            prompt, text in
            guard let selection = selection(text, in: prompt) else { return }
            for source in selection.map({ prompt.cells[$0 - 1].source }) {
                prompt.printer.say(source)
                prompt.remember(source)
                if prompt.runCell(source).status != .ok { return }
            }
        },
    ]

    static let leaving: [PromptCommand] = [
        PromptCommand(name: "reset", usage: "", summary: "forgets all names") { prompt, _ in
            prompt.session.reset()
            prompt.printer.say("(all names forgotten)")
        },
        PromptCommand(name: "quit", usage: "", summary: "leaves, as Ctrl-D does") { prompt, _ in
            prompt.isDone = true
        },
    ]

    // MARK: cells

    private static func selection(_ text: String, in prompt: Prompt) -> ClosedRange<Int>? {
        if let selection = CellSelection.parse(text, last: prompt.cells.count) { return selection }
        let has = prompt.cells.isEmpty ? "nothing was entered yet" : "cells are 1..\(prompt.cells.count)"
        prompt.printer.say("no such cells: \(text.isEmpty ? "the last" : text); \(has)")
        return nil
    }

    /// A script of these cells, each under its own `# %%`.
    static func script(of cells: [Cell]) -> String {
        cells.map { "# %% In [\($0.number)]\n\($0.source)\n" }.joined(separator: "\n")
    }

    private static func save(_ text: String, in prompt: Prompt) {
        var words = text.split(separator: " ").map(String.init)
        let replaces = words.first == "-f"
        if replaces { words.removeFirst() }
        guard let name = words.first else { return prompt.printer.say("say where: :save FILE") }
        var cells = prompt.cells.filter { $0.status == .ok }
        if words.count > 1 {
            guard let selection = selection(words.dropFirst().joined(), in: prompt) else { return }
            cells = selection.map { prompt.cells[$0 - 1] }
        }
        let path = unquoted(name)
        if Surroundings.exists(path), !replaces {
            return prompt.printer.say("\(path) exists; :save -f \(path) replaces it")
        }
        guard write(script(of: cells), to: path) else {
            return prompt.printer.say("cannot write \(path): \(Surroundings.lastErrorText)")
        }
        prompt.printer.say("\(cells.count == 1 ? "one cell" : "\(cells.count) cells") → \(path)")
    }

    private static func edit(_ text: String, in prompt: Prompt) {
        var source = ""
        if !text.isEmpty || !prompt.cells.isEmpty {
            guard let selection = selection(text, in: prompt) else { return }
            source = selection.map { prompt.cells[$0 - 1].source }.joined(separator: "\n")
        }
        guard let edited = edited(source, in: prompt) else { return }
        guard !edited.allSatisfy(\.isWhitespace) else { return }
        prompt.printer.say(edited)
        prompt.remember(edited)
        prompt.runCell(edited)
    }

    /// The text as the editor left it; nil where that failed, which was said.
    private static func edited(_ source: String, in prompt: Prompt) -> String? {
        var template = Array("\(Surroundings.variable("TMPDIR") ?? "/tmp")/bas-XXXXXX.bas".utf8CString)
        let descriptor = mkstemps(&template, 4)
        guard descriptor >= 0 else {
            prompt.printer.say("cannot make a file to edit: \(Surroundings.lastErrorText)")
            return nil
        }
        close(descriptor)
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer { unlink(path) }
        guard write(source + "\n", to: path) else {
            prompt.printer.say("cannot write \(path): \(Surroundings.lastErrorText)")
            return nil
        }
        let editor =
            ["VISUAL", "EDITOR"].compactMap { Surroundings.variable($0) }.first { !$0.isEmpty } ?? "vi"
        let status = ChildProcess.shell("\(editor) \"$1\"", arguments: [path])
        guard status == 0, let text = read(path) else {
            prompt.printer.say("the editor (\(editor)) ended without success: nothing was run")
            return nil
        }
        return trimmed(text)
    }

    // MARK: files

    /// The name without the quotes that people put around it.
    private static func unquoted(_ text: String) -> String {
        guard text.count >= 2, let first = text.first, first == text.last, "\"'".contains(first) else {
            return text
        }
        return String(text.dropFirst().dropLast())
    }

    private static func write(_ text: String, to path: String) -> Bool {
        guard let file = fopen(path, "we") else { return false }
        let written = fputs(text, file) >= 0
        return fclose(file) == 0 && written
    }

    private static func read(_ path: String) -> String? {
        guard let file = fopen(path, "re") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = fread(&buffer, 1, buffer.count, file)
            if count == 0 { break }
            bytes += buffer[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
