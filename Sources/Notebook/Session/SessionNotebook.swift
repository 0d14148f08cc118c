import Commands
import Language
import Tensors

/// The inputs of a session as a notebook with the outputs that they had.
///
/// A cell gets a key, so that its record counts as true, only where running the file gives what the session showed: every name that it reads
/// had its value from the same cell in the session as in the file, the random numbers before it were those that the file draws, and the files
/// that it reads have not changed since. Other records are marked as not known to be true.
public struct SessionNotebook {
    /// The cells whose record does not follow from the file, by their titles.
    public let doubtful: [String]
    /// The number of cells with code.
    public let count: Int
    private let record: NotebookRecord

    /// Composes the notebook of a session. `path` is where it is to be written. Throws `CancellationError`.
    public init(_ inputs: [SessionInput], path: String, _ session: Session) throws {
        let file = NotebookFile(path: path, text: inputs.map(\.text).filter { !$0.isEmpty }.joined(separator: "\n\n") + "\n")
        let analysis = NotebookAnalysis(file, session)
        let isConfined = session.context.confinement != nil
        let hashes = FileHashes(store: isConfined ? nil : CellCache(beside: file.folder).hashesPath)
        let keys = try session.context.confined { try CellKeys(file, analysis, session.context, hashes: hashes) }
        let trace = SessionTrace(inputs, file, analysis, keys, session)
        count = file.cells.count { !$0.code.isEmpty }
        doubtful = file.cells.indices.filter { trace.recordings[$0] != nil && !trace.isFaithful[$0] }.map { file.label(of: $0) }
        let kernel = NotebookRunner.kernel
        let results = file.cells.indices.map { place in
            guard let recording = trace.recordings[place] else { return CellResult(origin: .left, outputs: nil) }
            var result = CellResult(origin: .ran, outputs: recording.outputs, seconds: recording.seconds)
            let key = trace.isFaithful[place] ? keys.fixed[place] : nil
            result.mark = CellMark(key: key ?? "-", kernel: kernel, seconds: recording.seconds)
            return result
        }
        record = NotebookRecord(file, results)
    }

    /// The file's text.
    public var text: String { record.text }

    /// Writes the file and its pictures, and replaces what is there. Throws a `Problem`, or a `FileError`.
    public func write() throws { try record.write(isNew: true) }
}

/// Follows a session's inputs, to find which cells of the file give what they gave in the session.
private struct SessionTrace {
    /// The recordings by cells of the file.
    private(set) var recordings: [CellRecording?]
    /// Whether what a cell gave follows from the file.
    private(set) var isFaithful: [Bool]

    /// Where a name has its value from.
    private enum Source: Equatable {
        case cell(Int)
        case elsewhere
    }

    init(_ inputs: [SessionInput], _ file: NotebookFile, _ analysis: NotebookAnalysis, _ keys: CellKeys, _ session: Session) {
        recordings = Array(repeating: nil, count: file.cells.count)
        isFaithful = Array(repeating: false, count: file.cells.count)
        var sources: [String: Source] = [:]
        // The random numbers that the file draws next; nil where that is not known.
        var random: RandomState? = SeedState.initial
        var next = 0
        for input in inputs {
            let places = next..<min(next + input.cells.count, file.cells.count)
            next = places.upperBound
            let coded = places.filter { !file.cells[$0].code.isEmpty }
            let isRandom = coded.contains { analysis.cells[$0].isRandom }
            let drawsAlike = !isRandom || random != nil && input.recording?.before == random
            for place in coded {
                let cell = analysis.cells[place]
                let readsAlike = cell.reads.allSatisfy { read in
                    guard let giver = read.cell else { return sources[read.name] == nil }
                    return sources[read.name] == .cell(giver) && isFaithful[giver]
                }
                let isCurrent = input.recording.map { !keys.readsChanged(place, since: $0.began) } ?? (cell.obstacle == nil)
                isFaithful[place] = !input.fails && readsAlike && isCurrent && (drawsAlike || !cell.isRandom)
                // What several cells showed together belongs to none of them.
                if input.isRecorded, coded.count == 1 { recordings[place] = input.recording }
                for name in cell.names?.binds ?? [] { sources[name] = .cell(place) }
            }
            if isRandom {
                let isWhole = input.unsaved.isEmpty || input.recording?.before == input.recording?.after
                random = isWhole ? input.recording?.after : nil
            }
            for name in input.unsaved.flatMap({ session.names(in: $0)?.binds ?? [] }) { sources[name] = .elsewhere }
        }
    }
}
