/// Inner functions that call each other are held by variables that they hold: counting references alone would never
/// release them.
extension Frame {
    /// Empties, when the call has ended, the variables that only the call's own functions can still reach: such functions and variables
    /// hold each other, and reference counting alone would not release them. Where someone else holds one of them nothing changes, and the
    /// machine tries again later.
    func releaseCycles() {
        guard var cycle = ClosureCycle(boxes) else { return }
        releaseSlots()
        // The call has ended: nobody reads its variables through this frame any more.
        boxes = []
        if !cycle.release() { machine.escaped.append(cycle) }
    }
}

/// Variables that hold functions which capture these variables: a reference cycle.
struct ClosureCycle {
    private var boxes: [Box]

    /// A captured variable: one of the cycle's, by its index, or another one.
    private enum Capture {
        case own(Int)
        case other(Box)
    }

    /// Picks those variables whose functions capture one of the picked variables; nil where there are none. A variable that leads into no
    /// cycle, such as a parameter that holds someone else's function, is left out.
    init?(_ boxes: [Box]) {
        guard boxes.contains(where: { Self.closure(in: $0) != nil }) else { return nil }
        self.boxes = boxes
        var count = 0
        repeat {
            count = self.boxes.count
            let own = Set(self.boxes.map { ObjectIdentifier($0) })
            self.boxes.removeAll { box in !(Self.closure(in: box)?.captures.contains { own.contains(ObjectIdentifier($0)) } ?? false) }
        } while self.boxes.count < count
        if count == 0 { return nil }
        // A fresh array: a shared buffer would count as another holder of the variables in `release`.
        self.boxes = self.boxes.map { $0 }
    }

    /// Empties the variables if nothing but their own functions reaches them, and returns whether that was so; otherwise nothing changes.
    /// The caller must be the only holder of this value.
    mutating func release() -> Bool {
        var places: [ObjectIdentifier: Int] = [:]
        for place in boxes.indices { places[ObjectIdentifier(boxes[place])] = place }
        var (functions, holders, captures) = ([FunctionValue](), [(box: Int, function: Int)](), [[Capture]]())
        for place in boxes.indices {
            guard case .function(let function)? = boxes[place].value else { continue }
            holders.append((place, functions.firstIndex { $0 === function } ?? functions.count))
            if holders[holders.count - 1].function == functions.count { functions.append(function) }
        }
        for holder in holders { boxes[holder.box].value = nil }
        for function in functions {
            captures.append(function.closure?.captures.map { box in places[ObjectIdentifier(box)].map { .own($0) } ?? .other(box) } ?? [])
            function.closure?.captures = []
        }
        // From here on only holders outside of the cycle count.
        let isUnreachable =
            functions.indices.allSatisfy { isKnownUniquelyReferenced(&functions[$0]) }
            && holders.allSatisfy { isKnownUniquelyReferenced(&boxes[$0.box]) }
        if isUnreachable { return true }
        for (function, captures) in zip(functions, captures) {
            function.closure?.captures = captures.map { capture in
                switch capture {
                case .own(let place): boxes[place]
                case .other(let box): box
                }
            }
        }
        for holder in holders { boxes[holder.box].value = .function(functions[holder.function]) }
        return false
    }

    /// Breaks the cycle whoever holds it, when the session has ended.
    func dissolve() {
        for box in boxes {
            let function = box.value
            box.value = nil
            if case .function(let function)? = function { function.closure?.captures = [] }
        }
    }

    /// Returns the closure that a variable holds, or nil.
    private static func closure(in box: Box) -> Closure? {
        if case .function(let function)? = box.value { function.closure } else { nil }
    }

    /// The cycle by weak references to its variables.
    var weakly: Weak { Weak(boxes) }

    /// A cycle that does not keep its variables alive.
    struct Weak {
        private struct Reference { weak var box: Box? }
        private let references: [Reference]

        fileprivate init(_ boxes: [Box]) { references = boxes.map { Reference(box: $0) } }

        /// The cycle, or nil where it no longer exists.
        var cycle: ClosureCycle? { ClosureCycle(references.compactMap(\.box)) }
    }
}

/// The cycles that someone else held when their call ended. They are tried again between runs, and within a run whenever twice as many have
/// gathered as were left the last time.
struct EscapedCycles {
    private var cycles: [ClosureCycle.Weak] = []
    /// The number of cycles at which they are tried again.
    private var lookAt = EscapedCycles.fewest
    private static let fewest = 64

    /// The number of cycles that have not been released.
    var count: Int { cycles.count }

    /// Keeps a cycle, and tries to release all of them where many have gathered.
    mutating func append(_ cycle: ClosureCycle) {
        cycles.append(cycle.weakly)
        if cycles.count >= lookAt { releaseUnreachable() }
    }

    /// Releases the cycles that nobody else holds any more.
    mutating func releaseUnreachable() {
        // A cycle may be held by one that was made later, so the newest comes first.
        for place in cycles.indices.reversed() {
            guard var cycle = cycles[place].cycle, !cycle.release() else {
                cycles.remove(at: place)
                continue
            }
        }
        lookAt = max(EscapedCycles.fewest, 2 * cycles.count)
    }

    /// Breaks all of the cycles.
    mutating func dissolve() {
        for cycle in cycles { cycle.cycle?.dissolve() }
        cycles = []
    }
}
