/// A variable that outlives the call that made it: a global, or a local that an inner function mentions.
final class Box: @unchecked Sendable {
    // Touched only by the session's evaluator thread.
    let name: String
    var value: Value?

    init(_ name: String, _ value: Value? = nil) {
        self.name = name
        self.value = value
    }

    /// Binds the name anew.
    @inline(__always)
    func bind(_ new: Value) {
        if isLong { dispose() }
        value = new
    }

    @inline(__always)
    private var isLong: Bool {
        if case .list(let items)? = value { Disposal.isLengthy(items) } else { false }
    }

    @inline(never)
    private func dispose() {
        var old = [value].compactMap(\.self)
        value = nil
        Disposal.release(&old)
    }
}

/// Why a block ended before its last statement.
enum Signal {
    case none, breaks, continues, returns
}

/// Carries a `Signal` out of the middle of an expression, where no block is there to look at it.
struct Unwind: Error {}

/// The locals of one call. Slots hold what only this call sees; boxes what inner functions share.
final class Frame {
    let machine: Machine
    /// The function whose call this is.
    let function: FunctionValue?
    let captures: [Box]
    private let slots: UnsafeMutablePointer<Value?>
    private let slotCount: Int
    var boxes: [Box]
    var signal = Signal.none
    /// The value of `return` while `signal` is `.returns`.
    var returned = Value.none

    init(
        machine: Machine, slots count: Int, boxes boxNames: [String], captures: [Box],
        function: FunctionValue? = nil
    ) {
        self.machine = machine
        self.function = function
        self.captures = captures
        slotCount = count
        slots = UnsafeMutablePointer<Value?>.allocate(capacity: max(count, 1))
        slots.initialize(repeating: nil, count: count)
        boxes = boxNames.isEmpty ? [] : boxNames.map { Box($0) }
    }

    deinit {
        slots.deinitialize(count: slotCount)
        slots.deallocate()
    }

    /// The resolver gives out slots below `slotCount` only.
    subscript(slot: Int) -> Value? {
        @inline(__always) get { slots[slot] }
        @inline(__always) set { slots[slot] = newValue }
    }

    /// Nothing of this call will look at them any more.
    func releaseSlots() { for slot in 0..<slotCount { slots[slot] = nil } }

    func box(_ index: Int) -> Box { boxes[index] }

    /// A new variable in the place of the old one, so that closures of earlier iterations keep theirs.
    func renew(_ index: Int, _ value: Value) {
        boxes[index] = Box(boxes[index].name, value)
    }
}
