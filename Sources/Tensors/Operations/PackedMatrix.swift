import CKernels
import Synchronization

/// A weight laid out as the micro-kernels read it. It is made when first needed, and kept with the weight's storage until
/// that is written: a frozen weight is packed once, a trained one once per step and use.
final class PackedMatrix: Sendable {
    /// The product that a packed form is for.
    enum Use: Hashable {
        /// y = x Wᵀ with W [N, K], or W [N, taps, C] of a convolution.
        case forward(taps: Int)
        /// dx = dy W; W [N, taps, C] of a convolution has its taps turned by 180°.
        case inputGradient(taps: Int)
        /// Either of these for a 3×3 kernel, transformed (winograd.c).
        case winogradForward, winogradInputGradient

        /// Whether it is for the forward pass.
        var isForward: Bool { if case .forward = self { true } else { self == .winogradForward } }
        /// The same use by Winograd's transform.
        var winograd: Use { isForward ? .winogradForward : .winogradInputGradient }
    }
    /// The key of a packed form among those of one storage.
    struct Key: Hashable {
        let offset: Int, rows: Int, columns: Int
        let use: Use
        var precision = ProductPrecision.float32
    }

    private let storage: Storage
    private let isKept: Bool

    var pointer: UnsafePointer<Float> { UnsafePointer(storage.pointer) }

    /// The bytes that kept forms take together at most; beyond it, weights are packed for each product anew.
    static let limit = 256 << 20
    private static let keptBytes = Atomic(0)

    private init(count: Int) {
        let bytes = count * MemoryLayout<Float>.stride
        isKept = Self.keptBytes.wrappingAdd(bytes, ordering: .relaxed).newValue <= Self.limit
        if !isKept { Self.keptBytes.wrappingSubtract(bytes, ordering: .relaxed) }
        storage = Storage(count: count)
        packedCount = count
    }
    private let packedCount: Int

    deinit {
        if isKept { Self.keptBytes.wrappingSubtract(packedCount * MemoryLayout<Float>.stride, ordering: .relaxed) }
    }

    /// The packed form of `weight` [N, ...]: the kept one, or a new one.
    static func of(_ weight: Tensor, for use: Use, _ precision: ProductPrecision = .float32) -> PackedMatrix {
        let rows = weight.shape[0]
        let key = Key(offset: weight.offset, rows: rows, columns: weight.count / max(1, rows), use: use, precision: precision)
        if let kept = weight.storage.packed(key) { return kept }
        let cost = Profile.Cost("packing of weights", floats: 2 * weight.count)
        defer { cost.end() }
        let made = precision == .float32 ? make(weight, key) : rounded(weight, key)
        if made.isKept { weight.storage.keep(made, as: key) }
        return made
    }

    private static func make(_ weight: Tensor, _ key: Key) -> PackedMatrix {
        defer { keepAlive(weight) }
        let (n, k) = (key.rows, key.columns)
        switch key.use {
        case .forward:
            let made = PackedMatrix(count: bas_packed_count(k, n))
            made.forEachPart(of: bas_panels(n), work: 8 * n * k) { target, first, last in
                if let halves = weight.halves, let format = weight.format?.rawValue {
                    bas_pack_transposed_half(target, halves, format, k, k, n, first, last)
                } else {
                    bas_pack_transposed(target, weight.pointer, k, k, n, first, last)
                }
            }
            return made
        case .inputGradient(let taps):
            let channels = k / taps
            let start = (taps - 1) * channels
            let made = PackedMatrix(count: bas_packed_count(taps * n, channels))
            made.forEachPart(of: bas_panels(channels), work: 4 * n * k) { target, first, last in
                if let halves = weight.halves, let format = weight.format?.rawValue {
                    bas_pack_rows_half(target, halves + start, format, taps, -channels, n, k, channels, first, last)
                } else {
                    bas_pack_rows(target, weight.pointer + start, taps, -channels, n, k, channels, first, last)
                }
            }
            return made
        case .winogradForward: return transformed(weight, key, .forward(taps: 9), k / 9, n)
        case .winogradInputGradient: return transformed(weight, key, .inputGradient(taps: 9), n, k / 9)
        }
    }

