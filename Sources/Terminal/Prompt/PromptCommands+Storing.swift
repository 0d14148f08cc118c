import Glibc
import Language
import Notebook

extension PromptCommands {
    static let storing: [PromptCommand] = [
        PromptCommand(
            name: "save", takes: .file, usage: "[-f] FILE [n | a..b]",
            summary: "writes the cells (or those named) as a notebook with what they showed; -f replaces a file"
        ) { prompt, text in save(text, in: prompt) },
        PromptCommand(
            name: "load", takes: .file, usage: "FILE", summary: "runs a script as a cell; its names stay"
        ) { prompt, path in load(unquoted(path), in: prompt) },
        PromptCommand(
            name: "open", takes: .file, usage: "FILE", summary: "runs a notebook's cells as far as they have changed, as bas FILE does"
        ) { prompt, path in open(unquoted(path), in: prompt) },
        PromptCommand(
            name: "edit", takes: .text, usage: "[n | a..b]", summary: "opens a cell in $VISUAL or $EDITOR, then runs it"
        ) {
            prompt, text in edit(text, in: prompt)
        },
        PromptCommand(
            name: "rerun", takes: .text, usage: "[n | a..b]", summary: "runs cells again, the last one where none is named"
        ) {
            prompt, text in
            guard let selection = selection(text, in: prompt) else { return }
            for source in selection.map({ prompt.cells[$0 - 1].source }) {
                prompt.printer.say(source)
                prompt.remember(source)
                if prompt.runCell(source).status != .ok { return }
            }
        },
        PromptCommand(
            name: "undo", takes: .nothing, usage: "",
            summary: "takes the last cell back: names and seeds are as before it (files stay)"
        ) { prompt, _ in undo(in: prompt) },
    ]

    static let leaving: [PromptCommand] = [
        PromptCommand(
            name: "seed", takes: .text, usage: "N",
            summary: "what is drawn without a seed of its own comes from this seed; a session begins with 0"
        ) { prompt, text in
            guard Int(text) != nil else { return prompt.printer.say("say which: :seed N, a whole number") }
            // Runs as a typed cell does, so that it is saved, recovered and run again.
            prompt.runCell("seed(\(text))")
        },
        PromptCommand(name: "reset", takes: .nothing, usage: "", summary: "forgets all names, results and seeds") { prompt, _ in
            prompt.session.reset()
            prompt.before = nil
            for place in prompt.cells.indices { prompt.cells[place].withdrawn = "reset" }
            prompt.write(.command(":reset"))
            prompt.printer.say("(all names forgotten)")
        },
        PromptCommand(
            name: "recover", takes: .text, usage: "[list | print | forget] [n]",
            summary: "replays a session that did not end in good order, the newest where none is named"
        ) { prompt, text in recover(text, in: prompt) },
        PromptCommand(
            name: "quit", takes: .nothing, usage: "", summary: "leaves, as Ctrl-D does; in a tour that :tour began, leaves the tour"
        ) { prompt, _ in
            guard let tour = prompt.tour, !tour.isWhole else { return prompt.isDone = true }
            tour.leave()
            prompt.printer.say("(the tour is left; :tour goes on with it, :quit leaves bas)")
        },
    ]

    static let places: [PromptCommand] = [
        PromptCommand(
            name: "cd", takes: .folder, usage: "[FOLDER]", summary: "goes to a folder, home where none is named"
        ) { prompt, path in
            prompt.runCell(path.isEmpty ? "cd()" : "cd(\(Value.string(unquoted(path)).literalText))")
        },
        PromptCommand(name: "pwd", takes: .nothing, usage: "", summary: "the folder in which relative paths begin") {
            prompt, _ in
            prompt.printer.say(Surroundings.currentFolder ?? Surroundings.lastErrorText)
        },
        PromptCommand(name: "ls", takes: .folder, usage: "[FOLDER]", summary: "the names in a folder") {
            prompt, path in
            let call = path.isEmpty ? "ls()" : "ls(\(Value.string(unquoted(path)).literalText))"
            guard case .list(let names)? = prompt.runQuietly(call).value else { return }
            prompt.printer.page(names.isEmpty ? "(empty)" : names.map(\.inlineText).joined(separator: "  "))
        },
    ]

    // MARK: recovering

