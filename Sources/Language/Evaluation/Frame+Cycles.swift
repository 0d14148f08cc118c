/// Inner functions that call each other are held by variables that they hold: counting references alone would never
/// release them.
extension Frame {
    /// Called when the call has ended: empties those variables that only its own functions can still reach. Where anyone
    /// else holds such a function or variable, all stay as they are, and the machine looks again later.
    func releaseCycles() {
        guard var cycle = ClosureCycle(boxes) else { return }
        releaseSlots()
        // The call has ended: nobody reads its variables through this frame any more.
        boxes = []
        if !cycle.release() { machine.escaped.append(cycle) }
    }
}

/// Variables whose functions hold each other through them.
struct ClosureCycle {
    private var boxes: [Box]

    /// A captured variable: one of the cycle's, by its place, or another.
    private enum Capture {
        case own(Int)
        case other(Box)
    }

    /// Those of the variables whose functions capture one of them; nil where there is none. What leads to no cycle, such as
    /// a parameter that holds a function of somebody else's, is no part of it.
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
        // A buffer that nobody shares: `release` asks who holds the variables.
        self.boxes = self.boxes.map { $0 }
    }

    /// Empties the variables where nothing but their own functions reaches them; false where somebody else does, and
    /// nothing has changed. To be called by the only holder of this value.
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
        // Now nothing of the cycle holds them any more.
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

    /// Takes the variables' functions apart whoever holds them: when the session has ended.
    func dissolve() {
        for box in boxes {
            let function = box.value
            box.value = nil
            if case .function(let function)? = function { function.closure?.captures = [] }
        }
    }

    private static func closure(in box: Box) -> Closure? {
        if case .function(let function)? = box.value { function.closure } else { nil }
    }

    /// The variables without holding them.
    var weakly: Weak { Weak(boxes) }

    struct Weak {
        private struct Reference { weak var box: Box? }
        private let references: [Reference]

        fileprivate init(_ boxes: [Box]) { references = boxes.map { Reference(box: $0) } }

        /// nil where the cycle is no more.
        var cycle: ClosureCycle? { ClosureCycle(references.compactMap(\.box)) }
    }
}

/// Cycles that somebody held when their call ended: looked at again between runs, and within one whenever there are twice
/// as many as were left the last time.
struct EscapedCycles {
    private var cycles: [ClosureCycle.Weak] = []
    private var lookAt = EscapedCycles.fewest
    private static let fewest = 64

    var count: Int { cycles.count }

    mutating func append(_ cycle: ClosureCycle) {
        cycles.append(cycle.weakly)
        if cycles.count >= lookAt { releaseUnreachable() }
    }

    mutating func releaseUnreachable() {
        // What held one cycle may itself be part of another, made later.
        for place in cycles.indices.reversed() {
            guard var cycle = cycles[place].cycle, !cycle.release() else {
                cycles.remove(at: place)
                continue
            }
        }
        lookAt = max(EscapedCycles.fewest, 2 * cycles.count)
    }

    mutating func dissolve() {
        for cycle in cycles { cycle.cycle?.dissolve() }
        cycles = []
    }
}
