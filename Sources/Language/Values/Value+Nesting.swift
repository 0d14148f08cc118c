extension Value {
    /// Whether the value may hold others, so that a value which holds it is nested more deeply. Functions do not count: nothing walks
    /// through what they captured, and their release does not recurse (`Closure`).
    @inline(__always)
    var isHolder: Bool {
        switch self {
        case .list, .record, .host: true
        default: false
        }
    }

    /// Whether the value is a list or a record.
    var isCollection: Bool {
        switch self {
        case .list, .record: true
        default: false
        }
    }

    /// Returns whether lists, records and host values hold each other more than `limit` deep. The answer is exact and found without
    /// recursion, in time proportional to the number of different values held: a value that is held twice is visited once. Throws
    /// `.interrupted`.
    func isNested(deeperThan limit: Int) throws -> Bool {
        var probe = NestingProbe(limit: limit)
        return try probe.exceeds(self)
    }

    /// The address of the value's contents, valid while somebody holds them; nil for values without storage of their own.
    var storageAddress: UnsafeRawPointer? {
        switch self {
        case .list(let items): items.withUnsafeBufferPointer { UnsafeRawPointer($0.baseAddress) }
        case .record(let record): record.address
        default: nil
        }
    }

    /// The values held by this one that may hold others.
    fileprivate var heldHolders: [Value] {
        switch self {
        case .list(let items): return items.filter(\.isHolder)
        case .record(let record): return record.values.filter(\.isHolder)
        case .host(let host):
            var held: [Value] = []
            host.forEachValue { if $0.isHolder { held.append($0) } }
            return held
        default: return []
        }
    }
}

/// A depth-first walk through what a value holds, which remembers the heights of the values it has left.
private struct NestingProbe {
    private struct Level {
        var value: Value
        /// The held values that have not been visited.
        var rest: [Value]
        /// The height of the highest value visited so far.
        var height = 0
    }

    let limit: Int
    private var levels: [Level] = []
    /// The heights by address; 0 for values on the path to the current one.
    private var heights: [UnsafeRawPointer: Int] = [:]

    init(limit: Int) { self.limit = limit }

    /// Returns whether the value is nested more than `limit` deep.
    mutating func exceeds(_ value: Value) throws -> Bool {
        var poll = Poll()
        enter(value)
        while let level = levels.indices.last {
            try poll.step()
            guard let next = levels[level].rest.popLast() else {
                leave()
                continue
            }
            if let known = next.storageAddress.flatMap({ heights[$0] }) {
                if levels.count + known > limit { return true }
                levels[level].height = max(levels[level].height, known)
            } else {
                enter(next)
                if levels.count > limit { return true }
            }
        }
        return false
    }

    private mutating func enter(_ value: Value) {
        if let address = value.storageAddress { heights[address] = 0 }
        levels.append(Level(value: value, rest: value.heldHolders))
    }

    private mutating func leave() {
        let done = levels.removeLast()
        let height = done.height + 1
        if let address = done.value.storageAddress { heights[address] = height }
        if let last = levels.indices.last { levels[last].height = max(levels[last].height, height) }
    }
}
