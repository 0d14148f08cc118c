import BreakAScene
import Language

/// Exponential averages of the losses (each new step weighs 0.05), for the progress bar.
struct LossAverages {
    /// The average of each of `LossTerm.all`; empty before the first step.
    private var values: [Double] = []

    /// Adds a step's losses.
    mutating func add(_ entry: History.Entry) {
        let new = entry.losses.all.map(Double.init)
        values = values.isEmpty ? new : zip(values, new).map { 0.95 * $0 + 0.05 * $1 }
    }

    /// The averages as texts with their labels; those that are 0 are left out.
    var detail: [(String, String)] {
        zip(LossTerm.all, values).filter { $1 != 0 }.map { ($0.label, NumberText.fixed($1, 3)) }
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
