import Tensors

/// What a tensor's line says of its values.
struct TensorStatistics {
    /// Of the finite ones; 0 where there are none.
    private(set) var low: Float = .infinity
    private(set) var high: Float = -.infinity
    private(set) var mean = 0.0
    /// Of the sample: n - 1.
    private(set) var deviation = 0.0
    /// How many are finite.
    private(set) var finite = 0
    private(set) var notANumber = 0
    private(set) var infinite = (below: 0, above: 0)

    /// Goes over the values twice, piece by piece, until nobody wants to know any more.
    init(_ tensor: Tensor) {
        var sum = 0.0
        tensor.eachPiece { values in
            for value in values {
                if value.isFinite {
                    finite += 1
                    sum += Double(value)
                    (low, high) = (min(low, value), max(high, value))
                } else if value.isNaN {
                    notANumber += 1
                } else if value > 0 {
                    infinite.above += 1
                } else {
                    infinite.below += 1
                }
            }
        }
        guard finite > 0 else {
            (low, high) = (0, 0)
            return
        }
        mean = sum / Double(finite)
        var squares = 0.0
        tensor.eachPiece { values in
            for value in values where value.isFinite { squares += (Double(value) - mean) * (Double(value) - mean) }
        }
        deviation = (squares / Double(max(1, finite - 1))).squareRoot()
    }

    /// "NaN!", "+Inf!" and "-Inf!", where there are such.
    var warnings: [String] {
        [("NaN!", notANumber), ("+Inf!", infinite.above), ("-Inf!", infinite.below)].filter { $0.1 > 0 }.map(\.0)
    }
}

extension Tensor {
    private static let pieceCount = 1 << 16

    /// The values in order, piece by piece, until nobody wants the result any more.
    func eachPiece(_ body: (UnsafeBufferPointer<Float>) -> Void) {
        withValues { values in
            Parallel.eachRow(0..<(values.count + Self.pieceCount - 1) / Self.pieceCount) { piece in
                let start = piece * Self.pieceCount
                body(UnsafeBufferPointer(rebasing: values[start..<min(start + Self.pieceCount, values.count)]))
            }
        }
    }

    /// Whether `test` is true for one of the values.
    func contains(where test: (Float) -> Bool) -> Bool {
        var found = false
        eachPiece { values in found = found || values.contains(where: test) }
        return found
    }

    /// The same numbers; NaN equals nothing.
    func isEqual(to other: Tensor) -> Bool {
        guard count == other.count else { return false }
        var (same, start) = (true, 0)
        other.withValues { others in
            eachPiece { values in
                same = same && values.indices.allSatisfy { values[$0] == others[start + $0] }
                start += values.count
            }
        }
        return same
    }
}
