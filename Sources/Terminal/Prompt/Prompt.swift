import CReadline
import Language
import Notebook

/// The prompt: reads cells, runs them and prints their results until Ctrl-D or `:quit`.
public final class Prompt {
    /// What stands around a prompt; all of it is optional.
    struct Surrounds {
        /// The file of inputs across sessions.
        var history: HistoryFile?
        /// The journal of this session's inputs.
        var journal: Journal?
        /// The first line that is printed.
        var banner: String?
        /// A script that runs before the first prompt where it exists.
        var initPath: String?
        /// A session to replay before the first prompt.
        var lost: LostSession?
        /// A line about sessions that can be recovered.
        var notice: String?
    }

    let session: Session
    let printer: EventPrinter
    let surrounds: Surrounds
    let reader: any LineReader
    /// The cells entered here, numbered from 1.
    var cells: [Cell] = []
    var isDone = false
    /// The tour of the lessons; nil where none is on.
    var tour: Tour?
    /// What is done before the first line is read.
    var begins: ((Prompt) throws -> Void)?
    /// init.bas, where it ran before the first prompt.
    private(set) var initInput: SessionInput?
    /// Code that commands have run since the last cell.
    var unseen: [String] = []
    /// The state before the last cell, for `:undo`.
    var before: Session.Snapshot?
    var lastEntry: String?
    var toldOfHistory = false
    private var toldOfJournal = false
    /// The bytes of what the cells' recordings hold.
    private var recorded = 0
    /// The lines of the cell that is being entered, which completion also reads.
    let pending: PendingLines

    final class PendingLines {
        var lines: [String] = []
    }

    /// Creates a prompt at this process's terminal, or over standard input where that is no terminal.
    public convenience init(
        session: Session, printer: EventPrinter, banner: String?, runsInit: Bool
    ) {
        self.init(session: session, printer: printer, banner: banner, runsInit: runsInit, lost: nil)
    }

    /// Creates such a prompt that replays a lost session first.
    convenience init(session: Session, printer: EventPrinter, banner: String?, runsInit: Bool, lost: LostSession?) {
        let pending = PendingLines()
        let interactive = Surroundings.isTerminal(0)
        let history = interactive ? Surroundings.historyPath.map { HistoryFile(path: $0) } : nil
        let editor = interactive ? EditingReader { Prompt.candidates(session, pending, $0, $1) } : nil
        editor?.start(history: history?.load() ?? [], limit: history?.limit ?? 10_000)
        var surrounds = Surrounds(history: history, lost: lost)
        surrounds.banner = interactive ? banner : nil
        surrounds.initPath = runsInit ? Surroundings.initPath : nil
        if interactive, let folder = Surroundings.sessionsPath {
            if lost == nil { surrounds.notice = Recovery.notice(Recovery.sessions()) }
            surrounds.journal = Journal(folder: folder)
        }
        self.init(
            session: session, printer: printer, reader: editor ?? PlainReader(), surrounds: surrounds,
            pending: pending)
    }

    init(
        session: Session, printer: EventPrinter, reader: any LineReader, surrounds: Surrounds,
        pending: PendingLines = PendingLines()
    ) {
        self.session = session
        self.printer = printer
        self.reader = reader
        self.surrounds = surrounds
        self.pending = pending
    }

    /// Runs the prompt until the person leaves.
    public func run() {
        SignalWatcher.shared.stayWhenIdle()
        if let banner = surrounds.banner { printer.say(banner) }
        if let notice = surrounds.notice { printer.say(notice) }
        if let path = surrounds.initPath, Surroundings.exists(path) { runInit(path) }
        if let lost = surrounds.lost { replay(lost) }
        if let begins { attempt { try begins(self) } }
        while !isDone, let entry = nextEntry() { handle(entry) }
        printer.flush()
        // A terminal that has gone away ends the input too, but nobody meant to leave.
        if surrounds.history == nil || Surroundings.isTerminal(0) { surrounds.journal?.finish() }
    }

    /// Does work of a command and tells of an error; after Ctrl-C there is nothing to tell.
    func attempt(_ work: () throws -> Void) {
        do { try work() } catch is CancellationError {
            session.interrupt.reset()
        } catch let problem as Problem {
            printer.report(problem)
        } catch {
            printer.report(Problem(.internal, "\(error)"))
        }
    }

