/// A place within a run, given by the progress made: the place at which a run was stopped, so that a repetition can be stopped there again.
public struct ProgressMark: Sendable, Equatable {
    /// The title of the progress bar.
    public var title: String
    /// Which of the run's bars of this title it is, counted from 1.
    public var occurrence: Int
    /// The number of steps that the bar has done.
    public var completed: Int

    /// Creates a mark.
    public init(title: String, occurrence: Int, completed: Int) {
        (self.title, self.occurrence, self.completed) = (title, occurrence, completed)
    }
}

/// The progress of one run.
struct RunProgress {
    /// The ids of the bars so far, by title.
    private var bars: [String: [Int]] = [:]
    /// The latest place; nil before the first step.
    private(set) var mark: ProgressMark?

    /// Records a step of a bar.
    mutating func note(_ progress: Progress) {
        if bars[progress.title]?.last != progress.id { bars[progress.title, default: []].append(progress.id) }
        mark = ProgressMark(title: progress.title, occurrence: bars[progress.title]?.count ?? 1, completed: progress.completed)
    }
}

extension Context {
    /// Records a step of a computation, whether it is shown or not, and requests a stop where this run is to be stopped.
    public func note(_ progress: Progress) {
        if shared.withLock({ $0.note(progress) }) { interrupt.request() }
    }

    /// How far the current or last run came; nil where it reported no progress.
    public var progressMark: ProgressMark? { shared.withLock { $0.progress.mark } }

    /// Makes the next run stop at this place, as Ctrl-C would.
    public func stopNextRun(at mark: ProgressMark) { shared.withLock { $0.stop = mark } }
}
