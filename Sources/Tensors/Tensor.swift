import CKernels
import Glibc

/// A float32 array with value semantics, contiguous in row-major order. Pictures and latents are NHWC.
///
/// Copies share storage; `mutate` copies first where the storage is shared.
public struct Tensor: Sendable {
    public private(set) var storage: Storage
    let offset: Int
    public let shape: [Int]
    public let count: Int

    /// Uninitialised: for kernels that write every element.
    public init(uninitialized shape: [Int]) {
        self.init(Storage(count: Shape.count(shape)), shape: shape)
    }

    init(_ storage: Storage, offset: Int = 0, shape: [Int]) {
        self.storage = storage
        self.offset = offset
        self.shape = shape
        self.count = Shape.count(shape)
    }

    public init(_ values: [Float], shape: [Int]) {
        precondition(values.count == Shape.count(shape), "\(values.count) values for \(Shape.text(shape))")
        self.init(uninitialized: shape)
        values.withUnsafeBufferPointer { if let base = $0.baseAddress { Self.copy(base, to: storage.pointer, count) } }
    }

    /// Fresh memory costs more than what is written into it: on all threads, and in pieces that a stop can come between.
    private static func copy(_ source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>, _ count: Int) {
        if count < 1 << 16 { return target.update(from: source, count: count) }
        Parallel.pieces(count, costs: 16) { (target + $0.lowerBound).update(from: source + $0.lowerBound, count: $0.count) }
    }

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

    public init(_ scalar: Float) { self.init(repeating: scalar, shape: []) }

    /// A shape without values yet: a parameter before it is loaded. Never read.
    public static func placeholder(_ shape: [Int], _ format: HalfFormat? = nil) -> Tensor {
        Tensor(format.map { Storage(count: 0, $0) } ?? .empty, shape: shape)
    }

    public static func zeros(_ shape: [Int]) -> Tensor { Tensor(repeating: 0, shape: shape) }

    public var rank: Int { shape.count }

    /// The first element's address, valid while this tensor lives: kernels' callers hold it with `keepAlive`.
    public var pointer: UnsafePointer<Float> { UnsafePointer(storage.pointer + offset) }

    /// For the creator of an uninitialised tensor, before it is shared.
    var writable: UnsafeMutablePointer<Float> { storage.pointer + offset }

    /// Copies out.
    public var values: [Float] { withValues { Array($0) } }

    /// The values where they are.
    public func withValues<R>(_ body: (UnsafeBufferPointer<Float>) throws -> R) rethrows -> R {
        let floats = widened
        defer { keepAlive(floats) }
        return try body(UnsafeBufferPointer(start: floats.pointer, count: count))
    }

    /// The only element.
    public var scalar: Float {
        precondition(count == 1, "scalar of a tensor of shape \(Shape.text(shape))")
        defer { keepAlive(self) }
        return pointer[0]
    }

    /// In-place access; copies first where another tensor shares the storage.
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

    /// A tensor of `shape` that `fill` writes completely.
    public static func make(_ shape: [Int], _ fill: (UnsafeMutableBufferPointer<Float>) throws -> Void) rethrows -> Tensor {
        let result = Tensor(uninitialized: shape)
        try fill(UnsafeMutableBufferPointer(start: result.writable, count: result.count))
        return result
    }

    /// Same shape and the same storage, or the same elements bit for bit.
    public func isIdentical(to other: Tensor) -> Bool {
        guard shape == other.shape else { return false }
        if storage === other.storage && offset == other.offset { return true }
        let (a, b) = (widened, other.widened)
        defer { keepAlive(a, b) }
        return memcmp(a.pointer, b.pointer, count * MemoryLayout<Float>.stride) == 0
    }

    /// Changes whenever the elements may have changed: what has the same mark as before is as it was.
    public var mark: TensorMark { TensorMark(state: storage.stateNumber, offset: offset) }

    /// The same elements under another shape of the same count; no copy.
    public func reshaped(_ shape: [Int]) -> Tensor {
        precondition(Shape.count(shape) == count, "\(Shape.text(self.shape)) as \(Shape.text(shape))")
        return Tensor(storage, offset: offset, shape: shape)
    }

    /// Rows `range` of the outermost axis; no copy.
    public func rows(_ range: Range<Int>) -> Tensor {
        precondition(rank > 0 && range.lowerBound >= 0 && range.upperBound <= shape[0], "rows \(range) of \(Shape.text(shape))")
        let row = shape[0] == 0 ? 0 : count / shape[0]
        return Tensor(storage, offset: offset + range.lowerBound * row, shape: [range.count] + shape.dropFirst())
    }

    /// Element `index` of the outermost axis, without that axis; no copy.
    public func row(_ index: Int) -> Tensor { rows(index..<index + 1).reshaped(Array(shape.dropFirst())) }
}

/// Identifies what a tensor holds without keeping it.
public struct TensorMark: Sendable, Hashable {
    let state: Int
    let offset: Int
}

/// Ends the lifetime of what kernels read through pointers.
@inline(__always)
public func keepAlive<each Value>(_ values: repeat each Value) { repeat withExtendedLifetime(each values) {} }
