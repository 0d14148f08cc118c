import COpenBLAS
import CKernels
import Glibc

/// OpenBLAS, single-threaded, on the strongest core that the processor can run (Sources/Tensors/README.md, "The choice of a
/// BLAS core").
public enum BLAS {
    /// The choice of a core.
    public struct Selection: Sendable {
        /// The core in use, as OpenBLAS names it.
        public let core: String
        /// Whether the user pinned the core with `OPENBLAS_CORETYPE`.
        public let isPinned: Bool
        /// The cores that were tried and computed wrong results.
        public let rejected: [String]
    }

    /// The core in use. The first access chooses it, once; `product` does so before the first product.
    public static let selection: Selection = {
        defer { bas_blas_single_threaded() }
        let pinned = getenv("OPENBLAS_CORETYPE").map { $0.pointee != 0 } ?? false
        if pinned { return Selection(core: current, isPinned: true, rejected: []) }
        var rejected: [String] = []
        if strength(of: current) >= wanted.strength {
            if computesRight() { return Selection(core: current, isPinned: false, rejected: []) }
            rejected.append(current)
        }
        for core in preferences where strength(of: core) <= wanted.strength && !rejected.contains(core) {
            guard bas_blas_select(core) != 0 else { continue }
            if computesRight() { return Selection(core: current, isPinned: false, rejected: rejected) }
            rejected.append(core)
        }
        return Selection(core: current, isPinned: false, rejected: rejected)
    }()

    /// Cores by what they need: 2 AVX-512, 1 AVX2 and FMA, 0 any x86-64; strongest first.
    private static let strengths: [(core: String, strength: Int)] = [
        ("SkylakeX", 2), ("Cooperlake", 2), ("SapphireRapids", 2), ("Haswell", 1), ("Zen", 1), ("Sandybridge", 0),
        ("Nehalem", 0), ("Prescott", 0), ("Core2", 0),
    ]
    /// The cores to try, strongest first.
    private static let preferences = ["SkylakeX", "Haswell", "Nehalem", "Prescott"]

    /// The core that OpenBLAS uses now.
    private static var current: String { String(cString: bas_blas_core()) }

    /// The strength of a core, as in `strengths`; 0 for a core that is not listed.
    static func strength(of core: String) -> Int {
        strengths.first { $0.core.lowercased() == core.lowercased() }?.strength ?? 0
    }

    /// The strongest instructions that this processor can run, as in `strengths`, and their name.
    static var wanted: (strength: Int, name: String) {
        let level = Int(bas_processor_level())
        return (level, ["baseline", "AVX2", "AVX-512"][level])
    }

    /// Whether the core is as strong as the processor. (Tests check it where nobody pinned one.)
    public static var matchesProcessor: Bool { strength(of: selection.core) >= wanted.strength }

    /// Whether the current core computes right: a small product of every shape class (transposed or not, thin, edges that
    /// are no multiple of a vector) is compared with plain loops, since old builds compute wrong results on some
    /// processors.
    private static func computesRight() -> Bool {
        for (m, n, k) in [(37, 29, 65), (64, 48, 96), (5, 131, 17), (128, 3, 40), (1, 64, 64)] {
            let a = (0..<m * k).map { Float(($0 * 37 + 11) % 101) / 50 - 1 }
            let b = (0..<n * k).map { Float(($0 * 53 + 7) % 97) / 48 - 1 }
            for (transA, transB) in [(false, false), (false, true), (true, false), (true, true)] {
                var c = [Float](repeating: 0.5, count: m * n)
                sgemm(transA, transB, m, n, k, a, transA ? m : k, b, transB ? k : n, 1, &c, n)
                for i in 0..<m {
                    for j in 0..<n {
                        var sum = 0.5
                        for l in 0..<k {
                            sum += Double(a[transA ? l * m + i : i * k + l]) * Double(b[transB ? j * k + l : l * n + j])
                        }
                        if !(abs(Double(c[i * n + j]) - sum) < 1e-3) { return false }
                    }
                }
            }
        }
        return true
    }

    /// C = op(A) · op(B) + beta · C, row-major, on the calling thread.
    @inline(__always)
    static func sgemm(
        _ transA: Bool, _ transB: Bool, _ m: Int, _ n: Int, _ k: Int, _ a: UnsafePointer<Float>, _ lda: Int,
        _ b: UnsafePointer<Float>, _ ldb: Int, _ beta: Float, _ c: UnsafeMutablePointer<Float>, _ ldc: Int
    ) {
        cblas_sgemm(
            CblasRowMajor, transA ? CblasTrans : CblasNoTrans, transB ? CblasTrans : CblasNoTrans, Int32(m), Int32(n),
            Int32(k), 1, a, Int32(lda), b, Int32(ldb), beta, c, Int32(ldc))
    }
}
