import Tensors

/// How well the attention of a scene's handles agrees with the masks, of every map that was looked at.
public struct AttentionScores: Sendable {
    /// What a row is about, and what rows can be averaged by.
    public enum Key: String, Sendable, CaseIterable {
        /// The handle.
        case handle
        /// The cross-attention layer.
        case layer
        /// The head of a layer; it has no meaning across layers, so that it comes with its layer.
        case head
        /// The noise level.
        case timestep
        /// The prompt, with * in the handles' place.
        case prompt
        /// Whether the prompt is that of training, or one held out.
        case conditions
    }

    /// The values of one handle on one map, or a mean of several such rows.
    public struct Row: Sendable {
        /// The handle's place among the masks; nil where the row is of all.
        public var handle: Int?
        /// The layer's name; nil where maps were averaged over layers.
        public var layer: String?
        /// The head's number; nil where maps were averaged over heads.
        public var head: Int?
        /// The timestep; nil where the row is of several.
        public var timestep: Int?
        /// The prompt with * in the handles' place; nil where the row is of several.
        public var prompt: String?
        /// The name of the conditions, "training" or "held out"; nil where the row is of both.
        public var conditions: String?
        /// The number of maps that the row is a mean of.
        public var count: Int
        /// One value for each of `MapMetric.all`; nil where there is none.
        public var values: [Double?]
    }

    /// What the handles are called.
    public let labels: [HandleLabel]
    /// The rows, in the order in which they were measured.
    public let rows: [Row]

    /// Rows that were measured or made up.
    public init(labels: [HandleLabel], rows: [Row]) { (self.labels, self.rows) = (labels, rows) }

    /// The means of all rows that agree in `keys`, in the order in which the groups are met. What is not among the keys is nil in the
    /// result. Every row has the same weight.
    public func averaged(by keys: [Key]) -> AttentionScores {
        let wanted = Set(keys)
        func reduced(_ row: Row) -> Row {
            Row(
                handle: wanted.contains(.handle) ? row.handle : nil,
                layer: wanted.contains(.layer) || wanted.contains(.head) ? row.layer : nil, head: wanted.contains(.head) ? row.head : nil,
                timestep: wanted.contains(.timestep) ? row.timestep : nil, prompt: wanted.contains(.prompt) ? row.prompt : nil,
                conditions: wanted.contains(.conditions) ? row.conditions : nil, count: 0, values: [])
        }
        var (order, groups) = ([String](), [String: (head: Row, rows: [Row])]())
        for row in rows {
            let head = reduced(row)
            let key =
                "\(head.handle ?? -1)\n\(head.layer ?? "")\n\(head.head ?? -1)\n\(head.timestep ?? -1)\n\(head.prompt ?? "")\n\(head.conditions ?? "")"
            if groups[key] == nil { order.append(key) }
            groups[key, default: (head, [])].rows.append(row)
        }
        return AttentionScores(
            labels: labels,
            rows: order.compactMap { groups[$0] }.map { group in
                var row = group.head
                row.count = group.rows.reduce(0) { $0 + $1.count }
                row.values = MapMetric.all.indices.map { place in Self.mean(group.rows.compactMap { $0.values[place] }) }
                return row
            })
    }

    static func mean(_ values: [Double]) -> Double? { values.isEmpty ? nil : values.reduce(0, +) / Double(values.count) }
}
