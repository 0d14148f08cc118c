import Tensors

/// The range, mean and spread of a tensor's finite values, and how many are not finite.
struct TensorStatistics {
    /// The smallest finite value; 0 where there is none.
    private(set) var low: Float = .infinity
    /// The largest finite value; 0 where there is none.
    private(set) var high: Float = -.infinity
    /// The mean of the finite values; 0 where there are none.
    private(set) var mean = 0.0
    /// The standard deviation of the finite values as of a sample, which divides by n - 1.
    private(set) var deviation = 0.0
    /// The number of finite values.
    private(set) var finite = 0
    /// The number of NaNs.
    private(set) var notANumber = 0
    /// The numbers of negative and of positive infinities.
    private(set) var infinite = (below: 0, above: 0)

    /// Computes the statistics in two passes over the values; work that was cancelled leaves them incomplete.
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

    /// The marks "NaN!", "+Inf!" and "-Inf!" of what the tensor holds.
    var warnings: [String] {
        [("NaN!", notANumber), ("+Inf!", infinite.above), ("-Inf!", infinite.below)].filter { $0.1 > 0 }.map(\.0)
    }
}

extension Tensor {
    /// The number of values in a piece.
    private static let pieceCount = 1 << 16

    /// Calls `body` with the values in order, piece by piece; the pieces that remain are skipped once the work is cancelled.
    func eachPiece(_ body: (UnsafeBufferPointer<Float>) -> Void) {
        withValues { values in
            Parallel.eachRow(0..<(values.count + Self.pieceCount - 1) / Self.pieceCount) { piece in
                let start = piece * Self.pieceCount
                body(UnsafeBufferPointer(rebasing: values[start..<min(start + Self.pieceCount, values.count)]))
            }
        }
    }

    /// Returns whether `test` is true of one of the values.
    func contains(where test: (Float) -> Bool) -> Bool {
        var found = false
        eachPiece { values in found = found || values.contains(where: test) }
        return found
    }

    /// Returns whether both tensors have as many numbers and the same ones in order; NaN equals nothing.
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
