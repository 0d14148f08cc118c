/// Inner functions that call each other are held by variables that they hold: counting references alone would never
/// release them.
extension Frame {
    /// A captured variable: one of this call's, by its place, or another.
    private enum Capture {
        case own(Int)
        case other(Box)
    }

    /// Called when the call has ended: empties those variables that only its own functions can still reach. Where anyone
    /// else holds such a function or variable, all stay as they are.
    func releaseCycles() {
        var places: [ObjectIdentifier: Int] = [:]
        for place in boxes.indices where closure(at: place) != nil { places[ObjectIdentifier(boxes[place])] = place }
        guard places.values.contains(where: { closure(at: $0)?.captures.contains { places[ObjectIdentifier($0)] != nil } ?? false })
        else { return }
        releaseSlots()
        var (functions, holders, captures) = ([FunctionValue](), [(box: Int, function: Int)](), [[Capture]]())
        for place in places.values {
            guard case .function(let function)? = boxes[place].value else { continue }
            holders.append((place, functions.firstIndex { $0 === function } ?? functions.count))
            if holders[holders.count - 1].function == functions.count { functions.append(function) }
        }
        for holder in holders { boxes[holder.box].value = nil }
        for function in functions {
            captures.append(function.closure?.captures.map { box in places[ObjectIdentifier(box)].map { .own($0) } ?? .other(box) } ?? [])
            function.closure?.captures = []
        }
        // Now nothing of this call holds them any more.
        let isUnreachable = functions.indices.allSatisfy { isKnownUniquelyReferenced(&functions[$0]) }
            && holders.allSatisfy { isKnownUniquelyReferenced(&boxes[$0.box]) }
        if isUnreachable { return }
        for (function, captures) in zip(functions, captures) {
            function.closure?.captures = captures.map { capture in
                switch capture {
                case .own(let place): boxes[place]
                case .other(let box): box
                }
            }
        }
        for holder in holders { boxes[holder.box].value = .function(functions[holder.function]) }
    }

    private func closure(at place: Int) -> Closure? {
        if case .function(let function)? = boxes[place].value { function.closure } else { nil }
    }
}
