import Tensors

extension Variable {
    /// Rows of a table that consists of several tables [V, D], one below another (the vocabulary, then the handles):
    /// [indices.count, D]. Traps for an index outside of it.
    public static func embedding(_ indices: [Int], of tables: [Variable]) -> Variable {
        let sizes = tables.map { $0.shape[0] }
        var starts = [0]
        for size in sizes { starts.append(starts[starts.count - 1] + size) }
        // Which output rows come from which table, and from which of its rows.
        let places = tables.indices.map { table in
            indices.indices.filter { indices[$0] >= starts[table] && indices[$0] < starts[table + 1] }
        }
        precondition(places.reduce(0) { $0 + $1.count } == indices.count, "an index outside the embedding table")
        let picked = tables.indices.map { table in
            tables[table].value.gatherRows(places[table].map { indices[$0] - starts[table] })
        }
        // Row i of the one table is row i of the result.
        let y = tables.count == 1 ? picked[0] : interleaved(picked, places, [indices.count, tables[0].shape[1]])
        return record("embedding", y, tables) { dy, needs in
            sizes.indices.map { table in
                guard needs[table] else { return nil }
                return dy.gatherRows(places[table]).scatterRows(places[table].map { indices[$0] - starts[table] }, into: sizes[table])
            }
        }
    }

    /// One matrix from the rows of several, `places` saying where the rows of each part go.
    private static func interleaved(_ parts: [Tensor], _ places: [[Int]], _ shape: [Int]) -> Tensor {
        let width = shape[1]
        return Tensor.make(shape) { rows in
            for (part, places) in zip(parts, places) {
                part.withValues { picked in
                    Parallel.eachRow(places.indices) { i in
                        for column in 0..<width { rows[places[i] * width + column] = picked[i * width + column] }
                    }
                }
            }
        }
    }
}
