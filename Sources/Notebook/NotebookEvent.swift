import Language

/// What happens while a notebook runs.
public enum NotebookEvent: Sendable {
    /// A cell begins to run; `quietly` where only its values are needed.
    case started(cell: Int, quietly: Bool)
    /// A running cell shows something: a piece of text, a picture or a diagnostic, as it comes.
    case shown(cell: Int, CellOutput)
    /// A step of a long computation.
    case progress(Progress)
    /// A cell is done.
    case finished(cell: Int, CellResult)
}

/// What came of a cell.
public struct CellResult: Sendable {
    /// How the outputs came about.
    public enum Origin: Sendable, Equatable {
        /// The cell ran.
        case ran
        /// What it depends on has not changed: the outputs come from the cache.
        case kept
        /// What it depends on has not changed: the outputs are those that the file records.
        case recorded
        /// It did not run; the text says why.
        case skipped(String)
        /// A person stopped it and has not asked for it since: what it had bound until then stands for its values (`NotebookMemory`).
        case stopped
        /// It would have to run, and was not asked for.
        case left
    }

    /// How the outputs came about.
    public var origin: Origin
    /// What the cell showed; nil where the file's recorded lines stand.
    public var outputs: [CellOutput]?
    /// Whether the cell failed, or was not run because another failed.
    public var isFailed = false
    /// The exit code of a failure.
    public var exitCode = ExitCode.ok
    /// How long it ran, now or when its outputs were computed, in seconds.
    public var seconds = 0.0
    /// Why its results cannot be kept, in words; nil where they can.
    public var obstacle: String?
    /// The mark for the file.
    var mark: CellMark?
}
