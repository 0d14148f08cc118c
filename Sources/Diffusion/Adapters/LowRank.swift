import Tensors

/// The best approximation of a matrix [M, N] by a product up [M, R] · down [R, N] (Eckart and Young), found by subspace
/// iteration from random directions (Halko et al. 2011, https://arxiv.org/abs/0909.4061, algorithm 4.4).
struct LowRank {
    private(set) var up: Tensor
    private(set) var down: Tensor
    /// The squared Frobenius norm of the matrix.
    let total: Double
    /// The squared Frobenius norm of what the product leaves of it.
    let rest: Double

    /// Approximates a matrix; the rank is at most its smaller side.
    init(_ matrix: Tensor, rank: Int) {
        let (m, n) = (matrix.shape[0], matrix.shape[1])
        let r = min(rank, m, n)
        // Eight directions more than the rank, as the paper advises.
        let width = min(r + 8, m, n)
        let start = RandomDraw(seed: 0, stream: "low_rank", step: 0).normal([width, n])
        var basis = Self.orthonormal(start.matmul(matrix, transposeOther: true))  // [width, M], rows orthonormal
        for _ in 0..<4 {
            let across = Self.orthonormal(basis.matmul(matrix))
            basis = Self.orthonormal(across.matmul(matrix, transposeOther: true))
        }
        let small = basis.matmul(matrix)  // [width, N]
        let (values, vectors) = Self.eigen(small.matmul(small, transposeOther: true))
        let order = values.indices.sorted { values[$0] > values[$1] }.prefix(r)
        var (left, right) = ([Float](), [Float]())  // [r, width]: rows scaled by √s and by 1/√s
        for index in order {
            let root = max(values[index], 0).squareRoot().squareRoot()
            for row in 0..<width {
                left.append(Float(vectors[row * width + index] * root))
                right.append(root > 0 ? Float(vectors[row * width + index] / root) : 0)
            }
        }
        up = Tensor(left, shape: [r, width]).matmul(basis).transposed
        down = Tensor(right, shape: [r, width]).matmul(small)
        total = matrix.sumOfSquares
        rest = (matrix - up.matmul(down)).sumOfSquares
    }

    /// The same product with factors of rank `rank`, filled up with zeros; itself where it has that rank already.
    func padded(to rank: Int) -> LowRank {
        let missing = rank - down.shape[0]
        guard missing > 0 else { return self }
        var padded = self
        padded.up = .concatenated([up, .zeros([up.shape[0], missing])], axis: 1)
        padded.down = .concatenated([down, .zeros([missing, down.shape[1]])], axis: 0)
        return padded
    }

    /// The rows made orthonormal one after the other, twice because of rounding errors; rows that depend on others become
    /// 0.
    private static func orthonormal(_ rows: Tensor) -> Tensor {
        var result = rows
        let (count, length) = (rows.shape[0], rows.shape[1])
        result.mutate { x in
            func dot(_ a: Int, _ b: Int) -> Double {
                var sum = 0.0
                for i in 0..<length { sum += Double(x[a * length + i]) * Double(x[b * length + i]) }
                return sum
            }
            for row in 0..<count {
                let before = dot(row, row).squareRoot()
                for _ in 0..<2 {
                    for other in 0..<row {
                        let share = Float(dot(row, other))
                        for i in 0..<length { x[row * length + i] -= share * x[other * length + i] }
                    }
                }
                let norm = dot(row, row).squareRoot()
                let scale = norm > 1e-6 * before && norm > 0 ? Float(1 / norm) : 0
                for i in 0..<length { x[row * length + i] *= scale }
            }
        }
        return result
    }

    /// The eigenvalues of a small symmetric matrix and, in columns, its eigenvectors, by Jacobi's rotations.
    static func eigen(_ matrix: Tensor) -> (values: [Double], vectors: [Double]) {
        let n = matrix.shape[0]
        var a = matrix.values.map(Double.init)
        var v = (0..<n * n).map { $0 / n == $0 % n ? 1.0 : 0 }
        let limit = 1e-24 * a.reduce(0) { $0 + $1 * $1 }
        for _ in 0..<60 {
            var off = 0.0
            for p in 0..<n { for q in 0..<p { off += a[p * n + q] * a[p * n + q] } }
            if off <= limit { break }
            for p in 0..<n {
                for q in (p + 1)..<max(n, p + 1) where a[p * n + q] != 0 {
                    let theta = (a[q * n + q] - a[p * n + p]) / (2 * a[p * n + q])
                    let t = (theta >= 0 ? 1.0 : -1) / (theta.magnitude + (theta * theta + 1).squareRoot())
                    let c = 1 / (t * t + 1).squareRoot()
                    let s = t * c
                    for k in 0..<n {
                        let (x, y) = (a[k * n + p], a[k * n + q])
                        (a[k * n + p], a[k * n + q]) = (c * x - s * y, s * x + c * y)
                    }
                    for k in 0..<n {
                        let (x, y) = (a[p * n + k], a[q * n + k])
                        (a[p * n + k], a[q * n + k]) = (c * x - s * y, s * x + c * y)
                    }
                    for k in 0..<n {
                        let (x, y) = (v[k * n + p], v[k * n + q])
                        (v[k * n + p], v[k * n + q]) = (c * x - s * y, s * x + c * y)
                    }
                }
            }
        }
        return ((0..<n).map { a[$0 * n + $0] }, v)
    }
}
