import Glibc
import Synchronization

/// The caching allocator: free lists by size class. A training step asks for the same sizes again and again, so after the
/// first ones it allocates nothing from the system.
public final class MemoryPool: Sendable {
    /// The allocator of all tensors.
    public static let shared = MemoryPool()

    private struct State: @unchecked Sendable {
        var free: [Int: [UnsafeMutablePointer<Float>]] = [:]
        /// When each size was last taken or given back, by `clock`.
        var lastUse: [Int: Int] = [:]
        var clock = 0
        var cachedBytes = 0
        var usedBytes = 0
        var peakBytes = 0
    }
    private let state = Mutex(State())
    /// The bytes that the free lists may hold; blocks beyond it go back to the system.
    private let cacheLimit = 2 << 30
    /// While fewer bytes are in use and cached together, no cached block is released.
    private let smallTotal = 3 << 30

    /// The bytes in use now.
    public var usedBytes: Int { state.withLock { $0.usedBytes } }
    /// The most bytes that were in use at a time, since the start or the last `resetPeak`.
    public var peakBytes: Int { state.withLock { $0.peakBytes } }

    /// Sets the peak to the bytes in use now.
    public func resetPeak() { state.withLock { $0.peakBytes = $0.usedBytes } }

    /// The size that `count` floats are rounded up to: eight steps per power of two, so that at most an eighth is wasted
    /// and similar sizes share a list. Large sizes, such as those of weights and moments, have 64 steps.
    static func sizeClass(_ count: Int) -> Int {
        guard count > 64 else { return max(16, (count + 15) & ~15) }
        let power = Int.bitWidth - 1 - (count - 1).leadingZeroBitCount
        let step = max(16, 1 << (power - (count >= largest ? 6 : 3)))
        return (count + step - 1) / step * step
    }

    /// A block for at least `count` floats, and its capacity; ends the process where the system has no memory left.
    func take(_ count: Int) -> (UnsafeMutablePointer<Float>, Int) {
        let capacity = Self.sizeClass(count)
        let bytes = capacity * MemoryLayout<Float>.stride
        var stale: [(UnsafeMutablePointer<Float>, Int)] = []
        let cached: UnsafeMutablePointer<Float>? = state.withLock { state in
            state.usedBytes += bytes
            state.peakBytes = max(state.peakBytes, state.usedBytes)
            touch(capacity, &state)
            guard let block = state.free[capacity]?.popLast() else {
                stale = surplus(&state)
                return nil
            }
            state.cachedBytes -= bytes
            return block
        }
        stale.forEach { Self.release($0.0, $0.1) }
        if let block = cached ?? Self.allocate(bytes) { return (block, capacity) }
        // The free lists may hold the memory that is missing.
        trim()
        guard let block = Self.allocate(bytes) else { Self.exhausted(bytes) }
        return (block, capacity)
    }

    private func touch(_ capacity: Int, _ state: inout State) {
        guard state.usedBytes + state.cachedBytes > smallTotal / 2 else { return }
        state.clock += 1
        state.lastUse[capacity] = state.clock
    }

    /// Cached blocks that are released because a new one would make the process too large: it stays near the most memory
    /// that was in use at a time. Sizes that were not needed for the longest time go first.
    private func surplus(_ state: inout State) -> [(UnsafeMutablePointer<Float>, Int)] {
        let limit = max(smallTotal, state.peakBytes + state.peakBytes / 16)
        guard state.usedBytes + state.cachedBytes > limit else { return [] }
        var stale: [(UnsafeMutablePointer<Float>, Int)] = []
        for capacity in state.free.keys.sorted(by: { state.lastUse[$0, default: 0] < state.lastUse[$1, default: 0] }) {
            while state.usedBytes + state.cachedBytes > limit, let block = state.free[capacity]?.popLast() {
                state.cachedBytes -= capacity * MemoryLayout<Float>.stride
                stale.append((block, capacity))
            }
        }
        return stale
    }

    /// Takes a block back, into the free lists or to the system.
    func give(_ pointer: UnsafeMutablePointer<Float>, _ capacity: Int) {
        let bytes = capacity * MemoryLayout<Float>.stride
        let kept = state.withLock { state in
            state.usedBytes -= bytes
            touch(capacity, &state)
            guard state.cachedBytes + bytes <= cacheLimit else { return false }
            state.free[capacity, default: []].append(pointer)
            state.cachedBytes += bytes
            return true
        }
        if !kept { Self.release(pointer, capacity) }
    }

    /// Gives all cached blocks back to the system if they are more than `limit` bytes.
    public func trim(above limit: Int = 0) {
        let blocks = state.withLock { state -> [Int: [UnsafeMutablePointer<Float>]] in
            guard state.cachedBytes > limit else { return [:] }
            defer { state.free = [:]; state.cachedBytes = 0 }
            return state.free
        }
        for (capacity, pointers) in blocks { pointers.forEach { Self.release($0, capacity) } }
    }

    /// Memory with room for a vector behind the block: products read the last columns of a matrix in whole vectors
    /// (CKernels.h).
    private static func allocate(_ size: Int) -> UnsafeMutablePointer<Float>? {
        let bytes = size + 64
        var raw: UnsafeMutableRawPointer?
        if size >= largest * MemoryLayout<Float>.stride {
            raw = map(bytes)
        } else if posix_memalign(&raw, 64, bytes) != 0 {
            raw = nil
        }
        return raw?.assumingMemoryBound(to: Float.self)
    }

    /// Ends the process where the system refuses memory, although callers check sizes against their budget: with a message,
    /// and the code that sysexits.h has for errors of the system.
    private static func exhausted(_ bytes: Int) -> Never {
        let text = "bas: out of memory: the system refuses \(bytes >> 20) MiB more (ulimit -v, or a container's limit)\n"
        _ = text.withCString { write(STDERR_FILENO, $0, strlen($0)) }
        exit(71)
    }

    /// The floats from which on a block has pages of its own: all of it goes back to the system, and alignment costs no
    /// memory.
    private static let largest = 1 << 20
    private static let hugePage = 2 << 20

    /// Whole pages that begin at a huge page; nil where the system has none left.
    private static func map(_ bytes: Int) -> UnsafeMutableRawPointer? {
        let wanted = mappedBytes(bytes)
        guard let start = mmap(nil, wanted + hugePage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), start != MAP_FAILED
        else { return nil }
        let before = (hugePage - Int(bitPattern: start) % hugePage) % hugePage
        if before > 0 { munmap(start, before) }
        let block = start + before
        if before < hugePage { munmap(block + wanted, hugePage - before) }
        madvise(block, wanted, MADV_HUGEPAGE)
        return block
    }

    private static func mappedBytes(_ bytes: Int) -> Int { (bytes + 4095) & ~4095 }

    private static func release(_ pointer: UnsafeMutablePointer<Float>, _ capacity: Int) {
        guard capacity >= largest else { return Glibc.free(pointer) }
        munmap(pointer, mappedBytes(capacity * MemoryLayout<Float>.stride + 64))
    }
}
