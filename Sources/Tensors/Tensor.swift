import CKernels
import Glibc

/// A float32 array with value semantics, contiguous in row-major order. Pictures and latents are NHWC.
///
/// Copies share storage; `mutate` copies first where it is shared.
public struct Tensor: Sendable {
    /// The memory, which other tensors may share.
    public private(set) var storage: Storage
    let offset: Int
    /// The sizes of the axes, outermost first; empty for a scalar.
    public let shape: [Int]
    /// The number of elements: the product of `shape`.
    public let count: Int

    /// A tensor of uninitialized elements, for kernels that write every one.
    public init(uninitialized shape: [Int]) {
        self.init(Storage(count: Shape.count(shape)), shape: shape)
    }

    /// A view of `storage` from element `offset` on.
    init(_ storage: Storage, offset: Int = 0, shape: [Int]) {
        self.storage = storage
        self.offset = offset
        self.shape = shape
        self.count = Shape.count(shape)
    }

    /// A tensor of these values in row-major order; traps where they are not as many as `shape` says.
    public init(_ values: [Float], shape: [Int]) {
        precondition(values.count == Shape.count(shape), "\(values.count) values for \(Shape.text(shape))")
        self.init(uninitialized: shape)
        values.withUnsafeBufferPointer { if let base = $0.baseAddress { Self.copy(base, to: storage.pointer, count) } }
    }

    /// Copies floats on all threads, in pieces between which the work can be cancelled: fresh memory costs more than
    /// writing to it.
    private static func copy(_ source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>, _ count: Int) {
        if count < 1 << 16 { return target.update(from: source, count: count) }
        Parallel.pieces(count, costs: 16) { (target + $0.lowerBound).update(from: source + $0.lowerBound, count: $0.count) }
    }

    /// A tensor whose elements are all `value`.
    public init(repeating value: Float, shape: [Int]) {
        self.init(uninitialized: shape)
        let target = storage.pointer
        if count < 1 << 16 {
            target.update(repeating: value, count: count)
        } else {
            // Fresh memory costs more than what is written into it.
            Parallel.pieces(count, costs: 16) { (target + $0.lowerBound).update(repeating: value, count: $0.count) }
        }
    }

    /// A tensor of rank 0.
    public init(_ scalar: Float) { self.init(repeating: scalar, shape: []) }

    /// A shape without elements yet, such as a parameter before it is loaded; it must not be read.
    public static func placeholder(_ shape: [Int], _ format: HalfFormat? = nil) -> Tensor {
        Tensor(format.map { Storage(count: 0, $0) } ?? .empty, shape: shape)
    }

    /// A tensor whose elements are all 0.
    public static func zeros(_ shape: [Int]) -> Tensor { Tensor(repeating: 0, shape: shape) }

    /// The number of axes.
    public var rank: Int { shape.count }

    /// The address of the first element, valid while this tensor lives: callers of kernels keep it alive with `keepAlive`.
    public var pointer: UnsafePointer<Float> { UnsafePointer(storage.pointer + offset) }

    /// The same address for writing: only for the creator of an uninitialized tensor, before it is shared.
    var writable: UnsafeMutablePointer<Float> { storage.pointer + offset }

    /// A copy of the elements in row-major order.
    public var values: [Float] { withValues { Array($0) } }

    /// Calls `body` with the elements where they lie, in row-major order.
    public func withValues<R>(_ body: (UnsafeBufferPointer<Float>) throws -> R) rethrows -> R {
        let floats = widened
        defer { keepAlive(floats) }
        return try body(UnsafeBufferPointer(start: floats.pointer, count: count))
    }

    /// The only element; traps for any other count.
    public var scalar: Float {
        precondition(count == 1, "scalar of a tensor of shape \(Shape.text(shape))")
        defer { keepAlive(self) }
        return pointer[0]
    }

    /// Calls `body` with the elements for writing in place; they are copied first where another tensor shares the storage,
    /// or widened where they are kept in 16 bits.
    public mutating func mutate<R>(_ body: (UnsafeMutableBufferPointer<Float>) throws -> R) rethrows -> R {
        if format != nil {
            self = widened
        } else if !isKnownUniquelyReferenced(&storage) {
            let copy = Tensor(uninitialized: shape)
            Self.copy(pointer, to: copy.writable, count)
            self = copy
        }
        storage.willChange()
        return try body(UnsafeMutableBufferPointer(start: storage.pointer + offset, count: count))
    }

    /// Makes a tensor of which `fill` must write every element. Throws what `fill` throws.
    public static func make(_ shape: [Int], _ fill: (UnsafeMutableBufferPointer<Float>) throws -> Void) rethrows -> Tensor {
        let result = Tensor(uninitialized: shape)
        try fill(UnsafeMutableBufferPointer(start: result.writable, count: result.count))
        return result
    }

    /// Whether the shapes are equal, and the storage is the same or all elements are equal bit for bit.
    public func isIdentical(to other: Tensor) -> Bool {
        guard shape == other.shape else { return false }
        if storage === other.storage && offset == other.offset { return true }
        let (a, b) = (widened, other.widened)
        defer { keepAlive(a, b) }
        return memcmp(a.pointer, b.pointer, count * MemoryLayout<Float>.stride) == 0
    }

    /// A mark that changes whenever the elements may have changed: while it is equal, they are.
    public var mark: TensorMark { TensorMark(state: storage.stateNumber, offset: offset) }

    /// The same elements under another shape of the same count, without a copy; traps for another count.
    public func reshaped(_ shape: [Int]) -> Tensor {
        precondition(Shape.count(shape) == count, "\(Shape.text(self.shape)) as \(Shape.text(shape))")
        return Tensor(storage, offset: offset, shape: shape)
    }

    /// The rows `range` of the outermost axis, without a copy; traps outside of the shape.
    public func rows(_ range: Range<Int>) -> Tensor {
        precondition(rank > 0 && range.lowerBound >= 0 && range.upperBound <= shape[0], "rows \(range) of \(Shape.text(shape))")
        let row = shape[0] == 0 ? 0 : count / shape[0]
        return Tensor(storage, offset: offset + range.lowerBound * row, shape: [range.count] + shape.dropFirst())
    }

    /// Element `index` of the outermost axis, without that axis and without a copy.
    public func row(_ index: Int) -> Tensor { rows(index..<index + 1).reshaped(Array(shape.dropFirst())) }
}

/// Identifies the contents of a tensor without keeping them in memory.
public struct TensorMark: Sendable, Hashable {
    let state: Int
    let offset: Int
}

/// Keeps values alive up to this call: for what kernels read through pointers.
@inline(__always)
public func keepAlive<each Value>(_ values: repeat each Value) { repeat withExtendedLifetime(each values) {} }
