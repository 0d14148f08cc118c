import Commands
import Files
import Language
import Tensors

/// What happens while a notebook runs.
public enum NotebookEvent: Sendable {
    /// A cell begins to run; `quietly` where only its values are needed.
    case started(cell: Int, quietly: Bool)
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

/// Runs the cells of a notebook that have to run, in a session.
///
/// Values never change and every draw is counted, so what a cell gives follows from its text, the values that it reads, the files that it
/// reads and the random numbers before it (`CellKeys`). A cell for which these are as they were is not run again: its outputs come from the
/// cache or from the file, and its values from the cache where a cell below needs them.
public final class NotebookRunner {
    /// The notebook.
    public let file: NotebookFile
    let session: Session
    let analysis: NotebookAnalysis
    private var keys: CellKeys
    private let cache: CellCache?
    private let observe: @Sendable (NotebookEvent) -> Void
    /// The name of the arithmetic kernel on this processor.
    public static var kernel: String { BLAS.selection.core }
    private let kernel = NotebookRunner.kernel
    /// The values that cells bound, where they are at hand.
    private var values: [Int: [String: Value]] = [:]
    private var digests: [Int: [String: String]] = [:]
    private var entries: [Int: CellCache.Entry] = [:]
    /// The random numbers before each cell.
    private var random: [RandomState] = [SeedState.initial]
    private var results: [CellResult] = []

    /// Prepares a run. `usesCache` is false where everything is to be computed. Throws `CancellationError`.
    public init(
        _ file: NotebookFile, _ session: Session, usesCache: Bool = true, observe: @escaping @Sendable (NotebookEvent) -> Void = { _ in }
    ) throws {
        (self.file, self.session, self.observe) = (file, session, observe)
        let cache = CellCache(beside: file.folder)
        self.cache = usesCache ? cache : nil
        analysis = NotebookAnalysis(file, session)
        let (analysis, hashes) = (analysis, FileHashes(store: usesCache ? cache.hashesPath : nil))
        // The files that a confined program names are hashed only where it may read them.
        keys = try session.context.confined { try CellKeys(file, analysis, session.context, hashes: hashes) }
    }

    /// Runs what has to run and returns a result for each cell. Ends early where a stop was requested; `isInterrupted` then says so, and the
    /// cells from there on have no result.
    public func run() throws -> (results: [CellResult], isInterrupted: Bool) {
        for place in file.cells.indices {
            if session.interrupt.isRequested { return (results, true) }
            guard let result = try result(of: place) else { return (results, true) }
            results.append(result)
            observe(.finished(cell: place, result))
            if session.isOutOfTime { return (results, true) }
        }
        cache?.prune()
        return (results, false)
    }

    /// Whether what the file records of each cell still follows from the program: false for cells that would have to run.
    public var isTrue: [Bool] {
        file.cells.indices.map { file.cells[$0].code.isEmpty || keys.fixed[$0] != nil && file.mark(of: $0)?.key == keys.fixed[$0] }
    }

    // MARK: a cell

    /// Returns the result of a cell; nil where it was interrupted.
    private func result(of place: Int) throws -> CellResult? {
        let cell = analysis.cells[place]
        random.append(random[place])
        guard !file.cells[place].code.isEmpty else { return CellResult(origin: .kept, outputs: []) }
        if let giver = missing(cell) {
            let name = cell.reads.first { $0.cell == giver }?.name ?? ""
            let reason = "not run: \(name) comes from \(title(of: giver)), which failed"
            return CellResult(
                origin: .skipped(reason), outputs: [.problem(reason, isError: true)], isFailed: true, exitCode: results[giver].exitCode)
        }
        if cell.obstacle == nil, let known = try known(place) { return known }
        return try ran(place)
    }

    /// Returns what is known of a cell without running it; nil where it has to run.
    private func known(_ place: Int) throws -> CellResult? {
        let fixed = keys.fixed[place]
        if let cache {
            let valueKey = try keys.valueKey(place, random: random[place]) { name, giver in digests[giver]?[name] }
            if let entry = [fixed.flatMap(cache.alias), valueKey].lazy.compactMap({ $0.flatMap(cache.entry) }).first {
                (entries[place], digests[place]) = (entry, entry.digests)
                if let state = entry.random { random[place + 1] = state }
                return CellResult(
                    origin: .kept, outputs: entry.outputs, seconds: entry.seconds,
                    mark: CellMark(key: fixed ?? "-", kernel: entry.kernel, seconds: entry.seconds))
            }
        }
        guard cache != nil, let fixed, let mark = file.mark(of: place), mark.key == fixed, !analysis.cells[place].isRandom else {
            return nil
        }
        return CellResult(origin: .recorded, outputs: nil, seconds: mark.seconds, mark: mark)
    }

