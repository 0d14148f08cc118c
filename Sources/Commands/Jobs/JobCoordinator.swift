import Files
import Jobs
import Language
import Tensors

/// Has the jobs of a call run, in this process, in others or by Slurm, keeps their results in the folder's database, and makes the table.
/// Of all processes only this one writes the database.
final class JobCoordinator {
    let call: Call
    let grid: SettingGrid
    let spec: JobSpec
    let options: JobOptions
    let folder: JobFolder
    let identities: [String]
    let list: String
    private let function: FunctionValue
    private let lock: JobLock
    let store: ResultStore
    private(set) var bar: ProgressBar
    /// Errors that were told; more are only counted.
    private var told = 0
    private static let mostTold = 3
    /// Jobs that have begun, of which the database does not know yet.
    private var begun: [String] = []
    private var lastWritten = ContinuousClock.now
    /// Results of quick jobs that the database does not know yet: those of the last `quick` seconds, or of as much work.
    private var held: [JobResult] = []
    private var lastKept = ContinuousClock.now
    /// The seconds below which a job is quick: to write down its beginning, or its end alone, would cost more than to run it again.
    private static let quick = 0.2
    /// The jobs by state as far as this process knows: counting them anew after each of many would cost more than the jobs.
    private(set) var counts = JobCounts()

    /// Opens or makes the folder and its database. Throws a `Problem` where the folder holds other things, cannot be written, or another
    /// process works on its jobs.
    init(_ call: Call, _ grid: SettingGrid, _ function: FunctionValue, _ spec: JobSpec, _ options: JobOptions, _ path: String) throws {
        (self.call, self.grid, self.function, self.spec, self.options) = (call, grid, function, spec, options)
        folder = JobFolder(path)
        identities = spec.identities(grid)
        list = JobSpec.hash([spec.command] + identities)
        bar = ProgressBar(call.context, title: call.builtin.name, unit: "job")
        let (folder, list, count) = (folder, list, Set(identities).count)
        (lock, store) = try call.mapped(JobOptions.folder) {
            try folder.checkForeign()
            try FileSystem.createFolder(folder.path)
            let lock = try Self.locked(folder)
            try folder.describe(.init(list: list, command: call.builtin.name, count: count, program: CommandTable.version))
            return (lock, try ResultStore(folder, .writing))
        }
    }

    private static func locked(_ folder: JobFolder) throws -> JobLock {
        do {
            return try JobLock(folder)
        } catch let error as FileError where error.reason == .busy {
            throw Problem(
                .cannotWrite, "another program is working on the jobs of \(folder.path)", argument: JobOptions.folder.name,
                help: "bas jobs \(folder.path) shows how far it is")
        }
    }

    /// Runs the jobs that have no results yet and returns the table of all that have ended.
    func table() throws -> TableValue {
        defer { bar.finish() }
        return try call.mapped(JobOptions.folder) {
            let names = grid.settings
            let jobs = identities.enumerated().map { number, identity in
                let labels = zip(names, grid.combination(number).labels).map { ($0.name, TableJSON.json($1)) }
                return ResultStore.Job(identity, number: number, settings: .object(JSONObject(labels)))
            }
            try store.plan(list, jobs)
            try merge()
            try recount()
            let missing = try store.missing(list)
            // The bar alone says it: what is printed stands in a notebook's record, which a second run must not change.
            let kept = Set(identities).count - missing.count
            if kept > 0 { bar.update(kept, of: counts.all, [("done already", "\(kept)")]) }
            if !missing.isEmpty { try run(missing) }
            return try rows()
        }
    }

    private func run(_ missing: [String]) throws {
        do {
            switch options.place {
            case .slurm: try runBySlurm(missing)
            case .here where options.workers > 1: try runByWorkers(missing)
            case .here: try runHere(missing)
            }
        } catch {
            try? keep()
            throw error
        }
        try keep()
        if call.context.interrupt.isRequested { tellStop() }
    }

    func tell(_ text: String) { call.context.emit(.stream(text)) }

    private func tellStop() {
        let what = call.assignedName.map { "`\($0)`" } ?? "the result"
        let ended = "\(counts.done + counts.failed) of \(counts.all) jobs"
        call.tell("Interrupted after \(ended): \(what) is the table so far. The same call goes on.")
    }

    /// Lets jobs that have failed, or were running when another process ended, wait again.
    func retry() throws {
        try store.retry(list)
        try recount()
    }

    // MARK: in this process

    private func runHere(_ missing: [String]) throws {
        try retry()
        let seeds = spec.seeds
        defer { call.context[SeedState.self] = seeds }
        let runner = JobRunner(call: call, function: function, settings: grid.names, seeds: seeds)
        let places = places()
        var isQuick = false
        for identity in missing {
            guard let number = places[identity] else { continue }
            let one = grid.combination(number)
            show(one)
            if !isQuick { try store.record([JobResult(identity, .running)]) }
            do {
                let (result, diagnostic) = try runner.run(identity, one)
                isQuick = result.seconds < Self.quick
                try end(result, diagnostic)
            } catch let error {
                guard call.context.interrupt.isRequested else { throw error }
                try store.requeue(list)
                // As long as there is nothing to return, the stop is the outcome.
                if counts.done == 0 { throw error }
                return
            }
        }
    }

