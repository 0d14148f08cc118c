import BreakAScene
import Language

/// Exponential averages of the losses (each new step weighs 0.05), for the progress bar.
struct LossAverages {
    /// The averages of reconstruction, prior and attention loss; nil before the first step.
    private var values: (Double, Double, Double)?

    /// Adds a step's losses.
    mutating func add(_ entry: History.Entry) {
        let new = (Double(entry.reconstruction), Double(entry.prior), Double(entry.attention))
        guard let old = values else { return values = new }
        values = (0.95 * old.0 + 0.05 * new.0, 0.95 * old.1 + 0.05 * new.1, 0.95 * old.2 + 0.05 * new.2)
    }

    /// The averages as texts with their names; those that are 0 are left out.
    var detail: [(String, String)] {
        guard let values else { return [] }
        return [("rec", values.0), ("prior", values.1), ("attn", values.2)].filter { $0.1 != 0 }.map { ($0.0, NumberText.fixed($0.1, 3)) }
    }
}

/// A progress bar of the session, which emits an event at most twenty times a second, and one at the end.
struct ProgressBar {
    private let context: Context
    private var progress: Progress
    /// The time of the last event.
    private var last: ContinuousClock.Instant?
    /// Whether an event was emitted.
    private var isShown = false

    /// The numbers of all bars.
    private static let counter = BarCounter()

    /// Makes a bar that shows nothing before its first update.
    init(_ context: Context, title: String, unit: String) {
        self.context = context
        progress = Progress(id: Self.counter.next(), title: title, completed: 0, total: 0, unit: unit)
    }

    /// Notes how much is completed and emits an event unless the last one is less than 50 ms ago.
    mutating func update(_ completed: Int, of total: Int, _ detail: [(String, String)] = []) {
        (progress.completed, progress.total, progress.detail) = (completed, total, detail)
        context.note(progress)
        let now = ContinuousClock.now
        if let last, now - last < .milliseconds(50), completed < total { return }
        last = now
        isShown = true
        context.emit(.progress(progress))
    }

    /// Ends a bar that was shown.
    mutating func finish() {
        guard isShown, !progress.finished else { return }
        progress.finished = true
        context.emit(.progress(progress))
    }
}