    private func runInit(_ path: String) {
        let source = try? Session.readImport(path)
        let recorder = CellRecorder(session, shown: shown)
        let outcome = SignalWatcher.shared.whileRunning(session.interrupt) { session.run(path: path) }
        let recording = recorder.finish(seconds: outcome.seconds, shown: shown)
        guard let source else { return }
        let text = "# %% init.bas\n" + textWithoutRecords(source)
        initInput = SessionInput(text: text, unsaved: outcome.status == .ok ? [] : [source], recording: recording, isRecorded: false)
    }

    /// Shows events of the session.
    var shown: @Sendable (Event) -> Void {
        let printer = printer
        return { printer.handle($0) }
    }

    private func handle(_ entry: String) {
        if let tour, !PromptCommands.isCommand(entry) {
            if tour.walk.takesAnswer { return tour.take(.answer(PromptCommands.trimmed(entry))) }
            if entry.isEmpty { return tour.take(.enter) }
        }
        remember(entry)
        if PromptCommands.isCommand(entry) {
            PromptCommands.run(entry, in: self)
        } else if runCell(entry).status == .ok {
            tour?.entered(entry)
        }
    }

    // MARK: running

    /// Runs source as the next cell and shows its results as `Out[n]`; keys typed meanwhile are not echoed. `script` is the file that it
    /// came from.
    @discardableResult
    func runCell(_ source: String, script: String? = nil) -> Outcome {
        bas_screen_computing(1)
        defer { bas_screen_computing(0) }
        let number = cells.count + 1
        write(.cell(number: number, source: source))
        let before = session.snapshot()
        printer.setLabel("Out[\(number)]:")
        let recorder = CellRecorder(session, shown: shown)
        let outcome = SignalWatcher.shared.whileRunning(session.interrupt) {
            session.run(source: source, file: script ?? "In [\(number)]", cell: number, script: script)
        }
        printer.setLabel(nil)
        self.before = before
        var cell = Cell(number: number, source: source, script: script, outcome: outcome)
        cell.recording = recorder.finish(seconds: outcome.seconds, shown: shown)
        keep(cell)
        let mark = outcome.status == .interrupted ? session.context.progressMark : nil
        write(.ended(outcome.status, seconds: outcome.seconds, mark: mark))
        if !outcome.evicted.isEmpty { tellOfEvicted(outcome.evicted) }
        return outcome
    }

    /// The most bytes of what inputs showed that are kept for `:save`; beyond, the oldest go.
    private static let mostRecorded = 256 << 20

    /// Adds a cell to the session's.
    func keep(_ cell: Cell) {
        var cell = cell
        (cell.unseen, unseen) = (unseen, [])
        cells.append(cell)
        recorded += cell.recording?.bytes ?? 0
        var oldest = cells.startIndex
        while recorded > Self.mostRecorded, oldest < cells.count - 1 {
            recorded -= cells[oldest].recording?.bytes ?? 0
            cells[oldest].recording = nil
            oldest += 1
        }
    }

    private func tellOfEvicted(_ numbers: [Int]) {
        let names = numbers.map { "Out[\($0)]" }.joined(separator: ", ")
        printer.say("(\(names) let go: results may take \(byteText(session.context.results.budget)), see :results)")
    }

    /// Runs source without a number, and shows nothing but errors.
    func runQuietly(_ source: String) -> Outcome {
        unseen.append(source)
        printer.setMuted(true)
        defer { printer.setMuted(false) }
        bas_screen_computing(1)
        defer { bas_screen_computing(0) }
        return SignalWatcher.shared.whileRunning(session.interrupt) { session.run(source: source, file: "input") }
    }

    // MARK: history and journal

    /// Adds an entry to the history, unless it begins with a space or repeats the last one.
    func remember(_ entry: String) {
        guard HistoryFile.isKept(entry), entry != lastEntry else { return }
        lastEntry = entry
        reader.remember(entry)
        guard let history = surrounds.history, !history.append(entry), !toldOfHistory else { return }
        toldOfHistory = true
        printer.say("(the history is not kept: \(Surroundings.lastErrorText) for \(history.path))")
    }

    /// Appends a record to the journal, and tells once where that fails.
    func write(_ record: JournalRecord) {
        guard let journal = surrounds.journal else { return }
        journal.append(record)
        guard let failure = journal.failure, !toldOfJournal else { return }
        toldOfJournal = true
        printer.say("(this session cannot be recovered should it die: \(failure) in \(Surroundings.sessionsPath ?? ""))")
    }
}