    /// Returns the number of the first job of each identity.
    func places() -> [String: Int] { Dictionary(identities.enumerated().map { ($1, $0) }) { first, _ in first } }

    // MARK: in other processes

    private func runByWorkers(_ missing: [String]) throws {
        let path = folder.spec(list)
        try FileSystem.createFolder(folder.specs)
        try spec.write(to: path, call)
        for other in FileSystem.contents(folder.specs) where other != list { try FileSystem.removeTree(folder.spec(other)) }
        try retry()
        let pool = try WorkerPool(
            [try JobOptions.program(call), "worker", folder.path], variables: variables(), log: folder.log,
            count: min(options.workers, missing.count), jobs: missing)
        let places = places()
        let context = call.context
        show(nil)
        try pool.run(
            isStopped: {
                self.writeBegun()
                // What cannot be written stays, and the next result tells why.
                if self.isDue { try? self.keep() }
                return context.interrupt.isRequested
            },
            began: { self.begun.append($0) },
            ended: { result in
                try self.end(result, nil)
                if let number = places[result.identity] { self.show(self.grid.combination(number)) }
            })
        try store.requeue(list)
    }

    /// The variables that make a worker compute as this process would, with its number of threads.
    func variables() -> [(String, String)] {
        [("BAS_THREADS", "\(options.threads)")] + (call.context.standardLibrary.first.map { [("BAS_STDLIB", $0)] } ?? [])
    }

    /// Writes down which jobs have begun, at most once a second.
    private func writeBegun() {
        guard !begun.isEmpty, ContinuousClock.now - lastWritten > .seconds(1) else { return }
        try? store.record(begun.map { JobResult($0, .running) })
        begun = []
        lastWritten = .now
    }

    // MARK: results

    /// Takes the result of a job, which is kept at once unless the job is quick, and tells the first errors.
    private func end(_ result: JobResult, _ diagnostic: Diagnostic?) throws {
        begun.removeAll { $0 == result.identity }
        held.append(result)
        if isDue || result.seconds >= Self.quick { try keep() }
        if result.state == .done { counts.done += 1 } else { counts.failed += 1 }
        counts.waiting = max(0, counts.waiting - 1)
        if result.state == .failed { tellFailure(result, diagnostic) }
    }

    /// Whether results have been held long enough.
    private var isDue: Bool { ContinuousClock.now - lastKept > .seconds(Self.quick) }

    /// Writes the results that are held.
    private func keep() throws {
        if !held.isEmpty { try store.record(held) }
        held = []
        lastKept = .now
    }

    private func tellFailure(_ result: JobResult, _ diagnostic: Diagnostic?) {
        told += 1
        guard told <= Self.mostTold else { return }
        let number = places()[result.identity] ?? 0
        let which = zip(grid.names, grid.combination(number).labels).map { "\($0) \($1.inlineText)" }.joined(separator: ", ")
        let rest = told == Self.mostTold ? "Further errors stand in the table only.\n" : ""
        tell("Job \(number + 1) of \(grid.count) failed (\(which)):\n\(diagnostic?.plain() ?? result.error ?? "")\n\(rest)")
    }

    /// Takes what tasks have written since the last time. Returns whether there was anything.
    @discardableResult
    func merge() throws -> Bool {
        let news = try TaskFiles(folder).news(store.filesRead())
        guard !news.files.isEmpty else { return false }
        try store.record(news.results, read: news.files)
        if news.damaged > 0 { tell("\(news.damaged) lines in \(folder.tasks) are none of ours; those jobs are run again.\n") }
        for result in news.results where result.state == .failed { tellFailure(result, nil) }
        return !news.results.isEmpty
    }

    /// Counts the jobs by state.
    func recount() throws { counts = try store.counts(list) }

    /// Shows how many jobs have ended.
    func show(_ one: SettingGrid.Combination?) {
        bar.update(counts.done + counts.failed, of: counts.all, one.map(grid.text) ?? [("running", "\(counts.running)")])
    }

    private func rows() throws -> TableValue {
        let known = Dictionary(try store.rows(list).map { ($0.identity, $0) }) { first, _ in first }
        var results = SweepResults(settings: grid.names, known: [:])
        for (number, identity) in identities.enumerated() {
            guard let row = known[identity] else { continue }
            let measures = row.measures.map { Record($0.members.map { ($0, TableJSON.value($1)) }) }
            results.take(
                grid.combination(number).labels, measures: measures ?? Record(), error: measures == nil ? row.error ?? "failed" : nil)
        }
        return results.table
    }
}
