extension Value {
    /// Whether it may hold other values, so that something that holds it is nested more deeply. Functions do not count: nothing
    /// walks through what they captured, and it is let go one after the other (`Closure`).
    @inline(__always)
    var isHolder: Bool {
        switch self {
        case .list, .record, .host: true
        default: false
        }
    }

    var isCollection: Bool {
        switch self {
        case .list, .record: true
        default: false
        }
    }

    /// Whether lists, records and values of the host hold each other more than `limit` deep. Exact, without recursion, in a time that grows with the number of different values that it holds: what
    /// is held twice is looked at once. Throws `.interrupted` where a stop was asked for.
    func isNested(deeperThan limit: Int) throws -> Bool {
        var probe = NestingProbe(limit: limit)
        return try probe.exceeds(self)
    }

    /// Where its contents lie in memory, while somebody holds it; nil for what has no place of its own.
    var storageAddress: UnsafeRawPointer? {
        switch self {
        case .list(let items): items.withUnsafeBufferPointer { UnsafeRawPointer($0.baseAddress) }
        case .record(let record): record.address
        default: nil
        }
    }

    /// Those of the values that it holds which hold others.
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

/// A walk through what a value holds, deepest first, that keeps the heights of what it has left behind.
private struct NestingProbe {
    private struct Level {
        var value: Value
        /// Not yet looked at.
        var rest: [Value]
        /// Of the highest that was looked at.
        var height = 0
    }

    let limit: Int
    private var levels: [Level] = []
    /// By address; 0 for those on the way to where the walk is.
    private var heights: [UnsafeRawPointer: Int] = [:]

    init(limit: Int) { self.limit = limit }

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
