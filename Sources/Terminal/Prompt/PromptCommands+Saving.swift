import Files
import Language
import Notebook

extension PromptCommands {
    /// `:save [-f] FILE [n | n..m]`: writes the session, or some of its cells, as a notebook with what they showed.
    static func save(_ text: String, in prompt: Prompt) {
        var words = text.split(separator: " ").map(String.init)
        let replaces = words.first == "-f"
        if replaces { words.removeFirst() }
        guard let name = words.first else { return prompt.printer.say("say where: :save FILE") }
        var inputs = (prompt.initInput.map { [$0] } ?? []) + prompt.cells.flatMap(\.saved)
        if words.count > 1 {
            guard let selection = selection(words.dropFirst().joined(), in: prompt) else { return }
            inputs = prompt.cells.flatMap { cell in
                // The others are left out, and with them what they gave.
                selection.contains(cell.number)
                    ? cell.saved : cell.saved.map { SessionInput(text: "", unsaved: $0.unsaved + [cell.source], recording: $0.recording) }
            }
        }
        guard inputs.contains(where: { !$0.text.isEmpty }) else { return prompt.printer.say("nothing was entered that could be saved") }
        let path = unquoted(name)
        if Surroundings.exists(path), !replaces {
            return prompt.printer.say("\(path) exists; :save -f \(path) replaces it")
        }
        do {
            if let problem = FolderProblem.missing(above: path) { throw problem }
            let session = prompt.session
            let notebook = try SignalWatcher.shared.whileRunning(session.interrupt) {
                try SessionNotebook(inputs, path: path, session)
            }
            try notebook.write()
            // What is written here is this person's, also in the place of something downloaded.
            if ProgramOrigin.sign(path) != nil { try? TrustStore.own?.add(notebook.text, path: path) }
            prompt.printer.say(told(notebook, path))
        } catch is CancellationError {
            prompt.printer.say("(interrupted: nothing was written)")
        } catch let error as FileError {
            prompt.printer.say(error.description)
        } catch {
            prompt.printer.say((error as? Problem)?.message ?? "cannot write \(path)")
        }
    }

    private static func told(_ notebook: SessionNotebook, _ path: String) -> String {
        let cells = "\(notebook.count == 1 ? "one cell" : "\(notebook.count) cells") → \(path)"
        guard !notebook.doubtful.isEmpty else { return cells }
        let names = notebook.doubtful.prefix(5).joined(separator: ", ") + (notebook.doubtful.count > 5 ? ", …" : "")
        return cells + "\n(what \(names) showed may not follow from the file: bas notebook \(path) runs it)"
    }
}
