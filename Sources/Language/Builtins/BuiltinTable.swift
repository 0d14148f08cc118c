/// The builtins of the core and of the host, by name. A host's row replaces the core's row of the same name. Where one row names another
/// under "see also", the other names it as well.
public struct BuiltinTable: Sendable {
    /// All rows: the core's in its order, then the host's new ones.
    public let all: [Builtin]
    /// All rows, sorted by name.
    let sorted: [Builtin]
    /// The names that may be called without parentheses.
    public let commandNames: Set<String>
    private let index: [String: Int]
    private let core: [String: Builtin]

    /// Creates a table of the core's rows and these.
    public init(host: [Builtin] = []) {
        var rows = CoreBuiltins.all
        var index: [String: Int] = [:]
        for (place, row) in rows.enumerated() { index[row.name] = place }
        core = Dictionary(rows.map { ($0.name, $0) }) { first, _ in first }
        for row in host {
            if let place = index[row.name] {
                rows[place] = row
            } else {
                index[row.name] = rows.count
                rows.append(row)
            }
        }
        for row in rows {
            for name in row.seeAlso {
                guard let place = index[name], !rows[place].seeAlso.contains(row.name) else { continue }
                rows[place].seeAlso.append(row.name)
            }
        }
        all = rows
        sorted = rows.sorted { $0.name < $1.name }
        self.index = index
        commandNames = Set(rows.lazy.filter(\.isCommand).map(\.name))
    }

    /// The row of this name, or nil.
    public subscript(name: String) -> Builtin? { index[name].map { all[$0] } }

    /// Returns the core's row of this name, even where a host's row replaces it, or nil.
    public func replaced(_ name: String) -> Builtin? { core[name] }

    /// The names of all rows, in the order of `all`.
    public var names: [String] { all.map(\.name) }

    /// The families in order of first appearance, each with its rows.
    public var families: [(name: String, rows: [Builtin])] {
        var order: [String] = []
        var groups: [String: [Builtin]] = [:]
        for row in all {
            if groups[row.family.name] == nil { order.append(row.family.name) }
            groups[row.family.name, default: []].append(row)
        }
        return order.map { ($0, groups[$0] ?? []) }
    }
}
