import Glibc
import Synchronization

/// The caching allocator: free lists keyed by size class. A training step asks for the same sizes again and again,
/// so a steady step allocates nothing from the system.
public final class MemoryPool: Sendable {
    public static let shared = MemoryPool()

    private struct State: @unchecked Sendable {
        var free: [Int: [UnsafeMutablePointer<Float>]] = [:]
        /// When each size was last asked for or given back.
        var lastUse: [Int: Int] = [:]
        var clock = 0
        var cachedBytes = 0
        var usedBytes = 0
        var peakBytes = 0
    }
    private let state = Mutex(State())
    /// Bytes that may lie in the free lists; what comes back beyond goes to the system.
    private let cacheLimit = 2 << 30
    /// Below this many bytes, live and cached together, the cache is left alone.
    private let smallTotal = 3 << 30

    /// Bytes in live tensors now, and the most there ever were.
    public var usedBytes: Int { state.withLock { $0.usedBytes } }
    public var peakBytes: Int { state.withLock { $0.peakBytes } }

    /// Begins to look for the most anew.
    public func resetPeak() { state.withLock { $0.peakBytes = $0.usedBytes } }

    /// Sizes are rounded up to eight steps a power of two: at most an eighth is wasted, and sizes that differ
    /// little share a list. Large ones, of which weights and moments are, to a page's size or a 64th.
    static func sizeClass(_ count: Int) -> Int {
        guard count > 64 else { return max(16, (count + 15) & ~15) }
        let power = Int.bitWidth - 1 - (count - 1).leadingZeroBitCount
        let step = max(16, 1 << (power - (count >= largest ? 6 : 3)))
        return (count + step - 1) / step * step
    }

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
        // What is kept for later may be what is missing now.
        trim()
        guard let block = Self.allocate(bytes) else { Self.exhausted(bytes) }
        return (block, capacity)
    }

    private func touch(_ capacity: Int, _ state: inout State) {
        guard state.usedBytes + state.cachedBytes > smallTotal / 2 else { return }
        state.clock += 1
        state.lastUse[capacity] = state.clock
    }

    /// Cached blocks that a new one makes too many: a large model's process stays near the most that was alive at a
    /// time. Those sizes go first that were not needed for the longest time.
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

    /// Gives all cached blocks back to the system, where they are more than `limit` bytes.
    public func trim(above limit: Int = 0) {
        let blocks = state.withLock { state -> [Int: [UnsafeMutablePointer<Float>]] in
            guard state.cachedBytes > limit else { return [:] }
            defer { state.free = [:]; state.cachedBytes = 0 }
            return state.free
        }
        for (capacity, pointers) in blocks { pointers.forEach { Self.release($0, capacity) } }
    }

    /// With a vector's room behind: products read the last columns of a matrix in whole vectors (CKernels.h).
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

    /// The system gives no more, although callers check sizes against their budget: nothing can be finished, but the
    /// process ends in order, by sysexits' code for the system's errors.
    private static func exhausted(_ bytes: Int) -> Never {
        let text = "bas: out of memory: the system refuses \(bytes >> 20) MiB more (ulimit -v, or a container's limit)\n"
        _ = text.withCString { write(STDERR_FILENO, $0, strlen($0)) }
        exit(71)
    }

    /// Floats from which on a block has pages of its own: nothing of it stays with the process once it is given back, and
    /// no alignment is paid for with memory.
    private static let largest = 1 << 20
    private static let hugePage = 2 << 20

    /// Whole pages that begin at a huge one; nil where there are none.
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
