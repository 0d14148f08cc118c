import Language
import Notebook
import Synchronization

/// Brings what a run reports onto the board, on the run's thread.
final class RunView: Sendable {
    private struct State {
        /// The cell that runs, by its place in the version of the file that runs.
        var running: Int?
        /// Whether what comes belongs to a version that is no longer shown.
        var isMuted = false
        var finished: [Int: CellResult] = [:]
    }

    private let board: Board
    private let rendering: Rendering
    private let version: Version
    private let state = Mutex(State())

    /// Creates a view of a run of a version.
    init(_ board: Board, _ rendering: Rendering, _ version: Version) {
        (self.board, self.rendering, self.version) = (board, rendering, version)
    }

    /// The cell that runs, by its place; nil between cells.
    var running: Int? { state.withLock(\.running) }

    /// The results so far, by place.
    var finished: [Int: CellResult] { state.withLock(\.finished) }

    /// Shows nothing more of this run.
    func mute() { state.withLock { $0.isMuted = true } }

    /// Takes an event of the run.
    func take(_ event: NotebookEvent) {
        let (isMuted, before, running) = state.withLock { state in
            let before = state.running
            if case .started(let cell, _) = event { state.running = cell }
            if case .finished(let cell, let result) = event { (state.running, state.finished[cell]) = (nil, result) }
            return (state.isMuted, before, state.running)
        }
        guard !isMuted else { return }
        // A cell that ran only for its values is as it was before.
        if let before, before != running, let result = finished[before] { settle(before, result) }
        switch event {
        case .started(let cell, let isQuiet): begin(cell, isQuiet)
        case .shown(let cell, let output): show(output, cell)
        case .progress(let progress): if let running { update(running) { $0.bars.note(progress) } }
        case .finished(let cell, let result): finish(cell, result)
        }
    }

    private func update(_ cell: Int, _ body: (inout ShownCell.Status) -> Void) {
        board.change { contents in
            let number = version.numbers[cell]
            guard var status = contents.cells[number]?.status.value else { return }
            body(&status)
            contents.cells[number]?.status = Board.Tracked(status, revision: contents.revision)
        }
    }

    private func begin(_ cell: Int, _ isQuiet: Bool) {
        update(cell) { status in
            (status.state, status.began, status.bars) = (.running, .now, ProgressBars())
            status.note = isQuiet ? "its values are computed again for a cell below" : ""
        }
        guard !isQuiet else { return }
        board.change { contents in
            contents.cells[version.numbers[cell]]?.replaceOutputs([], pictures: [:], revision: contents.revision)
        }
    }

    private func show(_ output: CellOutput, _ cell: Int) {
        let number = version.numbers[cell]
        if case .text(let text) = output {
            board.change { contents in contents.cells[number]?.append(text: text, revision: contents.revision) }
            return
        }
        // What has no room is not made into HTML in vain.
        guard board.contents.cells[number].map({ $0.outputs.count < ShownCell.mostPieces }) ?? false else { return }
        var made = Rendering.Outputs()
        made.add([output])
        board.change { contents in
            for piece in made.pieces { contents.cells[number]?.append(piece, revision: contents.revision) }
            contents.cells[number]?.pictures.merge(made.pictures) { $1 }
        }
    }

    private func settle(_ cell: Int, _ result: CellResult) {
        let hasCode = !version.file.cells[cell].code.isEmpty
        update(cell) { $0 = ShownCell.Status(result, hasCode: hasCode, line: $0.line) }
    }

    private func finish(_ cell: Int, _ result: CellResult) {
        // A run that may run some cells only leaves the others as they are shown.
        guard result.origin != .left else { return }
        settle(cell, result)
        let number = version.numbers[cell]
        guard let outputs = rendering.outputs(of: result, version.file, cell, number) else { return }
        board.change { contents in contents.cells[number]?.show(outputs, revision: contents.revision) }
    }
}

/// A version of the notebook's file that was read.
struct Version: Sendable {
    var file: NotebookFile
    /// The numbers of its cells on the board.
    var numbers: [Int]
    /// What is known of each cell by its number: the code of it and of all that it depends on.
    var programs: [Int: String]

    /// Returns the place of a cell by its number; nil where this version has none.
    func place(of number: Int) -> Int? { numbers.firstIndex(of: number) }
}

extension ShownCell {
    /// Shows outputs; those that are shown already stay as they are.
    mutating func show(_ new: Rendering.Outputs, revision: Int) {
        let isSame =
            outputs.count == new.pieces.count
            && zip(outputs, new.pieces).allSatisfy { shown, piece in
                if case (.html(let a), .html(let b)) = (shown.value, piece) { a == b } else { false }
            }
        if !isSame { replaceOutputs(new.pieces, pictures: new.pictures, revision: revision) }
    }
}

extension ShownCell.Status {
    /// Returns how a cell is off by its result.
    init(_ result: CellResult, hasCode: Bool, line: Int) {
        (seconds, self.line) = (result.seconds, line)
        guard hasCode else {
            state = .prose
            return
        }
        switch result.origin {
        case .ran: (state, note) = (result.isFailed ? .failed : .ran, result.obstacle.map { "not kept: \($0)" } ?? "")
        case .kept, .recorded: state = .kept
        case .skipped: state = .skipped
        case .stopped: (state, note) = (.stopped, "left as it is until you run it or change it")
        case .left: state = .stale
        }
    }
}
