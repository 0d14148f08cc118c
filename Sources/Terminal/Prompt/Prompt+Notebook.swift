import CReadline
import Language
import Notebook
import Synchronization

// Notebooks at the prompt: their cells become those of the session, and what is entered next goes on after them.
extension Prompt {
    /// Runs the cells of a notebook, those that are unchanged from its cache, and shows what they gave. Their names, and the random numbers
    /// after them, are then the session's. A cell that fails or is interrupted ends this, so that a person can look. Throws a `Problem`.
    func open(_ file: NotebookFile) throws {
        // A recovered session opens it again.
        write(.command(":open \(file.path)"))
        let first = cells.count
        let show = CellPrinter(printer, file, first: first)
        let runner = BoxedRunner()
        // A stranger's cache and records are not known to be true.
        let isTrusted = session.context.confinement == nil
        let made = try NotebookRunner(file, session, usesCache: isTrusted, believesRecords: false) { event in
            show.take(event)
            if case .finished(_, let result) = event, result.isFailed { runner.runner?.endAfterCell() }
        }
        runner.runner = made
        bas_screen_computing(1)
        defer {
            bas_screen_computing(0)
            session.setEvents(shown)
            session.interrupt.reset()
        }
        before = nil
        let (results, isInterrupted) = try SignalWatcher.shared.whileRunning(session.interrupt) {
            let outcome = try made.run()
            session.interrupt.reset()
            try made.bindNames(through: outcome.results.count - 1)
            if outcome.isInterrupted { made.bindStopped() }
            return outcome
        }
        for (place, result) in results.enumerated() {
            var cell = Cell(
                number: cells.count + 1, source: file.cells[place].code, part: file.part(place),
                status: result.isFailed ? .error : .ok, seconds: result.seconds)
            cell.recording = made.recording(of: place)
            session.note(cell: cell.number, source: cell.source)
            keep(cell)
        }
        tellOfEnd(file, done: results.count, isFailed: results.last?.isFailed == true, isInterrupted)
    }

    private func tellOfEnd(_ file: NotebookFile, done: Int, isFailed: Bool, _ isInterrupted: Bool) {
        let left = file.cells.indices.dropFirst(done).count { !file.cells[$0].code.isEmpty }
        guard left > 0 else { return }
        let words = isFailed ? "the last one failed" : isInterrupted ? "interrupted" : "ended"
        printer.say("(\(words): \(left == 1 ? "one cell has" : "\(left) cells have") not run; bas notebook \(file.path) runs what can run)")
    }
}

/// A runner that its own observer reaches.
private final class BoxedRunner: @unchecked Sendable {
    weak var runner: NotebookRunner?
}

/// Shows the cells of a notebook as they run or come from the cache.
final class CellPrinter: Sendable {
    private let printer: EventPrinter
    private let file: NotebookFile
    private let first: Int
    /// The text that was shown last: a picture whose words it says does not say them again.
    private let last = Mutex("")

    /// Creates a printer for a notebook whose first cell has the number after `first`.
    init(_ printer: EventPrinter, _ file: NotebookFile, first: Int) { (self.printer, self.file, self.first) = (printer, file, first) }

    /// Shows an event of the run.
    func take(_ event: NotebookEvent) {
        switch event {
        case .started(let cell, let quietly): head(cell, quietly ? "runs again for its values" : "")
        case .shown(_, let output): show(output)
        case .progress(let progress): printer.handle(.progress(progress))
        case .finished(let cell, let result):
            printer.handle(.finished(.ok, seconds: 0))
            guard !file.cells[cell].code.isEmpty, result.origin != .ran else { return }
            if case .skipped = result.origin { head(cell, "") } else { head(cell, "unchanged, ran \(durationText(result.seconds))") }
            for output in result.outputs ?? [] { show(output) }
        }
    }

    private func head(_ cell: Int, _ remark: String) {
        let title = file.cells[cell].title
        let number = "[\(first + cell + 1)]"
        printer.head(title.isEmpty ? number : "\(number) \(title)", remark.isEmpty ? "" : "   (\(remark))")
    }

    /// Shows an output. A picture that lies in the notebook's folder is not stored again.
    func show(_ output: CellOutput) {
        switch output {
        case .text(let text):
            last.withLock { $0 = text }
            printer.handle(.stream(text))
        case .problem(let text, _): printer.remark(text)
        case .picture(let png, let alt):
            let isSaid = last.withLock { $0.hasPrefix(alt) }
            let image = DisplayImage(png: png, alt: isSaid ? "" : alt)
            let stored = "\(file.folder)\(file.pictureFolder)/\(CellOutput.pictureName(png))"
            if Surroundings.exists(stored) {
                printer.show(image, storedAt: stored)
            } else {
                printer.handle(.display(Display("", image: image)))
            }
        }
    }
}
