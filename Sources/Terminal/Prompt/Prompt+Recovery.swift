import Glibc
import Language

extension Prompt {
    /// Replays the inputs of a lost session, and removes its journal once this session has them all. Stops where a cell ends otherwise than
    /// it did then.
    func replay(_ lost: LostSession) {
        printer.say("(replaying \(lost.title); Ctrl-C stops)")
        if !lost.folder.isEmpty, lost.folder != Surroundings.currentFolder {
            if chdir(lost.folder) == 0 {
                printer.say("(in \(lost.folder))")
            } else {
                printer.say("(its folder is not there: \(Surroundings.lastErrorText) for \(lost.folder))")
            }
        }
        for (index, entry) in lost.entries.enumerated() {
            let left = lost.entries.count - index - 1
            switch entry {
            case .command(let line):
                printer.say(line)
                PromptCommands.run(line, in: self)
            case .cell(_, let source, let status?, let mark):
                printer.echo(promptLines(source))
                if status == .interrupted { announceStop(mark) }
                let outcome = runCell(source)
                guard outcome.status == status || status == .interrupted && outcome.status == .ok else {
                    printer.say(stopText(status, outcome.status, left))
                    return
                }
                if status != outcome.status {
                    printer.say(
                        "(this had been interrupted and now ran to its end: what came of it is the whole, not the part that there was)")
                }
            case .cell(_, let source, nil, _):
                printer.echo(promptLines(source))
                remember(source)
                printer.say("(this had not ended when the session did and is not run again; Up brings it back)")
            }
        }
        lost.remove()
        printer.say("(replayed)")
    }

    /// Makes a cell that Ctrl-C ended stop at the same step again, where the journal knows it, and says so.
    private func announceStop(_ mark: ProgressMark?) {
        guard let mark else { return printer.say("(this was interrupted, nobody noted where; Ctrl-C interrupts it again)") }
        session.context.stopNextRun(at: mark)
        printer.say("(this was interrupted at step \(mark.completed) of \(mark.title), and stops there again)")
    }

    private func stopText(_ then: RunStatus, _ now: RunStatus, _ left: Int) -> String {
        let change = now == .interrupted ? "interrupted" : "this ended with \(now.rawValue), \(then.rawValue) when it was first run"
        let rest = left == 0 ? "" : "; \(left == 1 ? "one entry is" : "\(left) entries are") left"
        return "(\(change)\(rest): the replay stops here, the session stays for :recover print)"
    }

    /// Returns source as it looks at the prompt.
    private func promptLines(_ source: String) -> String {
        let prompt = "In [\(cells.count + 1)]: "
        let continuation = "\n" + String(repeating: " ", count: prompt.count - 5) + "...: "
        return prompt + source.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: continuation)
    }
}
