import CKernels
import Glibc

/// What operands of products are rounded to in linear layers and convolutions, in their gradients too. Sums are float32
/// always, and so is everything else: attention, `matmul`, normalization, the weights themselves and the optimizer.
public enum ProductPrecision: String, Sendable, CaseIterable {
    case float32
    /// Eight significant bits and the range of float32; twice the products a second where the processor has AVX512_BF16.
    case bfloat16 = "bf16"

    /// Thrown where the processor lacks a precision: nothing is computed in another one instead.
    public struct Unsupported: Error, CustomStringConvertible {
        public let precision: ProductPrecision

        public var description: String { "this processor has no products of \(precision.rawValue) (AVX512_BF16)" }
    }

    /// Can this processor?
    public var isSupported: Bool { isSupported(hasBfloat16: bas_has_bfloat16() != 0) }

    func isSupported(hasBfloat16: Bool) -> Bool { self == .float32 || hasBfloat16 }

    // A thread's own, since a session's scopes open and close without a closure around them.
    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        pthread_key_create(&key, nil)
        return key
    }()

    /// On this thread, and in the tasks that it gives to others.
    public static var current: ProductPrecision { pthread_getspecific(key) == nil ? .float32 : .bfloat16 }

    private func set() {
        // Any address but nil says bfloat16.
        pthread_setspecific(Self.key, self == .float32 ? nil : UnsafeRawPointer(bitPattern: 1))
    }

    /// Products of this thread have this precision from here on; returns what sets the former again, on this thread.
    /// Throws `Unsupported`.
    public func enter() throws -> @Sendable () -> Void {
        guard isSupported else { throw Unsupported(precision: self) }
        let before = Self.current
        set()
        return { before.set() }
    }

    /// Within `body`, products have this precision. Throws `Unsupported`, and what `body` throws.
    public func during<T>(_ body: () throws -> T) throws -> T {
        let leave = try enter()
        defer { leave() }
        return try body()
    }

    /// The same of one that another thread entered.
    func handedOn<T>(_ body: () throws -> T) rethrows -> T {
        let before = Self.current
        set()
        defer { before.set() }
        return try body()
    }
}

extension ProductPrecision {
    /// y [rows, n] = x [rows, k] · B + bias + residual by a packed B of this precision, its panels `panels`, on this
    /// thread; rows of y and residual are n apart, those of x k.
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
