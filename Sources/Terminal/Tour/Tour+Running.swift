import CReadline
import Language
import Notebook

// The cells of a lesson, in the session of the prompt.
extension Tour {
    /// The seconds from which a person is asked before a step runs.
    static let longest = 60.0
    /// The seconds that computing values again may take that a lesson left in an earlier session.
    private static let longestAgain = 3.0

    /// Runs a step with what it needs, shows what it gives, and tells the walk.
    func run(_ place: Int, anyway: Bool) -> TourWalk.Event {
        let printer = CellPrinter(prompt.printer, lesson.file, first: 0)
        do {
            return try computing {
                let (asks, sink) = (!lesson.steps[place].questions.isEmpty, prompt.printer)
                let runner = try runner { event in
                    switch event {
                    case .shown(place, let output): Self.shown(output, asks: asks).map { printer.show($0) }
                    case .progress(let progress): sink.handle(.progress(progress))
                    case .finished: sink.handle(.finished(.ok, seconds: 0))
                    case .started, .shown: break
                    }
                }
                if !anyway, expected(place, runner) > Self.longest { return .long }
                let (results, isInterrupted) = try runner.run(only: runner.needs(of: place))
                guard results.indices.contains(place), !isInterrupted || results.count > place else { return .stopped }
                prompt.session.interrupt.reset()
                let result = results[place]
                let outputs = (result.outputs ?? []).compactMap { Self.shown($0, asks: asks) }
                if result.origin != .ran { for output in outputs { printer.show(output) } }
                note(results)
                try bind(runner, through: place)
                if result.isFailed { return .stopped }
                return .ran(isSolved: Self.isSolved(outputs), isQuiet: outputs.isEmpty && lesson.parts(of: place).after.isEmpty)
            }
        } catch {
            prompt.printer.say((error as? Problem)?.message ?? "\(error)")
            return .stopped
        }
    }

    /// Gives the session the names of the steps before this one, as far as they are kept or quickly computed.
    func restoreNames() {
        let place = walk.place
        guard place > 0 else { return }
        try? computing {
            let runner = try runner { _ in }
            _ = try runner.run(only: [])
            prompt.session.interrupt.reset()
            try bind(runner, through: place - 1)
        }
    }

    /// Returns how long a step will take with what it needs, in seconds; 0 where that cannot be told.
    func expected(_ place: Int) -> Double { (try? runner { _ in }).map { expected(place, $0) } ?? 0 }

    // MARK: parts

    private func expected(_ place: Int, _ runner: NotebookRunner) -> Double {
        guard let survey = try? runner.survey() else { return 0 }
        let needed = runner.needs(of: place).filter { survey.indices.contains($0) && survey[$0].origin == .left }
        let recorded = needed.reduce(0) { $0 + (lesson.file.mark(of: $1)?.seconds ?? 0) }
        return recorded * (pace.recorded > 1 ? pace.here / pace.recorded : 1)
    }

    private func note(_ results: [CellResult]) {
        for (place, result) in results.enumerated() where result.origin == .ran {
            guard let mark = lesson.file.mark(of: place), mark.seconds > 0 else { continue }
            pace = (pace.here + result.seconds, pace.recorded + mark.seconds)
        }
    }

    private func bind(_ runner: NotebookRunner, through place: Int) throws {
        try runner.bindNames(through: place, longest: Self.longestAgain)
        // A notebook that is saved from the session does not have these cells.
        prompt.unseen.append(lesson.file.cells[place].code)
    }

    private func runner(_ observe: @escaping @Sendable (NotebookEvent) -> Void) throws -> NotebookRunner {
        let file = lesson.file(answers: walk.answers, inputs: walk.inputs)
        let cache = Surroundings.path("tour", variable: "XDG_CACHE_HOME", fallback: ".cache")
        let isTrusted = prompt.session.context.confinement == nil && cache != nil
        let runner = try NotebookRunner(
            file, prompt.session, usesCache: isTrusted, memory: memory, cacheFolder: cache, believesRecords: false, observe: observe)
        // The cells of the lesson are not among the inputs of the prompt.
        runner.numbering = { _ in 0 }
        return runner
    }

    /// Does work during which Ctrl-C stops the session; its events go to the prompt again afterwards.
    private func computing<Result>(_ work: () throws -> Result) throws -> Result {
        bas_screen_computing(1)
        defer {
            bas_screen_computing(0)
            prompt.session.setEvents(prompt.shown)
            prompt.session.interrupt.reset()
        }
        prompt.before = nil
        return try SignalWatcher.shared.whileRunning(prompt.session.interrupt, work)
    }

    /// Returns an output as the tour shows it: what `predict` and `exercise` of the library say to the readers of a notebook is said by the
    /// tour itself. Nil where nothing is left.
    private static func shown(_ output: CellOutput, asks: Bool) -> CellOutput? {
        guard case .text(let text) = output else { return output }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).filter { line in
            if asks, line.hasPrefix("Question: ") || line.hasPrefix("You say: ") || line.hasPrefix("You have not answered yet: ") {
                return false
            }
            return line != "(show_solution=true shows a solution.)"
        }
        return lines.allSatisfy(\.isEmpty) ? nil : .text(lines.joined(separator: "\n"))
    }

    /// Whether `exercise` of the library has found the exercise solved.
    private static func isSolved(_ outputs: [CellOutput]) -> Bool {
        outputs.contains { output in
            guard case .text(let text) = output else { return false }
            return text.split(separator: "\n").contains("Solved.")
        }
    }
}
