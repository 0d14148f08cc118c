import CKernels
import Glibc
import Synchronization

/// A block of memory, 64-byte aligned, taken from and given back to the caching allocator: float32, or numbers of 16
/// bits as a file had them (`HalfFormat`).
///
/// Shared by every tensor that views it; written only by its creator before it is shared, or through
/// `Tensor.mutate`, which copies where it is shared.
public final class Storage: @unchecked Sendable {
    /// Floats that fit, at least as many as were asked for.
    public let capacity: Int
    private let memory: UnsafeMutablePointer<Float>
    /// What lies in `memory`, where it is not float32, and how many numbers.
    let half: (format: HalfFormat, count: Int)?
    /// The same in float32, once somebody has read it as such.
    private let wide = Mutex<Block?>(nil)
    /// Forms of what lies here that products read, dropped when it is written.
    private let forms = Mutex<[PackedMatrix.Key: PackedMatrix]>([:])
    /// A number that changes with every write after the first: equal numbers, equal contents.
    private let state: Atomic<Int>

    private static let states = Atomic(0)

    private struct Block: @unchecked Sendable {
        let pointer: UnsafeMutablePointer<Float>, capacity: Int
    }

    /// Uninitialised memory for `count` floats.
    public convenience init(count: Int) { self.init(floats: count, half: nil, state: Self.newState) }

    /// Uninitialised memory for `count` numbers of 16 bits.
    convenience init(count: Int, _ format: HalfFormat) {
        self.init(floats: (count + 1) / 2, half: (format, count), state: Self.newState)
    }

    /// A float32 copy of `count` elements from `offset` on, which `of` has in 16 bits: the same contents, so the same
    /// state.
    convenience init(widening of: Storage, from offset: Int, count: Int) {
        self.init(floats: count, half: nil, state: of.stateNumber)
        of.widen(from: offset, count: count, into: memory)
    }

    private init(floats: Int, half: (format: HalfFormat, count: Int)?, state: Int) {
        (memory, capacity) = MemoryPool.shared.take(floats)
        self.half = half
        self.state = Atomic(state)
    }

    private static var newState: Int { states.add(1, ordering: .relaxed).newValue }

    static let empty = Storage(count: 0)

    deinit {
        MemoryPool.shared.give(memory, capacity)
        if let wide = wide.withLock({ $0 }) { MemoryPool.shared.give(wide.pointer, wide.capacity) }
    }

    /// The elements as float32. What lies here in 16 bits is widened once and kept twice from then on: what reads
    /// weights asks for `Tensor.widened` or `Tensor.halves` instead.
    public var pointer: UnsafeMutablePointer<Float> {
        guard let half else { return memory }
        return wide.withLock { wide in
            if let wide { return wide.pointer }
            let (pointer, capacity) = MemoryPool.shared.take(half.count)
            widen(from: 0, count: half.count, into: pointer)
            wide = Block(pointer: pointer, capacity: capacity)
            return pointer
        }
    }

    /// The elements of 16 bits; only where `half` says that there are such.
    var halves: UnsafeMutablePointer<UInt16> { UnsafeMutableRawPointer(memory).assumingMemoryBound(to: UInt16.self) }

    private func widen(from offset: Int, count: Int, into target: UnsafeMutablePointer<Float>) {
        guard let half else { return }
        let (source, format) = (halves + offset, half.format.rawValue)
        let tasks = Parallel.tasks(work: count)
        Parallel.run(tasks: tasks, always: true) { task in
            let part = Parallel.range(task, of: tasks, count: count, alignment: 16)
            bas_widen(target + part.lowerBound, source + part.lowerBound, format, part.count)
        }
    }

    func packed(_ key: PackedMatrix.Key) -> PackedMatrix? { forms.withLock { $0[key] } }

    func keep(_ form: PackedMatrix, as key: PackedMatrix.Key) { forms.withLock { $0[key] = form } }

    var stateNumber: Int { state.load(ordering: .relaxed) }

    /// What lies here is about to change.
    func willChange() {
        state.store(Self.states.add(1, ordering: .relaxed).newValue, ordering: .relaxed)
        forms.withLock { if !$0.isEmpty { $0 = [:] } }
    }
}
