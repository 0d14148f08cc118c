/// The core's rows and the host's, by name. A host's row replaces the core's.
public struct BuiltinTable: Sendable {
    /// In the order of the tables: core first, then the host's new names.
    public let all: [Builtin]
    /// By name.
    let sorted: [Builtin]
    /// Names that may be used without parentheses.
    public let commandNames: Set<String>
    private let index: [String: Int]
    private let core: [String: Builtin]

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
        all = rows
        sorted = rows.sorted { $0.name < $1.name }
        self.index = index
        commandNames = Set(rows.lazy.filter(\.isCommand).map(\.name))
    }

    public subscript(name: String) -> Builtin? { index[name].map { all[$0] } }

    /// The core's row of this name, also where the host's row stands in its place.
    public func replaced(_ name: String) -> Builtin? { core[name] }

    public var names: [String] { all.map(\.name) }

    /// Families in order of first appearance, each with its rows.
    public var families: [(name: String, rows: [Builtin])] {
        var order: [String] = []
        var groups: [String: [Builtin]] = [:]
        for row in all {
            if groups[row.family] == nil { order.append(row.family) }
            groups[row.family, default: []].append(row)
        }
        return order.map { ($0, groups[$0] ?? []) }
    }
}