    private func ran(_ place: Int) throws -> CellResult? {
        let cell = analysis.cells[place]
        guard let (outputs, outcome) = try execute(place, quietly: false) else { return nil }
        if outcome.status == .interrupted { return nil }
        var result = CellResult(
            origin: .ran, outputs: outputs, isFailed: outcome.status == .error, exitCode: outcome.exitCode, seconds: outcome.seconds,
            obstacle: cell.obstacle)
        result.mark = CellMark(key: result.isFailed ? "-" : keys.fixed[place] ?? "-", kernel: kernel, seconds: outcome.seconds)
        guard !result.isFailed, cell.obstacle == nil, let cache,
            let key = try keys.valueKey(place, random: random[place], digest: { name, giver in digests[giver]?[name] })
        else { return result }
        let entry = CellCache.Entry(
            outputs: outputs, digests: digests[place] ?? [:], kept: [], random: cell.isRandom ? random[place + 1] : nil,
            seconds: outcome.seconds, kernel: kernel)
        // Values that took no time are computed again rather than kept.
        let kept = outcome.seconds < 0.1 ? [] : (values[place] ?? [:]).sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        entries[place] = cache.keep(entry, kept, key, alias: keys.fixed[place])
        return result
    }

    /// Runs a cell and takes the values that it binds; nil where a stop was requested while its inputs were computed.
    private func execute(_ place: Int, quietly: Bool) throws -> (outputs: [CellOutput], outcome: Outcome)? {
        let cell = analysis.cells[place]
        for (name, giver) in cell.reads {
            guard let giver else {
                if !["args", "_", "In", "Out"].contains(name) { session[global: name] = nil }
                continue
            }
            guard try provide(giver, name) else { return nil }
            session[global: name] = values[giver]?[name]
        }
        let read = Set(cell.reads.map(\.name))
        for name in cell.names?.binds ?? [] where !read.contains(name) { session[global: name] = nil }
        observe(.started(cell: place, quietly: quietly))
        if cell.isRandom { session.context[SeedState.self] = random[place] }
        let recorder = OutputRecorder(folder: file.folder)
        let observe = observe
        session.setEvents { event in
            if case .progress(let progress) = event { observe(.progress(progress)) }
            recorder.take(event)
        }
        let outcome = session.run(
            source: file.cells[place].code, file: file.folder + file.label(of: place), cell: place + 1, script: file.path,
            program: file.program(of: cell.ancestors(of: place, in: analysis)))
        if cell.isRandom { random[place + 1] = session.context[SeedState.self] }
        var bound: [String: Value] = [:]
        // A cell that failed may have left a name as it was before.
        for name in cell.names?.binds ?? [] where outcome.status == .ok || !read.contains(name) { bound[name] = session[global: name] }
        values[place] = bound
        digests[place] = bound.mapValues { ValueArchive.digest(of: $0) }
        return (recorder.finish(), outcome)
    }

    /// Makes the value at hand that a cell gives under a name: from the cache, or by running the cell again. Returns false where a stop was
    /// requested meanwhile.
    private func provide(_ giver: Int, _ name: String) throws -> Bool {
        if values[giver] != nil { return true }
        if let entry = entries[giver], entry.kept.contains(name),
            let read = try? entry.archive.read(entry.kept, session.context), read[name] != nil, Set(read.keys) == Set(entry.digests.keys)
        {
            values[giver] = read
            return true
        }
        guard let (_, outcome) = try execute(giver, quietly: true) else { return false }
        return outcome.status != .interrupted
    }

    /// Returns the cell that failed to give a name that this cell reads; nil where all are there.
    private func missing(_ cell: CellDependencies) -> Int? {
        for (name, giver) in cell.reads {
            if let giver, results[giver].isFailed, values[giver]?[name] == nil { return giver }
        }
        return nil
    }

    private func title(of cell: Int) -> String {
        let (title, line) = (file.cells[cell].title, file.cells[cell].codeLines.first ?? file.cells[cell].lines.lowerBound)
        return title.isEmpty ? "the cell at line \(line)" : "the cell \"\(title)\" (line \(line))"
    }
}

extension CellDependencies {
    /// Returns the cells that this one, at `place`, depends on, with itself, in the order of the file.
    func ancestors(of place: Int, in analysis: NotebookAnalysis) -> [Int] {
        var seen: Set<Int> = []
        var waiting = [place]
        while let next = waiting.popLast() {
            if seen.insert(next).inserted { waiting += analysis.cells[next].cells }
        }
        return seen.sorted()
    }
}
