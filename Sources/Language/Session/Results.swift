import Synchronization

/// What the cells of a prompt or notebook were and gave: `In[n]`, `Out[n]`, `_n`, and the last three results as `_`,
/// `__` and `___`.
///
/// Results are kept by a byte budget: once they weigh more, the oldest are let go, so that looking at a model never
/// pins it for good. The newest result always stays.
public final class Results: Sendable {
    /// Bytes that results may take together unless told otherwise.
    public static let defaultBudget = 512 << 20

    private struct Entry {
        var number: Int
        var value: Value
        var weight: Weight
    }

    private struct State: @unchecked Sendable {
        var budget = Results.defaultBudget
        var inputs: [Int: String] = [:]
        var entries: [Entry] = []
        var gone: Set<Int> = []
    }

    private let state = Mutex(State())

    /// Bytes that results may take together. A smaller one takes effect with the next result.
    public var budget: Int {
        get { state.withLock(\.budget) }
        set { state.withLock { $0.budget = max(0, newValue) } }
    }

    /// Bytes that the kept results take, shared ones counted once.
    public var bytes: Int { state.withLock { Self.total($0.entries).bytes } }

    /// Numbers of the cells whose results are kept, oldest first.
    public var numbers: [Int] { state.withLock { $0.entries.map(\.number) } }

    func input(_ number: Int) -> String? { state.withLock { $0.inputs[number] } }
    var inputNumbers: [Int] { state.withLock { $0.inputs.keys.sorted() } }
    func value(_ number: Int) -> Value? { state.withLock { $0.entries.last { $0.number == number }?.value } }

    /// The newest results, newest first.
    func newest(_ count: Int) -> [Value] { state.withLock { $0.entries.suffix(count).reversed().map(\.value) } }

    func begin(_ number: Int, source: String) { state.withLock { $0.inputs[number] = source } }

    /// Keeps a cell's result and lets go of the oldest beyond the budget. What `names` hold anyway is not charged.
    /// Returns the numbers whose results went, and these.
    func keep(_ value: Value, _ number: Int, names: () -> [Value]) -> [(number: Int, value: Value)] {
        let entry = Entry(number: number, value: value, weight: Weight(value))
        return state.withLock { state in
            state.gone.remove(number)
            state.entries.removeAll { $0.number == number }
            state.entries.append(entry)
            guard Self.total(state.entries).bytes > state.budget else { return [] }
            var held = Weight()
            for value in names() { held.add(value) }
            var went: [(number: Int, value: Value)] = []
            while state.entries.count > 1 {
                var total = Self.total(state.entries)
                total.subtractBlocks(of: held)
                if total.bytes <= state.budget { break }
                let oldest = state.entries.removeFirst()
                went.append((oldest.number, oldest.value))
            }
            state.gone.formUnion(went.map(\.number))
            return went
        }
    }

    /// Forgets all results; inputs stay.
    func clear() {
        state.withLock { state in
            state.entries = []
            state.gone = []
        }
    }

    private static func total(_ entries: [Entry]) -> Weight {
        var sum = Weight()
        for entry in entries { sum.add(entry.weight) }
        return sum
    }

    // MARK: names

    /// "_3" is the third cell's result.
    static func name(_ number: Int) -> String { "_\(number)" }

    /// The number that a name like "_3" means.
    static func number(_ name: String) -> Int? {
        guard name.hasPrefix("_"), name.utf8.dropFirst().allSatisfy({ (48...57).contains($0) }) else { return nil }
        return Int(name.dropFirst())
    }

    /// Whether the session itself gives this name its value.
    static func isName(_ name: String) -> Bool {
        ["_", "__", "___", "In", "Out"].contains(name) || number(name) != nil
    }

    /// Why a name like "_3" has no value; nil for other names.
    func missing(_ name: String) -> Problem? {
        guard let number = Self.number(name), !inputNumbers.isEmpty else { return nil }
        return missing(number)
    }

    /// Why a cell has no result.
    func missing(_ number: Int) -> Problem {
        let (source, gone, kept) = state.withLock {
            ($0.inputs[number], $0.gone.contains(number), $0.entries.map { "\($0.number)" })
        }
        guard let source else {
            return Problem(
                .indexOutOfRange, "there is no cell \(number)", label: "",
                notes: [kept.isEmpty ? "no cell has given a result yet" : "cells with results: \(listed(kept))"])
        }
        if gone {
            return Problem(
                .resultGone, "the result of In [\(number)] is no longer kept", label: "",
                notes: ["results may take \(byteText(budget)); beyond, the oldest go", "it was  \(firstLine(source))"],
                help: ":rerun \(number) makes it again; :results 2GiB keeps more")
        }
        return Problem(
            .indexOutOfRange, "In [\(number)] gave no result", label: "",
            notes: kept.isEmpty ? [] : ["cells with results: \(listed(kept))"])
    }

    private func firstLine(_ source: String) -> String {
        let line = source.split(separator: "\n").first.map(String.init) ?? ""
        return line.utf8.count < source.utf8.count ? line + " …" : line
    }
}

/// `In`: the inputs of the session's cells, by number.
struct CellInputs: HostValue {
    let results: Results

    var typeName: String { "inputs" }
    var count: Int? { results.inputNumbers.count }
    var elements: [Value]? { results.inputNumbers.compactMap { results.input($0).map { .string($0) } } }
    var inlineText: String { "In[n]: \(count ?? 0) inputs" }

    func index(_ subscripts: [Subscript]) throws -> Value {
        let number = try CellIndex.number(subscripts, of: "In", newest: results.inputNumbers)
        if let source = results.input(number) { return .string(source) }
        throw Problem(.indexOutOfRange, "there is no cell \(number)", label: "")
    }
}

/// `Out`: the results of the session's cells, by number.
struct CellOutputs: HostValue {
    let results: Results

    var typeName: String { "outputs" }
    var count: Int? { results.numbers.count }
    var elements: [Value]? { results.numbers.compactMap { results.value($0) } }
    var inlineText: String { "Out[n] of \(results.numbers.map(String.init).joined(separator: ", "))" }

    func index(_ subscripts: [Subscript]) throws -> Value {
        let number = try CellIndex.number(subscripts, of: "Out", newest: results.numbers)
        if let value = results.value(number) { return value }
        throw results.missing(number)
    }
}

private enum CellIndex {
    /// Numbers are those of the prompt, from 1; -1 is the newest.
    static func number(_ subscripts: [Subscript], of name: String, newest: [Int]) throws -> Int {
        guard subscripts.count == 1, case .at(.int(let number)) = subscripts[0] else {
            throw Problem(.badIndex, "\(name)[n] takes the number of a cell", label: "")
        }
        return number < 0 && number >= -newest.count ? newest[newest.count + number] : number
    }
}
