/// A variable that outlives the call that made it: a global, or a local that an inner function mentions.
final class Box: @unchecked Sendable {
    // Touched only by the session's evaluator thread.
    let name: String
    var value: Value?

    init(_ name: String, _ value: Value? = nil) {
        self.name = name
        self.value = value
    }

    /// Assigns a value; a long list that was there before is released on a thread of its own.
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

/// The reason why a block ended before its last statement.
enum Signal {
    case none, breaks, continues, returns
}

/// Carries a `Signal` out of the middle of an expression, up to a loop or a call.
struct Unwind: Error {}

/// The local variables of one call. Slots hold those that only this call sees, boxes those that inner functions share.
final class Frame {
    let machine: Machine
    /// The function that is called; nil for a file's statements.
    let function: FunctionValue?
    let captures: [Box]
    private let slots: UnsafeMutablePointer<Value?>
    private let slotCount: Int
    var boxes: [Box]
    /// The reason why the current block ended early.
    var signal = Signal.none
    /// The value of `return`, while `signal` is `.returns`.
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

    /// The value in a slot, nil before it is assigned. The compiler gives out slots below `slotCount` only; others are not checked.
    subscript(slot: Int) -> Value? {
        @inline(__always) get { slots[slot] }
        @inline(__always) set { slots[slot] = newValue }
    }

    /// Empties the slots of a call that has ended.
    func releaseSlots() { for slot in 0..<slotCount { slots[slot] = nil } }

    func box(_ index: Int) -> Box { boxes[index] }

    /// Replaces a variable by a new one, so that closures made in earlier iterations keep theirs.
    func renew(_ index: Int, _ value: Value) {
        boxes[index] = Box(boxes[index].name, value)
    }
}
