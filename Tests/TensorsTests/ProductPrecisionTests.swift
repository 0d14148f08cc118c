import Synchronization
import TestSupport
import Testing

@testable import Tensors

/// Where a precision holds, and that none is replaced by another.
@Suite struct ProductPrecisionTests {
    @Test func processorsWithoutInstructionsSupportFloat32Only() {
        #expect(ProductPrecision.float32.isSupported(hasBfloat16: false))
        #expect(!ProductPrecision.bfloat16.isSupported(hasBfloat16: false))
        let text = ProductPrecision.Unsupported(precision: .bfloat16).description
        #expect(text == "this processor has no products of bf16 (AVX512_BF16)")
    }

    @Test func whatIsUnsupportedIsRefused() throws {
        guard !ProductPrecision.bfloat16.isSupported else { return }
        #expect(throws: ProductPrecision.Unsupported.self) { try ProductPrecision.bfloat16.during {} }
        #expect(throws: ProductPrecision.Unsupported.self) { _ = try ProductPrecision.bfloat16.enter() }
        #expect(ProductPrecision.current == .float32)
    }

    private struct Failure: Error {}

    @Test(.enabled(if: ProductPrecision.bfloat16.isSupported, "this processor has no AVX512_BF16"))
    func scopesNestAndEnd() throws {
        #expect(ProductPrecision.current == .float32)
        try ProductPrecision.bfloat16.during {
            #expect(ProductPrecision.current == .bfloat16)
            try ProductPrecision.float32.during { #expect(ProductPrecision.current == .float32) }
            #expect(ProductPrecision.current == .bfloat16)
        }
        #expect(throws: Failure.self) { try ProductPrecision.bfloat16.during { throw Failure() } }
        #expect(ProductPrecision.current == .float32)
        let leave = try ProductPrecision.bfloat16.enter()
        #expect(ProductPrecision.current == .bfloat16)
        leave()
        #expect(ProductPrecision.current == .float32)
    }

    /// The tasks of a scope have its precision on every thread, and those outside of it have theirs.
    @Test(.enabled(if: ProductPrecision.bfloat16.isSupported, "this processor has no AVX512_BF16"))
    func threadsTakeItOver() throws {
        func seen() -> Set<ProductPrecision> {
            let all = Mutex<Set<ProductPrecision>>([])
            Parallel.$schedule.withValue(.threads(4)) {
                Parallel.run(tasks: 64) { _ in all.withLock { _ = $0.insert(.current) } }
                Parallel.lanes(4) { _ in all.withLock { _ = $0.insert(.current) } }
            }
            return all.withLock { $0 }
        }
        #expect(seen() == [.float32])
        #expect(try ProductPrecision.bfloat16.during(seen) == [.bfloat16])
        #expect(seen() == [.float32])
    }
}