    private static func recover(_ text: String, in prompt: Prompt) {
        let words = text.split(separator: " ").map(String.init)
        let named = words.first.flatMap { Int($0) == nil ? $0 : nil }
        guard let action = named.map({ Recovery.Action(rawValue: $0) }) ?? .replay, words.count <= (named == nil ? 1 : 2)
        else {
            let names = Recovery.Action.allCases.map(\.rawValue)
            let nearest = nearestName(named ?? "", among: names).map { ", did you mean \($0)?" } ?? ""
            return prompt.printer.say("cannot recover \"\(text)\"\(nearest)  (:recover [\(names.joined(separator: " | "))] [n])")
        }
        let sessions = Recovery.sessions()
        let which = words.dropFirst(named == nil ? 0 : 1).first ?? ""
        do {
            switch action {
            case .list: prompt.printer.page(Recovery.list(sessions))
            case .print: prompt.printer.page(try Recovery.find(which, among: sessions).script)
            case .forget: prompt.printer.say(try Recovery.forget(which, among: sessions))
            case .replay: prompt.replay(try Recovery.find(which, among: sessions))
            }
        } catch let problem as Problem {
            prompt.printer.report(problem)
        } catch {
            prompt.printer.report(Problem(.internal, "\(error)"))
        }
    }

    private static func undo(in prompt: Prompt) {
        guard let before = prompt.before, let last = prompt.cells.indices.last else {
            return prompt.printer.say(prompt.cells.isEmpty ? "nothing was entered yet" : "only the last cell can be undone, once")
        }
        prompt.session.restore(before)
        prompt.before = nil
        prompt.cells[last].withdrawn = "undone"
        prompt.write(.command(":undo"))
        prompt.printer.say("(In [\(prompt.cells[last].number)] is undone; files that it wrote stay)")
    }

    // MARK: cells

    static func selection(_ text: String, in prompt: Prompt) -> ClosedRange<Int>? {
        if let selection = CellSelection.parse(text, last: prompt.cells.count) { return selection }
        let has = prompt.cells.isEmpty ? "nothing was entered yet" : "cells are 1..\(prompt.cells.count)"
        prompt.printer.say("no such cells: \(text.isEmpty ? "the last" : text); \(has)")
        return nil
    }

    private static func load(_ name: String, in prompt: Prompt) {
        guard !name.isEmpty else { return prompt.printer.say("say which: :load FILE") }
        let path = prompt.session.context.resolve(name)
        do {
            let interrupt = prompt.session.interrupt
            let text = try SignalWatcher.shared.whileRunning(interrupt) { try Session.readScript(path, interrupt) }
            try checkOrigin(path, text, prompt.session)
            prompt.runCell(trimmedEnd(text), script: path)
        } catch let problem as Problem {
            prompt.printer.report(problem)
        } catch {
            prompt.printer.report(Problem(.internal, "\(error)"))
        }
    }

    private static func open(_ name: String, in prompt: Prompt) {
        guard !name.isEmpty else { return prompt.printer.say("say which: :open FILE") }
        let path = prompt.session.context.resolve(name)
        prompt.attempt {
            let file = try NotebookFile(path: path)
            try checkOrigin(path, file.text, prompt.session)
            try prompt.open(file)
        }
    }

    /// Throws `.notPermitted` for a downloaded script at a prompt that is not confined: its names would stay, and with them what they may do.
    private static func checkOrigin(_ path: String, _ text: String, _ session: Session) throws {
        guard session.context.confinement == nil, let sign = ProgramOrigin.sign(path), TrustStore.own?.trusts(text) != true else { return }
        throw Problem(
            .notPermitted, "\"\(path)\" \(sign), and this prompt may use every file",
            help: "bas trust \(path) says that it may, too; bas -i \(path) runs it confined")
    }

    private static func trimmedEnd(_ text: String) -> String {
        guard let last = text.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(text[...last])
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

    /// Returns the text as the editor left it, or nil where that failed, which is then printed.
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
        do {
            try TextFile.replace(path, with: source + "\n")
        } catch {
            prompt.printer.say((error as? Problem)?.message ?? "cannot write \(path)")
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

    /// Returns the name without quotes around it.
    static func unquoted(_ text: String) -> String {
        guard text.count >= 2, let first = text.first, first == text.last, "\"'".contains(first) else {
            return text
        }
        return String(text.dropFirst().dropLast())
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
