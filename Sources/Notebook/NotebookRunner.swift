import Commands
import Files
import Language
import Synchronization
import Tensors

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
    let memory: NotebookMemory?
    private let believesRecords: Bool
    /// The values that cells bound, where they are at hand.
    var values: [Int: [String: Value]] = [:]
    private var digests: [Int: [String: String]] = [:]
    private(set) var entries: [Int: CellCache.Entry] = [:]
    /// The keys under which the memory holds cells.
    private(set) var heldKeys: [Int: String] = [:]
    /// The cells that were stopped, and those that depend on one: their results do not follow from the program alone.
    private var partial: Set<Int> = []
    /// Values of cells that ran for less than this many seconds are computed again rather than kept.
    var leastSeconds = 0.1
    /// The number under which a cell's result is kept as `Out[n]`, by its place.
    public var numbering: (Int) -> Int = { $0 + 1 }
    /// The random numbers before each cell.
    private(set) var random: [RandomState] = [SeedState.initial]
    private(set) var results: [CellResult] = []
    /// The request to end the run (`NotebookRunner+Ending.swift`).
    let ending = Atomic<Int>(Ending.none.rawValue)

    /// Prepares a run. `usesCache` is false where everything is to be computed. `analyst` is a session that looks at the program without
    /// running it: another one than `session` where that may be running. `memory` is what the runs of other versions of the file left.
    /// `cacheFolder` is the folder of the cache where it is not to be that beside the notebook. Where `believesRecords` is false, a cell that
    /// is not in the cache runs even if its record is true: its values are wanted. Throws `CancellationError`.
    public init(
        _ file: NotebookFile, _ session: Session, usesCache: Bool = true, analyst: Session? = nil, memory: NotebookMemory? = nil,
        cacheFolder: String? = nil, believesRecords: Bool = true, observe: @escaping @Sendable (NotebookEvent) -> Void = { _ in }
    ) throws {
        (self.file, self.session, self.observe, self.memory) = (file, session, observe, memory)
        self.believesRecords = believesRecords
        let cache = cacheFolder.map { CellCache(folder: $0) } ?? CellCache(beside: file.folder)
        self.cache = usesCache ? cache : nil
        let analyst = analyst ?? session
        analysis = NotebookAnalysis(file, analyst)
        let (analysis, hashes) = (analysis, FileHashes(store: usesCache ? cache.hashesPath : nil))
        // The files that a confined program names are hashed only where it may read them.
        keys = try session.context.confined { try CellKeys(file, analysis, analyst.context, hashes: hashes) }
    }

    /// Runs what has to run and returns a result for each cell. Ends early where a stop was requested; `isInterrupted` then says so, and the
    /// cells from there on have no result. The cells `anew` run whatever is known of them; of the others only those in `only` run, where it
    /// is not nil, which has to hold what they need (`needs`).
    public func run(anew: Set<Int> = [], only: Set<Int>? = nil) throws -> (results: [CellResult], isInterrupted: Bool) {
        let number = begin()
        for place in file.cells.indices {
            if isEnding { return (results, true) }
            guard let result = try result(of: place, isAnew: anew.contains(place), mayRun: only?.contains(place) ?? true) else {
                return (results, true)
            }
            results.append(result)
            observe(.finished(cell: place, result))
            if session.isOutOfTime { return (results, true) }
        }
        cache?.prune()
        if only == nil, let number { memory?.forgetUnused(since: number) }
        return (results, false)
    }

    /// Returns what is known of each cell without running any; cells that would have to run have the origin `left`.
    public func survey() throws -> [CellResult] {
        _ = begin()
        for place in file.cells.indices {
            if let result = try result(of: place, isAnew: false, mayRun: false) { results.append(result) }
        }
        return results
    }

    private func begin() -> Int? {
        (results, random, partial) = ([], [SeedState.initial], [])
        return memory?.beginRun()
    }

    /// Whether what the file records of each cell still follows from the program: false for cells that would have to run.
    public var isTrue: [Bool] {
        file.cells.indices.map { file.cells[$0].code.isEmpty || keys.fixed[$0] != nil && file.mark(of: $0)?.key == keys.fixed[$0] }
    }

    /// The static keys of the cells.
    var staticKeys: [String?] { keys.fixed }

    /// The paths of the files that cells read, as far as they are known before a run.
    public var inputs: Set<String> { keys.inputs }

    // MARK: a cell

    /// Returns the result of a cell; nil where it was interrupted.
    private func result(of place: Int, isAnew: Bool, mayRun: Bool) throws -> CellResult? {
        let cell = analysis.cells[place]
        random.append(random[place])
        guard !file.cells[place].code.isEmpty else { return CellResult(origin: .kept, outputs: []) }
        if !partial.isDisjoint(with: cell.cells) || cell.isRandom && partial.contains(where: { analysis.cells[$0].isRandom }) {
            partial.insert(place)
        }
        if !isAnew, let stopped = memory?.stopped(stopKey(of: place)) {
            (values[place], digests[place], random[place + 1]) = (stopped.values, stopped.digests, stopped.random)
            partial.insert(place)
            return CellResult(origin: .stopped, outputs: nil)
        }
        if let giver = missing(cell) {
            let name = cell.reads.first { $0.cell == giver }?.name ?? ""
            let what = results[giver].origin == .stopped ? "was stopped" : "failed"
            let reason = "not run: \(name) comes from \(title(of: giver)), which \(what)"
            return CellResult(
                origin: .skipped(reason), outputs: [.problem(reason, isError: true)], isFailed: true, exitCode: results[giver].exitCode)
        }
        if !isAnew, cell.obstacle == nil, let known = try known(place) { return known }
        return mayRun ? try ran(place) : CellResult(origin: .left, outputs: nil)
    }

    /// The static key, which a file may record; nil where the results depend on a cell that was stopped.
    private func fixedKey(_ place: Int) -> String? { partial.contains(place) ? nil : keys.fixed[place] }

    /// Returns what is known of a cell without running it; nil where it has to run.
    private func known(_ place: Int) throws -> CellResult? {
        let fixed = fixedKey(place)
        if cache != nil || memory != nil {
            let valueKey = try keys.valueKey(place, random: random[place]) { name, giver in digests[giver]?[name] }
            if let entry = entry(place, valueKey, fixed.flatMap { cache?.alias($0) }) {
                (entries[place], digests[place]) = (entry, entry.digests)
                if let state = entry.random { random[place + 1] = state }
                return CellResult(
                    origin: .kept, outputs: entry.outputs, seconds: entry.seconds,
                    mark: CellMark(key: fixed ?? "-", kernel: entry.kernel, seconds: entry.seconds))
            }
        }
        guard believesRecords, cache != nil, let fixed, let mark = file.mark(of: place), mark.key == fixed, !analysis.cells[place].isRandom
        else {
            return nil
        }
        return CellResult(origin: .recorded, outputs: nil, seconds: mark.seconds, mark: mark)
    }

    /// Returns what is kept of a cell under one of two value keys: in memory, where its values are at hand as well, or in the cache.
    private func entry(_ place: Int, _ valueKey: String?, _ alias: String?) -> CellCache.Entry? {
        for key in [valueKey, alias] {
            guard let key, let held = memory?.held(key) else { continue }
            heldKeys[place] = key
            if let known = held.values { values[place] = known }
            return held.entry
        }
        for key in [alias, valueKey] {
            guard let key, let entry = cache?.entry(key) else { continue }
            heldKeys[place] = key
            memory?.hold(entry, values[place], key)
            return entry
        }
        return nil
    }

    private func ran(_ place: Int) throws -> CellResult? {
        let cell = analysis.cells[place]
        memory?.release(stopKey(of: place))
        guard let (outputs, outcome) = try execute(place, quietly: false), outcome.status != .interrupted else {
            if isKept { memory?.keep(stopped(place), stopKey(of: place)) }
            return nil
        }
        var result = CellResult(
            origin: .ran, outputs: outputs, isFailed: outcome.status == .error, exitCode: outcome.exitCode, seconds: outcome.seconds,
            obstacle: cell.obstacle)
        let fixed = fixedKey(place)
        result.mark = CellMark(key: result.isFailed ? "-" : fixed ?? "-", kernel: kernel, seconds: outcome.seconds)
        guard !result.isFailed, cell.obstacle == nil, cache != nil || memory != nil,
            let key = try keys.valueKey(place, random: random[place], digest: { name, giver in digests[giver]?[name] })
        else { return result }
        let entry = CellCache.Entry(
            outputs: outputs, digests: digests[place] ?? [:], kept: [], random: cell.isRandom ? random[place + 1] : nil,
            seconds: outcome.seconds, kernel: kernel)
        // Values that took no time are computed again rather than kept.
        let kept = outcome.seconds < leastSeconds ? [] : (values[place] ?? [:]).sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        entries[place] = cache?.keep(entry, kept, key, alias: fixed)
        heldKeys[place] = key
        memory?.hold(entries[place] ?? entry, values[place], key)
        return result
    }

    /// Runs a cell and takes the values that it binds; nil where a stop was requested while its inputs were computed.
    func execute(_ place: Int, quietly: Bool) throws -> (outputs: [CellOutput], outcome: Outcome)? {
        let cell = analysis.cells[place]
        // All first: computing one may run another cell, which gives names the values that it needs itself.
        for (name, giver) in cell.reads {
            if let giver, try !provide(giver, name) { return nil }
        }
        for (name, giver) in cell.reads {
            if let giver {
                session[global: name] = values[giver]?[name]
            } else if !["args", "_", "In", "Out"].contains(name) {
                session[global: name] = nil
            }
        }
        if isEnding { return nil }
        let read = Set(cell.reads.map(\.name))
        for name in cell.names?.binds ?? [] where !read.contains(name) { session[global: name] = nil }
        let width = session.context.recordWidth
        session.context.recordWidth = OutputRecorder.width
        defer { session.context.recordWidth = width }
        observe(.started(cell: place, quietly: quietly))
        if cell.isRandom { session.context[SeedState.self] = random[place] }
        let observe = observe
        let recorder = OutputRecorder(folder: file.folder) { output in if !quietly { observe(.shown(cell: place, output)) } }
        session.setEvents { event in
            if case .progress(let progress) = event { observe(.progress(progress)) }
            recorder.take(event)
        }
        // The same session may go on at a prompt, where nobody explores pictures.
        session.context.isForPages = true
        defer { session.context.isForPages = false }
        let outcome = session.run(
            source: file.cells[place].code, file: file.folder + file.label(of: place), cell: numbering(place), script: file.path,
            program: file.program(of: needs(of: place).sorted()))
        if cell.isRandom { random[place + 1] = session.context[SeedState.self] }
        var bound: [String: Value] = [:]
        // A cell that failed may have left a name as it was before.
        for name in cell.names?.binds ?? [] where outcome.status == .ok || !read.contains(name) { bound[name] = session[global: name] }
        values[place] = bound
        digests[place] = bound.mapValues { ValueArchive.digest(of: $0) }
        return (recorder.finish(), outcome)
    }

    private func stopped(_ place: Int) -> NotebookMemory.Stopped {
        NotebookMemory.Stopped(values: values[place] ?? [:], digests: digests[place] ?? [:], random: random[place + 1])
    }
}
