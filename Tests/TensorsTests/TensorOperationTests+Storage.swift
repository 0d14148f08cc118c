import Testing

@testable import Tensors

/// The allocator's size classes and its books. Other suites allocate meanwhile, so counts are compared only
/// where nothing else can interfere.
@Suite struct MemoryPoolTests {
    @Test func sizeClassesHoldAndWasteLittle() {
        var last = 0
        for count in Array(0...5000) + [1 << 16, (1 << 16) + 1, 3_000_001, 1 << 28] {
            let capacity = MemoryPool.sizeClass(count)
            #expect(capacity >= count && capacity >= 16)
            #expect(capacity % 16 == 0, "blocks stay 64-byte aligned")
            #expect(capacity >= last, "classes grow with sizes")
            #expect(MemoryPool.sizeClass(capacity) == capacity, "a class is its own")
            if count > 128 { #expect(capacity - count <= count / 8, "\(count) in \(capacity)") }
            last = capacity
        }
    }

    /// Between two powers of two there are eight classes, so that training's sizes find each other's blocks; of large
    /// ones 64, since an eighth of a model's weights is much.
    @Test(arguments: [(256, 8), (1024, 8), (1 << 18, 8), (1 << 20, 64)])
    func classesAPowerOfTwo(size: Int, count: Int) {
        let classes = Set((size + 1...2 * size).map(MemoryPool.sizeClass))
        #expect(classes.count == count)
    }

    @Test func blocksAreAlignedAndReused() {
        // A size that nothing else here uses.
        let count = 7_654_321
        var first: Storage? = Storage(count: count)
        let address = first?.pointer
        #expect(UInt(bitPattern: address) % 64 == 0)
        first = nil
        let second = Storage(count: count - 5)
        #expect(second.pointer == address)
        #expect(second.capacity >= count)
    }

    @Test func peakIsAtLeastWhatIsUsed() {
        let block = Storage(count: 9_000_000)
        #expect(MemoryPool.shared.usedBytes >= 36_000_000)
        #expect(MemoryPool.shared.peakBytes >= 36_000_000)
        keepAlive(block)
    }

    @Test func emptyTensors() {
        let empty = Tensor.zeros([0, 3])
        #expect(empty.values.isEmpty && empty.sum == 0)
        #expect((empty + empty).shape == [0, 3])
    }
}
