import Commands
import Files
import Language
import Tensors

/// What a cell depends on and what makes its results impossible to keep, found without running it.
struct CellDependencies {
    /// What the cell takes and gives by name; nil where it cannot be parsed.
    let names: CellNames?
    /// The cells whose names it reads, itself or through functions, in the order of the file.
    let cells: [Int]
    /// The names that it reads, through functions as well, each with the cell that gives it; nil where none before it does.
    let reads: [(name: String, cell: Int?)]
    /// Whether it may draw from the session's random numbers, or seed them: draws that are given a seed are not meant.
    let isRandom: Bool
    /// Whether it trains (`Builtin.trains`), itself or through functions.
    let trains: Bool
    /// The files that it reads, as it names them, each with the folder of the library in which it is looked for.
    let files: [(path: String, library: String?)]
    /// Why its results cannot be kept, in words; nil where they can.
    let obstacle: String?
}

/// The dependencies of all cells of a notebook.
struct NotebookAnalysis {
    /// One entry for each cell.
    let cells: [CellDependencies]

    /// Analyzes a notebook in a session that knows its builtins.
    init(_ file: NotebookFile, _ session: Session) {
        let table = session.context.builtins
        let bound = Set(file.cells.flatMap { session.names(in: $0.code)?.binds ?? [] })
        let names = file.cells.map { session.names(in: $0.code, bound: bound) }
        let calls = session.analyze(source: file.source, file: file.path).calls
        var givers: [String: Int] = [:]
        var result: [CellDependencies] = []
        for place in file.cells.indices {
            guard let own = names[place] else {
                result.append(
                    CellDependencies(
                        names: nil, cells: [], reads: [], isRandom: true, trains: false, files: [], obstacle: "it cannot be parsed"))
                continue
            }
            let closure = Self.closure(own.reads, givers, names)
            let functions = closure.compactMap(\.cell).filter { names[$0]?.definesFunctions == true }
            // What the functions that it may call do counts as its own.
            let parts = [place] + Set(functions).sorted()
            // A variable of the same name hides a builtin.
            let builtins = parts.reduce(into: Set<String>()) { $0.formUnion(names[$1]?.builtins ?? []) }
                .subtracting(closure.filter { $0.cell != nil }.map(\.name))
            let inParts = calls.filter { call in parts.contains { file.cells[$0].lines.contains(call.span.position.line) } }
            let made = inParts.filter { $0.isInFunction || file.cells[place].lines.contains($0.span.position.line) }
            // A builtin that is mentioned and called nowhere is handed on as a value.
            let handedOn = builtins.subtracting(inParts.map(\.call.builtin.name))
            let uses = FileUses(made, values: handedOn, table)
            result.append(
                CellDependencies(
                    names: own, cells: Set(closure.compactMap(\.cell)).sorted(), reads: closure,
                    isRandom: made.contains { $0.call.mayDraw } || handedOn.contains { table[$0]?.isRandom == true }
                        || builtins.contains { table[$0]?.randomness.isSeeding == true },
                    trains: builtins.contains { table[$0]?.trains == true },
                    files: uses.files + parts.flatMap { names[$0]?.imports ?? [] }.map { ($0, nil) },
                    obstacle: Self.obstacle(own, builtins, table) ?? uses.obstacle))
            for name in own.binds { givers[name] = place }
        }
        cells = result
    }

    /// Returns the names that are read, and those that functions among them read when they are called, each with the cell that gives it.
    private static func closure(
        _ reads: Set<String>, _ givers: [String: Int], _ names: [CellNames?]
    ) -> [(name: String, cell: Int?)] {
        var seen: Set<String> = []
        var waiting = reads.sorted()
        var result: [(name: String, cell: Int?)] = []
        while let name = waiting.popLast() {
            guard seen.insert(name).inserted else { continue }
            let giver = givers[name]
            result.append((name, giver))
            if let giver, let given = names[giver], given.definesFunctions { waiting += given.functionReads.sorted() }
        }
        return result.sorted { $0.name < $1.name }
    }

    /// Returns why results that depend on these builtins cannot be kept; nil where they can.
    private static func obstacle(_ names: CellNames, _ builtins: Set<String>, _ table: BuiltinTable) -> String? {
        for name in builtins.sorted() {
            if let outside = table[name]?.outside { return "\(name) \(outside)" }
        }
        if names.reads.contains("args") { return "it reads the arguments of the command line" }
        return names.reads.sorted().first(where: isResult).map { "\($0) depends on the cells that ran last" }
    }

    /// Whether a name is one under which the session keeps results: `_`, `__`, `_3`, `In`, `Out`.
    private static func isResult(_ name: String) -> Bool {
        ["In", "Out"].contains(name) || name.hasPrefix("_") && name.allSatisfy { $0 == "_" || $0.isASCII && $0.isNumber }
    }
}

/// The files that calls read and write.
private struct FileUses {
    private(set) var files: [(path: String, library: String?)] = []
    private(set) var obstacle: String?

    init(_ calls: [AnalyzedCall], values: Set<String>, _ table: BuiltinTable) {
        for call in calls {
            for parameter in call.call.builtin.parameters { note(parameter, call) }
        }
        // Whoever gets such a builtin calls it with paths that nobody knows.
        for name in values.sorted() where table[name]?.parameters.contains(where: \.namesFile) == true {
            obstacle = obstacle ?? "which file \(name) uses is not known before it runs"
        }
    }

    private mutating func note(_ parameter: Parameter, _ call: AnalyzedCall) {
        guard let use = parameter.file else { return }
        switch use {
        // Such builtins say for themselves why their results cannot be kept (`Builtin.outside`).
        case .place: break
        case .output, .folder:
            if call.call.has(parameter) { obstacle = obstacle ?? "\(call.call.builtin.name) writes a file" }
        case .input(let library, _):
            if let path = call.call.string(parameter) {
                files.append((path, library))
            } else if call.call.has(parameter) {
                obstacle = obstacle ?? "which file \(call.call.builtin.name) reads is not known before it runs"
            }
        }
    }
}

extension Builtin {
    /// Whether it draws random numbers or seeds them.
    fileprivate var isRandom: Bool { if case .none = randomness { false } else { true } }
}

extension StaticCall {
    /// Whether the call may draw from the session's random numbers: it may draw, and is not certain to be given a seed.
    fileprivate var mayDraw: Bool {
        guard case .draws(let mayDraw) = builtin.randomness, mayDraw(self) else { return false }
        return !builtin.parameters.contains { parameter in
            guard parameter.isSeed, has(parameter) else { return false }
            // A seed that is none when it runs counts as none given.
            switch type(parameter) {
            case .int, .constant(.int): return true
            default: return false
            }
        }
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

extension Parameter {
    /// Whether a file is read or written at its path.
    fileprivate var namesFile: Bool {
        switch file {
        case .input, .output, .folder: true
        case .place, nil: false
        }
    }
}
