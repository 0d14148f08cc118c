import Synchronization

/// The inputs and results of the cells of a prompt or notebook: `In[n]`, `Out[n]`, `_n`, and the last three results as `_`, `__` and `___`.
///
/// Results share a budget of bytes. Once they exceed it, the oldest are released, so that looking at a model does not keep it in memory
/// forever. The newest result is always kept.
public final class Results: Sendable {
    /// The budget of a new session, in bytes.
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

    /// The bytes that results may take together. A smaller budget takes effect with the next result.
    public var budget: Int {
        get { state.withLock(\.budget) }
        set { state.withLock { $0.budget = max(0, newValue) } }
    }

    /// The bytes that the kept results take; memory that they share is counted once.
    public var bytes: Int { state.withLock { Self.total($0.entries).bytes } }

    /// The numbers of the cells whose results are kept, oldest first.
    public var numbers: [Int] { state.withLock { $0.entries.map(\.number) } }

    /// Returns the input of a cell, or nil where there is no such cell.
    func input(_ number: Int) -> String? { state.withLock { $0.inputs[number] } }
    /// The numbers of all cells, in order.
    var inputNumbers: [Int] { state.withLock { $0.inputs.keys.sorted() } }
    /// Returns the result of a cell, or nil where it gave none or is no longer kept.
    func value(_ number: Int) -> Value? { state.withLock { $0.entries.last { $0.number == number }?.value } }

    /// Returns up to `count` of the newest results, newest first.
    func newest(_ count: Int) -> [Value] { state.withLock { $0.entries.suffix(count).reversed().map(\.value) } }

    /// Keeps the input of a cell.
    func begin(_ number: Int, source: String) { state.withLock { $0.inputs[number] = source } }

    /// Keeps a cell's result and releases the oldest results beyond the budget. Memory that the values of `names` hold as well is not
    /// charged. Returns the released results with their cells' numbers.
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

    /// Releases all results; the inputs stay.
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

    /// Returns the name of a cell's result: "_3".
    static func name(_ number: Int) -> String { "_\(number)" }

    /// Returns the cell's number in a name like "_3", or nil for other names.
    static func number(_ name: String) -> Int? {
        guard name.hasPrefix("_"), name.utf8.dropFirst().allSatisfy({ (48...57).contains($0) }) else { return nil }
        return Int(name.dropFirst())
    }

    /// Returns whether the session itself assigns the variable of this name.
    static func isName(_ name: String) -> Bool {
        ["_", "__", "___", "In", "Out"].contains(name) || number(name) != nil
    }

    /// Returns the problem that explains why a name like "_3" has no value; nil for other names, and where no cell has run.
    func missing(_ name: String) -> Problem? {
        guard let number = Self.number(name), !inputNumbers.isEmpty else { return nil }
        return missing(number)
    }

    /// Returns the problem that explains why a cell has no result.
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
    /// Returns the number of the cell that an index means: numbers are the prompt's, from 1, and -1 is the newest. Throws `.badIndex` for
    /// anything but one int.
    static func number(_ subscripts: [Subscript], of name: String, newest: [Int]) throws -> Int {
        guard subscripts.count == 1, case .at(.int(let number)) = subscripts[0] else {
            throw Problem(.badIndex, "\(name)[n] takes the number of a cell", label: "")
        }
        return number < 0 && number >= -newest.count ? newest[newest.count + number] : number
    }
}
