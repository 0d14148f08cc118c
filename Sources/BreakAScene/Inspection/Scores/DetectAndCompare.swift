/// Detect and Compare (D&C; Jang et al. 2024, MuDI, arXiv 2404.04243): one number for whether a picture shows the right things, each once,
/// and each like itself and unlike the others.
public enum DetectAndCompare {
    /// 1 − ‖S − S_GT‖₂, the spectral norm, of the similarities S of things found (rows) and asked for (columns) and those S_GT of the
    /// things asked for among each other; 0 where the number of things found is not that asked for.
    ///
    /// Rows are put in order greedily first: for each column in turn the row with the largest value of those left, as MuDI's code does. The
    /// value is 1 for a perfect picture, and 1 − k at the least for k things with similarities in 0…1. Rows and columns must be as many in
    /// every row; a picture that is asked for nothing has 1 where nothing is found.
    public static func score(found: [[Double]], references: [[Double]]) -> Double {
        guard found.count == references.count else { return 0 }
        guard !found.isEmpty else { return 1 }
        let ordered = ordered(found)
        let difference = ordered.indices.map { row in ordered[row].indices.map { ordered[row][$0] - references[row][$0] } }
        return 1 - spectralNorm(difference)
    }

    /// The rows of a square matrix, so that each column in turn gets the row that is largest there of those left.
    static func ordered(_ matrix: [[Double]]) -> [[Double]] {
        var left = Array(matrix.indices)
        return matrix.indices.compactMap { column in
            guard let best = left.max(by: { matrix[$0][column] < matrix[$1][column] }) else { return nil }
            left.removeAll { $0 == best }
            return matrix[best]
        }
    }

    /// The largest singular value of a matrix: the root of the largest eigenvalue of AᵀA, by Jacobi's rotations.
    static func spectralNorm(_ a: [[Double]]) -> Double {
        let n = a.first?.count ?? 0
        var m = (0..<n).map { i in (0..<n).map { j in a.reduce(0) { $0 + $1[i] * $1[j] } } }
        for _ in 0..<60 {
            let off = (0..<n).reduce(0.0) { sum, i in (0..<n).reduce(sum) { $0 + (i == $1 ? 0 : m[i][$1] * m[i][$1]) } }
            if off < 1e-24 { break }
            for p in 0..<n {
                for q in p + 1..<max(p + 1, n) where abs(m[p][q]) > 1e-300 { rotate(&m, p, q) }
            }
        }
        return max(0, (0..<n).map { m[$0][$0] }.max() ?? 0).squareRoot()
    }

    /// The rotation of rows and columns p and q of a symmetric matrix that makes their common element zero.
    private static func rotate(_ m: inout [[Double]], _ p: Int, _ q: Int) {
        let angle = (m[q][q] - m[p][p]) / (2 * m[p][q])
        let t = (angle < 0 ? -1 : 1) / (abs(angle) + (angle * angle + 1).squareRoot())
        let c = 1 / (t * t + 1).squareRoot()
        let s = t * c
        for k in m.indices { (m[k][p], m[k][q]) = (c * m[k][p] - s * m[k][q], s * m[k][p] + c * m[k][q]) }
        for k in m.indices { (m[p][k], m[q][k]) = (c * m[p][k] - s * m[q][k], s * m[p][k] + c * m[q][k]) }
    }
}
