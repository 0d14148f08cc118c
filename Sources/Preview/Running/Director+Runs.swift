import Cancelling
import Language
import Notebook

// Runs: one at a time, on a thread of its own.
extension Director {
    /// Asks for a run; it begins when the run before has ended.
    func request(_ new: Wanted) {
        guard end == nil else { return }
        if wanted == nil { wanted = new } else { wanted?.add(new) }
        if run == nil { begin() }
    }

    /// Ends the run where it stands. Where a person asked for it (`keeping`), the cell is left as it is then, and nothing else is begun.
    func stop(keeping: Bool) {
        guard let run else { return }
        if keeping { wanted = nil }
        run.runner.stop(keeping: keeping)
        self.run?.isStopping = true
    }

    /// Returns what a run was asked for and has not done yet.
    func rest(of run: Run) -> Wanted {
        let done = Set(run.view.finished.keys.map { run.version.numbers[$0] })
        let anew = run.wanted.all ? Set(run.version.numbers) : run.wanted.anew
        return Wanted(anew: anew.subtracting(done), only: run.wanted.only)
    }

    /// Begins the run that is wanted.
    private func begin() {
        guard run == nil, let wanted, let version, end == nil else { return }
        self.wanted = nil
        // Nothing runs, so only a signal can have asked for a stop.
        if session.interrupt.isRequested { return end(.interrupted) }
        do {
            let view = RunView(board, rendering, version)
            let runner = try runner(version.file) { view.take($0) }
            let survey = try runner.survey()
            let places = Set(version.file.cells.indices)
            let anew = wanted.all ? places : Set(wanted.anew.compactMap { version.place(of: $0) })
            let only = wanted.only.map {
                $0.compactMap { version.place(of: $0) }.reduce(into: Set<Int>()) { $0.formUnion(runner.needs(of: $1)) }
            }
            run = Run(runner: runner, view: view, version: version, wanted: wanted)
            changeHead { ($0.isRunning, $0.notice) = (true, "") }
            showStates(survey) { place in
                let hasCode = !version.file.cells[place].code.isEmpty
                return hasCode && (anew.contains(place) || survey[place].origin == .left && only?.contains(place) ?? true)
            }
            let job = Job(runner: runner, anew: anew, only: only) { outcome in Task { await self.finish(outcome) } }
            guard OwnThread.detached({ job.run() }) else {
                finish(.failure(Problem(.internal, "no thread can be made")))
                return
            }
        } catch {
            changeHead { $0.problem = (error as? Problem)?.message ?? "\(error)" }
        }
    }

    /// Work for a thread: the runner is used there only, but for its requests to end, which any thread may make.
    private struct Job: @unchecked Sendable {
        let runner: NotebookRunner
        let anew: Set<Int>
        let only: Set<Int>?
        let done: @Sendable (Result<Bool, any Error>) -> Void

        func run() { done(Result { try runner.run(anew: anew, only: only).isInterrupted }) }
    }

    /// Takes the end of a run: `outcome` is whether it was interrupted, or why it failed.
    private func finish(_ outcome: Result<Bool, any Error>) {
        guard let ended = run else { return }
        run = nil
        for (place, result) in ended.view.finished where result.origin != .left && result.origin != .stopped {
            let number = ended.version.numbers[place]
            if let program = ended.version.programs[number], version?.programs[number] != nil { results[number] = (result, program) }
        }
        if case .failure(let error) = outcome { changeHead { $0.problem = (error as? Problem)?.message ?? "\(error)" } }
        if case .success(true) = outcome, !ended.isStopping {
            end(.interrupted)
        } else {
            session.interrupt.reset()
        }
        for path in inputs.keys { inputs[path]?.forget() }
        settle()
        changeHead { $0.isRunning = false }
        if end == nil, wanted != nil { return begin() }
        if case .success(false) = outcome, head.records { record() }
    }

    /// Shows how each cell is off after a run.
    private func settle() {
        guard let version, let survey = try? runner(version.file).survey() else {
            return
        }
        showStates(
            survey.indices.map { place in
                // What ran just now says more than that it is kept.
                let number = version.numbers[place]
                guard survey[place].origin == .kept, let last = results[number], last.program == version.programs[number] else {
                    return survey[place]
                }
                return last.result
            }, willRun: { _ in false })
    }

    /// Ends the preview, once the run has ended.
    func end(_ end: Preview.End) {
        if self.end == nil { self.end = end }
        stop(keeping: false)
        wanted = nil
    }
}
