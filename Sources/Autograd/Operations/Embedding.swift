import Tensors

extension Variable {
    /// Rows of a table that consists of `tables` one below another (the vocabulary, then the new handles): [count, D].
    public static func embedding(_ indices: [Int], of tables: [Variable]) -> Variable {
        let sizes = tables.map { $0.shape[0] }
        var starts = [0]
        for size in sizes { starts.append(starts[starts.count - 1] + size) }
        // Which output rows come from which table, and from which of its rows.
        let places = tables.indices.map { table in
            indices.indices.filter { indices[$0] >= starts[table] && indices[$0] < starts[table + 1] }
        }
        precondition(places.reduce(0) { $0 + $1.count } == indices.count, "an index outside the embedding table")
        let width = tables[0].shape[1]
        let y = Tensor.make([indices.count, width]) { rows in
            for (table, places) in zip(tables.indices, places) {
                let picked = tables[table].value.gatherRows(places.map { indices[$0] - starts[table] }).values
                for (i, place) in places.enumerated() {
                    for column in 0..<width { rows[place * width + column] = picked[i * width + column] }
                }
            }
        }
        return record("embedding", y, tables) { dy, needs in
            sizes.indices.map { table in
                guard needs[table] else { return nil }
                return dy.gatherRows(places[table]).scatterRows(places[table].map { indices[$0] - starts[table] }, into: sizes[table])
            }
        }
    }
}