    /// The 36 matrices [inputs, outputs] of a 3×3 kernel in Winograd's transformed form, made from its own packed form.
    private static func transformed(_ weight: Tensor, _ key: Key, _ use: Use, _ inputs: Int, _ outputs: Int) -> PackedMatrix {
        let direct = make(weight, Key(offset: key.offset, rows: key.rows, columns: key.columns, use: use))
        defer { keepAlive(direct) }
        let (source, made) = (direct.pointer, PackedMatrix(count: 36 * inputs * outputs))
        made.forEachPart(of: bas_panels(outputs), work: 150 * inputs * outputs) { target, first, last in
            bas_winograd_pack(target, source, inputs, outputs, first, last)
        }
        return made
    }

    /// The packed form in pairs of bfloat16, made from the one in float32.
    private static func rounded(_ weight: Tensor, _ key: Key) -> PackedMatrix {
        let (n, k) = (key.rows, key.columns)
        switch key.use {
        case .forward(let taps): return paired(make(weight, key), taps, k / taps, n)
        case .inputGradient(let taps): return paired(make(weight, key), taps, n, k / taps)
        case .winogradForward, .winogradInputGradient:
            let isForward = key.use.isForward
            let use = isForward ? Use.forward(taps: 9) : .inputGradient(taps: 9)
            let (inputs, outputs) = isForward ? (k / 9, n) : (n, k / 9)
            let direct = make(weight, Key(offset: key.offset, rows: n, columns: k, use: use))
            defer { keepAlive(direct) }
            let (source, made) = (direct.pointer, PackedMatrix(count: 18 * inputs * outputs))
            made.forEachPart(of: bas_panels(outputs), work: 200 * inputs * outputs) { target, first, last in
                let workspace = Storage(count: bas_winograd_pack_bfloat16_workspace())
                defer { keepAlive(workspace) }
                bas_winograd_pack_bfloat16(target, source, inputs, outputs, first, last, workspace.pointer)
            }
            return made
        }
    }

    /// A packed [taps · inner, columns], with the rows of each tap paired.
    private static func paired(_ direct: PackedMatrix, _ taps: Int, _ inner: Int, _ columns: Int) -> PackedMatrix {
        defer { keepAlive(direct) }
        let (source, made) = (direct.pointer, PackedMatrix(count: bas_packed_count(taps * ((inner + 1) / 2), columns)))
        made.forEachPart(of: bas_panels(columns), work: 4 * taps * inner * columns) { target, first, last in
            bas_pair_packed(target, source, taps, inner, columns, first, last)
        }
        return made
    }

    /// Calls `body(target, first panel, end)` for parts of the panels, on all threads, also where the work is cancelled.
    private func forEachPart(of panels: Int, work: Int, _ body: (UnsafeMutablePointer<Float>, Int, Int) -> Void) {
        let tasks = Parallel.tasks(work: work, limit: panels)
        let target = storage.pointer
        Parallel.run(tasks: tasks, always: true) { task in
            let part = Parallel.range(task, of: tasks, count: panels)
            body(target, part.lowerBound, part.upperBound)
        }
    }
}

/// Cuts the rows and panels of columns of a product into tasks, by their shape alone.
struct ProductTasks {
    let rows: Int, panels: Int
    let rowParts: Int, panelParts: Int

    /// `inner`: the length of the sums; `flops`: operations of the whole product.
    init(rows: Int, columns: Int, inner: Int, flops: Int) {
        self.rows = rows
        panels = bas_panels(columns)
        let tasks = Parallel.tasks(work: flops)
        if 4 * inner * columns > Self.smallMatrix, tasks > 1 {
            // A task's panels stay in the second cache while all its rows pass by them.
            panelParts = max(1, min(panels, (4 * inner * columns + Self.panelBytes - 1) / Self.panelBytes))
            rowParts = max(1, min(rows / 16, (tasks + panelParts - 1) / panelParts))
        } else {
            rowParts = max(1, min(tasks, rows / 16))
            panelParts = max(1, min(panels, tasks / rowParts))
        }
    }

    /// Bytes of a matrix that every task reads whole, and of the panels of a larger one that a task reads.
    private static let (smallMatrix, panelBytes) = (512 << 10, 192 << 10)

    /// Calls `body` for every task, on all threads.
    func run(_ body: (_ rows: Range<Int>, _ panels: Range<Int>) -> Void) {
        Parallel.run(tasks: rowParts * panelParts) { task in
            let part = Parallel.range(task / panelParts, of: rowParts, count: rows, alignment: 8)
            if part.isEmpty { return }
            body(part, Parallel.range(task % panelParts, of: panelParts, count: panels))
        }
    }
}

extension Tensor {
    /// The bytes that packed forms of weights take together at most.
    public static let packedBytesLimit = PackedMatrix.limit
}
