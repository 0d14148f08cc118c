import CKernels
import Glibc
import Synchronization

/// A block of memory from the caching allocator, 64-byte aligned: float32, or numbers of 16 bits as a file had them
/// (`HalfFormat`).
///
/// It is shared by every tensor that views it. It is written only by its creator before it is shared, or by
/// `Tensor.mutate`, which copies it first where it is shared.
public final class Storage: @unchecked Sendable {
    /// The floats that fit, at least as many as were asked for.
    public let capacity: Int
    private let memory: UnsafeMutablePointer<Float>
    /// The format and the number of elements of 16 bits; nil for float32.
    let half: (format: HalfFormat, count: Int)?
    /// Elements of 16 bits widened to float32, once somebody has read `pointer`.
    private let wide = Mutex<Block?>(nil)
    /// Packed forms of the contents, dropped when these are written.
    private let forms = Mutex<[PackedMatrix.Key: PackedMatrix]>([:])
    /// A number that changes with every write after the first: equal numbers mean equal contents.
    private let state: Atomic<Int>

    private static let states = Atomic(0)

    private struct Block: @unchecked Sendable {
        let pointer: UnsafeMutablePointer<Float>, capacity: Int
    }

    /// Uninitialized memory for `count` floats.
    public convenience init(count: Int) { self.init(floats: count, half: nil, state: Self.newState) }

    /// Uninitialized memory for `count` numbers of 16 bits.
    convenience init(count: Int, _ format: HalfFormat) {
        self.init(floats: (count + 1) / 2, half: (format, count), state: Self.newState)
    }

    /// A float32 copy of `count` elements from `offset` on of a storage of 16 bits. Its contents are the same, so its state
    /// is too.
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

    /// A storage without elements.
    static let empty = Storage(count: 0)

    deinit {
        MemoryPool.shared.give(memory, capacity)
        if let wide = wide.withLock({ $0 }) { MemoryPool.shared.give(wide.pointer, wide.capacity) }
    }

    /// The address of the elements as float32. Elements of 16 bits are widened on the first access, and kept in both
    /// formats from then on: readers of weights use `Tensor.widened` or `Tensor.halves` instead.
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

    /// The address of elements of 16 bits; valid only where `half` is not nil.
    var halves: UnsafeMutablePointer<UInt16> { UnsafeMutableRawPointer(memory).assumingMemoryBound(to: UInt16.self) }

    /// Widens `count` elements of 16 bits from `offset` on.
    private func widen(from offset: Int, count: Int, into target: UnsafeMutablePointer<Float>) {
        guard let half else { return }
        let (source, format) = (halves + offset, half.format.rawValue)
        let tasks = Parallel.tasks(work: count)
        Parallel.run(tasks: tasks, always: true) { task in
            let part = Parallel.range(task, of: tasks, count: count, alignment: 16)
            bas_widen(target + part.lowerBound, source + part.lowerBound, format, part.count)
        }
    }

    /// The packed form that is kept for `key`; nil where there is none.
    func packed(_ key: PackedMatrix.Key) -> PackedMatrix? { forms.withLock { $0[key] } }

    /// Keeps a packed form until the contents are written.
    func keep(_ form: PackedMatrix, as key: PackedMatrix.Key) { forms.withLock { $0[key] = form } }

    /// The number of the contents' current state.
    var stateNumber: Int { state.load(ordering: .relaxed) }

    /// Marks the contents as changed, and drops what was derived from them; called before they are written.
    func willChange() {
        state.store(Self.states.add(1, ordering: .relaxed).newValue, ordering: .relaxed)
        forms.withLock { if !$0.isEmpty { $0 = [:] } }
    }
}
