extension Value {
    /// The approximate number of items, bytes or numbers that the value holds, estimated from its first items.
    var extent: Int { extent(depth: 3) }

    private func extent(depth: Int) -> Int {
        switch self {
        case .none, .bool, .int, .float, .function: 1
        case .range(let range): range.count
        case .string(let text): text.utf8.count
        case .list(let items): Value.extent(items, depth)
        case .record(let record): Value.extent(record.values, depth)
        case .host(let host): host.byteCount / 4
        }
    }

    /// Estimates the extent of items; the first few stand for the others.
    private static func extent(_ items: [Value], _ depth: Int) -> Int {
        let first = items.prefix(16)
        guard depth > 0, !first.isEmpty else { return items.count }
        let inner = first.reduce(0) { sum, item in
            let (next, overflow) = sum.addingReportingOverflow(item.extent(depth: depth - 1))
            return overflow ? .max : next
        }
        guard inner >= 0, inner < .max else { return .max }
        let (all, overflow) = (inner / first.count + 1).multipliedReportingOverflow(by: items.count)
        return overflow ? .max : all
    }

    /// Whether the value is a function, which only the evaluator's thread may call.
    var isFunction: Bool {
        if case .function = self { true } else { false }
    }
}

extension Call {
    /// Whether an argument is a function of the program or a builtin, which may have effects.
    var holdsFunction: Bool { (bound + rest).contains { $0?.isFunction == true } }

    /// The approximate number of items, bytes or numbers that all arguments hold.
    public var extent: Int {
        (bound.compactMap(\.self) + rest).reduce(0) {
            let (sum, overflow) = $0.addingReportingOverflow($1.extent)
            return overflow ? .max : sum
        }
    }
}
