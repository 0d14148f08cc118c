import Language

/// The prompt: reads cells, runs them, prints what comes of them, until Ctrl-D or `:quit`.
public final class Prompt {
    let session: Session
    let printer: EventPrinter
    /// Cells entered here, numbered from 1.
    var cells: [Cell] = []
    var isDone = false
    private let banner: String?
    private let initPath: String?
    private let reader: any LineReader
    private let history: HistoryFile?
    private var lastEntry: String?
    private var toldOfHistory = false
    /// Lines of the cell that is being entered; completion looks at them too.
    private let pending: PendingLines

    final class PendingLines {
        var lines: [String] = []
    }

    /// `banner` is printed first, `initPath` run before the first prompt where it exists.
    public convenience init(session: Session, printer: EventPrinter, banner: String?, runsInit: Bool) {
        let pending = PendingLines()
        let history = Surroundings.historyPath.map { HistoryFile(path: $0) }
        let interactive = Surroundings.isTerminal(0)
        let editor = interactive ? EditingReader { Prompt.candidates(session, pending, $0, $1) } : nil
        editor?.start(history: history?.load() ?? [], limit: history?.limit ?? 10_000)
        self.init(
            session: session, printer: printer, reader: editor ?? PlainReader(),
            history: editor == nil ? nil : history, banner: interactive ? banner : nil,
            initPath: runsInit ? Surroundings.initPath : nil, pending: pending)
    }

    init(
        session: Session, printer: EventPrinter, reader: any LineReader, history: HistoryFile?,
        banner: String?,
        initPath: String?, pending: PendingLines = PendingLines()
    ) {
        self.session = session
        self.printer = printer
        self.reader = reader
        self.history = history
        self.banner = banner
        self.initPath = initPath
        self.pending = pending
    }

    /// Returns when the person leaves.
    public func run() {
        SignalWatcher.shared.stayWhenIdle()
        if let banner { printer.say(banner) }
        if let initPath, Surroundings.exists(initPath) { run(path: initPath) }
        while !isDone {
            guard let entry = nextEntry() else { break }
            handle(entry)
        }
    }

    // MARK: reading

    /// A command, or the lines of a cell; nil at the end.
    private func nextEntry() -> String? {
        pending.lines = []
        while true {
            switch reader.read(prompt: promptText) {
            case .interrupted:
                pending.lines = []
            case .end:
                return pending.lines.isEmpty ? nil : pending.lines.joined(separator: "\n")
            case .line(let line):
                if let entry = accept(line) { return entry }
            }
        }
    }

    /// The whole entry once it can run.
    private func accept(_ line: String) -> String? {
        let continuing = !pending.lines.isEmpty
        if Transcript.isOutput(line) { return nil }
        let input = Transcript.input(of: line, continuing: continuing)
        if !continuing {
            if input.allSatisfy(\.isWhitespace) { return nil }
            if PromptCommands.isCommand(input) { return input }
        }
        pending.lines.append(input)
        let source = pending.lines.joined(separator: "\n")
        return session.isIncomplete(source) ? nil : source
    }

    private var promptText: String {
        let number = "In [\(cells.count + 1)]: "
        let text = pending.lines.isEmpty ? number : String(repeating: " ", count: number.count - 5) + "...: "
        // \001 and \002 tell readline what takes no room.
        return printer.traits.color ? "\u{1}\u{1b}[32m\u{2}\(text)\u{1}\u{1b}[0m\u{2}" : text
    }

    private static func candidates(
        _ session: Session, _ pending: PendingLines, _ line: String, _ cursor: Int
    ) -> [Candidate] {
        if pending.lines.isEmpty, let commands = PromptCommands.candidates(line, cursor) { return commands }
        let before = pending.lines.map { $0 + "\n" }.joined()
        let offset = before.utf8.count
        return session.complete(before + line, cursor: offset + cursor).compactMap { candidate in
            var candidate = candidate
            guard candidate.range.lowerBound >= offset else { return nil }
            candidate.range = candidate.range.lowerBound - offset..<candidate.range.upperBound - offset
            return candidate
        }
    }

    // MARK: running

    private func handle(_ entry: String) {
        remember(entry)
        if PromptCommands.isCommand(entry) {
            PromptCommands.run(entry, in: self)
        } else {
            runCell(entry)
        }
    }

    /// Runs source as the next cell and shows its results as `Out[n]`.
    @discardableResult
    func runCell(_ source: String) -> Outcome {
        let number = cells.count + 1
        printer.setLabel("Out[\(number)]:")
        let outcome = SignalWatcher.shared.whileRunning(session.interrupt) {
            session.run(source: source, file: "In [\(number)]")
        }
        printer.setLabel(nil)
        cells.append(Cell(number: number, source: source, status: outcome.status, seconds: outcome.seconds))
        return outcome
    }

    /// Runs source without showing anything but errors, and without a number.
    func runQuietly(_ source: String) -> Outcome {
        printer.setMuted(true)
        defer { printer.setMuted(false) }
        return SignalWatcher.shared.whileRunning(session.interrupt) {
            session.run(source: source, file: "input")
        }
    }

    @discardableResult
    func run(path: String) -> Outcome {
        SignalWatcher.shared.whileRunning(session.interrupt) { session.run(path: path) }
    }

    /// Adds to the history an entry that did not begin with a space and is not the last one again.
    func remember(_ entry: String) {
        guard HistoryFile.isKept(entry), entry != lastEntry else { return }
        lastEntry = entry
        reader.remember(entry)
        guard let history, !history.append(entry), !toldOfHistory else { return }
        toldOfHistory = true
        printer.say("(the history is not kept: \(Surroundings.lastErrorText) for \(history.path))")
    }
}
