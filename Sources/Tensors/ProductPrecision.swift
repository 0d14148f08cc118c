import CKernels
import Glibc

/// What the operands of products in linear layers and convolutions, and in their gradients, are rounded to. Sums are always
/// float32, and so is everything else: attention, `matmul`, normalization, the weights themselves and the optimizer.
public enum ProductPrecision: String, Sendable, CaseIterable {
    /// Operands are not rounded.
    case float32
    /// Eight significant bits and the range of float32; twice the products a second where the processor has AVX512_BF16.
    case bfloat16 = "bf16"

    /// Thrown where the processor lacks a precision: no other one is used instead.
    public struct Unsupported: Error, CustomStringConvertible {
        /// The precision that it lacks.
        public let precision: ProductPrecision

        /// The error as a message.
        public var description: String { "this processor has no products of \(precision.rawValue) (AVX512_BF16)" }
    }

    /// Whether this processor has the precision.
    public var isSupported: Bool { isSupported(hasBfloat16: bas_has_bfloat16() != 0) }

    /// The same for a processor that has products of bfloat16, or not.
    func isSupported(hasBfloat16: Bool) -> Bool { self == .float32 || hasBfloat16 }

    // A variable of the thread, since a session's scopes open and close without a closure around them.
    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        pthread_key_create(&key, nil)
        return key
    }()

    /// The precision on the calling thread, which the tasks that it gives to others inherit.
    public static var current: ProductPrecision { pthread_getspecific(key) == nil ? .float32 : .bfloat16 }

    private func set() {
        // Any address but nil says bfloat16.
        pthread_setspecific(Self.key, self == .float32 ? nil : UnsafeRawPointer(bitPattern: 1))
    }

    /// Sets the precision of the calling thread; returns a function that restores the former one on this thread. Throws
    /// `Unsupported`.
    public func enter() throws -> @Sendable () -> Void {
        guard isSupported else { throw Unsupported(precision: self) }
        let before = Self.current
        set()
        return { before.set() }
    }

    /// Runs `body` with this precision. Throws `Unsupported`, and what `body` throws.
    public func during<T>(_ body: () throws -> T) throws -> T {
        let leave = try enter()
        defer { leave() }
        return try body()
    }

    /// Runs `body` with this precision, which another thread has entered already.
    func handedOn<T>(_ body: () throws -> T) rethrows -> T {
        let before = Self.current
        set()
        defer { before.set() }
        return try body()
    }
}

extension ProductPrecision {
    /// y [rows, n] = x [rows, k] · B + bias + residual on the calling thread, for the panels `panels` of a B that is packed
    /// in this precision. Rows of y and residual are n floats apart, those of x k.
    func product(
        _ y: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>, rows: Int, k: Int, by packed: UnsafePointer<Float>, n: Int,
        panels: Range<Int>, bias: UnsafePointer<Float>? = nil, residual: UnsafePointer<Float>? = nil
    ) {
        switch self {
        case .float32:
            bas_product(y, n, x, k, rows, k, packed, 0, n, panels.lowerBound, panels.upperBound, bias, residual)
        case .bfloat16:
            let workspace = Storage(count: bas_product_bfloat16_workspace(k))
            defer { keepAlive(workspace) }
            bas_product_bfloat16(
                y, n, x, k, rows, k, packed, n, panels.lowerBound, panels.upperBound, bias, residual, workspace.pointer)
        }
    }
}
