/// A place within a run, by the progress that it has made: where it was stopped, so that it can be stopped there again.
public struct ProgressMark: Sendable, Equatable {
    /// Of the bar.
    public var title: String
    /// Which of the run's bars of this title, from 1.
    public var occurrence: Int
    /// Steps done.
    public var completed: Int

    public init(title: String, occurrence: Int, completed: Int) {
        (self.title, self.occurrence, self.completed) = (title, occurrence, completed)
    }
}

/// The progress of one run.
struct RunProgress {
    private var bars: [String: [Int]] = [:]
    private(set) var mark: ProgressMark?

    /// Takes a step of a bar.
    mutating func note(_ progress: Progress) {
        if bars[progress.title]?.last != progress.id { bars[progress.title, default: []].append(progress.id) }
        mark = ProgressMark(title: progress.title, occurrence: bars[progress.title]?.count ?? 1, completed: progress.completed)
    }
}

extension Context {
    /// Notes every step of a computation, shown or not. Asks for a stop where this run is to be stopped.
    public func note(_ progress: Progress) {
        if shared.withLock({ $0.note(progress) }) { interrupt.request() }
    }

    /// How far the last run came; nil where it told of no progress.
    public var progressMark: ProgressMark? { shared.withLock { $0.progress.mark } }

    /// The next run is stopped here, as by Ctrl-C.
    public func stopNextRun(at mark: ProgressMark) { shared.withLock { $0.stop = mark } }
}
