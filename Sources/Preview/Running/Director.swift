import Cancelling
import Files
import Language
import Notebook

/// Reads the notebook when it is saved, runs its cells in one session, one run at a time, and says on the board what becomes of them.
actor Director {
    /// The cells that a run is asked for, by number.
    struct Wanted {
        /// Those that run whatever is known of them.
        var anew: Set<Int> = []
        /// Whether all run, whatever is known of them.
        var all = false
        /// Those that may run, with what they need; nil for all.
        var only: Set<Int>?

        /// Adds what another run is asked for.
        mutating func add(_ other: Wanted) {
            anew.formUnion(other.anew)
            all = all || other.all
            if let mine = only, let others = other.only { only = mine.union(others) } else { only = nil }
        }
    }

    /// A run that goes on.
    struct Run {
        let runner: NotebookRunner
        let view: RunView
        let version: Version
        let wanted: Wanted
        /// Whether it was asked to end.
        var isStopping = false
    }

    private let executor = DirectorExecutor()
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    let path: String
    let session: Session
    let analyst: Session
    let board: Board
    let rendering: Rendering
    let memory = NotebookMemory()
    var watch: FileWatch
    var inputs: [String: FileWatch] = [:]
    var version: Version?
    private var lastNumber = 0
    /// The last result of each cell, with the code of it and of all that it depends on.
    var results: [Int: (result: CellResult, program: String)] = [:]
    var run: Run?
    var wanted: Wanted?
    /// How the preview ends; nil while it goes on.
    var end: Preview.End?

    /// Prepares to run a notebook in `session`; `analyst` is a session with the same builtins that looks at programs and runs none.
    init(_ path: String, _ session: Session, analyst: Session, _ board: Board, _ rendering: Rendering) {
        (self.path, self.session, self.analyst, self.board, self.rendering) = (path, session, analyst, board, rendering)
        watch = FileWatch(path)
    }

    /// Whether a run goes on.
    var isRunning: Bool { run != nil }

    /// Prepares a run of a version. A notebook that is confined neither uses the cache beside it nor believes what it records; what the
    /// session itself has computed stays in its memory.
    func runner(_ file: NotebookFile, observe: @escaping @Sendable (NotebookEvent) -> Void = { _ in }) throws -> NotebookRunner {
        let usesCache = session.context.confinement == nil
        return try NotebookRunner(file, session, usesCache: usesCache, analyst: analyst, memory: memory, observe: observe)
    }

    var head: ShownHead { board.contents.head.value }

    func changeHead(_ body: (inout ShownHead) -> Void) {
        board.change { contents in
            var head = contents.head.value
            body(&head)
            contents.set(&contents.head, head)
        }
    }

    // MARK: the file

    /// Looks whether the file was saved, or a file that its cells read was changed.
    func look() {
        guard end == nil else { return }
        switch watch.look() {
        case .saved: read()
        case .gone: changeHead { $0.problem = "the file is gone; this page waits for it" }
        case .unchanged:
            guard run == nil else { return }
            var isChanged = false
            for path in inputs.keys where inputs[path]?.look() == .saved { isChanged = true }
            if isChanged { read() }
        }
    }

    /// Reads the file, and runs what has to run where that is wanted on saving.
    func read() {
        do {
            let rest = run.map(rest)
            try show(try NotebookFile(path: path))
            if let rest { request(head.runsOnSave ? Wanted(anew: rest.anew) : rest) } else if head.runsOnSave { request(Wanted()) }
        } catch {
            let words = (error as? Problem)?.message ?? "\(error)"
            changeHead { $0.problem = words }
        }
    }

    /// Shows a version of the file.
    func show(_ file: NotebookFile) throws {
        var number = lastNumber
        let numbers = CellMatching.numbers(of: file.cells, after: version?.file.cells ?? [], version?.numbers ?? [], next: &number)
        lastNumber = number
        let runner = try runner(file)
        let survey = try runner.survey()
        var programs: [Int: String] = [:]
        for (place, number) in numbers.enumerated() { programs[number] = runner.programKey(of: place) }
        let new = Version(file: file, numbers: numbers, programs: programs)
        endOutdated(new, runner)
        version = new
        let sources = file.cells.indices.map { rendering.source(file, $0) }
        board.change { contents in
            var head = contents.head.value
            (head.name, head.problem, head.notice) = (file.name, nil, "")
            head.changed = zip(numbers, sources).first { contents.cells[$0].map(\.source.value) != $1 }?.0
            if contents.cells.isEmpty { head.changed = nil }
            head.version += 1
            contents.set(&contents.head, head)
            contents.set(&contents.order, numbers)
            contents.cells = contents.cells.filter { programs[$0.key] != nil }
            for (place, number) in numbers.enumerated() {
                var cell = contents.cells[number] ?? ShownCell(revision: contents.revision)
                contents.set(&cell.source, sources[place])
                contents.cells[number] = cell
            }
        }
        rendering.forget(except: numbers)
        results = results.filter { programs[$0.key] != nil }
        inputs = [:]
        for path in runner.inputs { inputs[path] = FileWatch(path) }
        showStates(survey, willRun: { _ in false })
    }

    /// Ends a run that another version of the file makes pointless: at once where the cell that runs has changed, else before its next
    /// cell, so that what it computes is not lost.
    private func endOutdated(_ new: Version, _ runner: NotebookRunner) {
        guard let run else { return }
        if let old = run.view.running, let place = new.place(of: run.version.numbers[old]),
            runner.hasSameResult(place, as: old, of: run.runner)
        {
            run.runner.endAfterCell()
            self.run?.isStopping = true
            // A cell that began before the request is another one.
            if run.view.running == old { return }
        }
        stop(keeping: false)
        run.view.mute()
    }

    // MARK: states

    /// Shows of each cell what is known of it; `willRun` says of a place that it is about to run.
    func showStates(_ survey: [CellResult], willRun: (Int) -> Bool) {
        guard let version else { return }
        let running = run.flatMap { run in run.view.running.map { run.version.numbers[$0] } }
        for (place, number) in version.numbers.enumerated() where number != running {
            let cell = version.file.cells[place]
            let result = known(survey[place], number)
            let isLeft = result.origin == .left
            var outputs = rendering.outputs(of: result, version.file, place, number)
            if isLeft, results[number] == nil { outputs = rendering.recorded(version.file, place) }
            board.change { contents in
                var status = ShownCell.Status(result, hasCode: !cell.code.isEmpty, line: cell.codeLines.first ?? cell.lines.lowerBound)
                if willRun(place) { (status.state, status.note) = (.waiting, "") }
                contents.cells[number]?.status = Board.Tracked(status, revision: contents.revision)
                if let outputs { contents.cells[number]?.show(outputs, revision: contents.revision) }
            }
        }
    }

    /// Returns what is known of a cell: what a survey says, else its last result where its program is the same since.
    func known(_ survey: CellResult, _ number: Int) -> CellResult {
        guard survey.origin == .left, let last = results[number], last.program == version?.programs[number] else { return survey }
        return last.result
    }
}
