/// An assignment `xs = xs + more` or `xs += more`, as in a loop that collects. While nobody else holds the list, the items are appended in
/// place, so that a loop of n rounds does not copy n lists. The result is the same either way.
final class AppendNode: Node {
    private let place: Location
    private let target: Target
    private let sum: BinaryNode

    init(_ place: Location, _ target: Target, _ sum: BinaryNode, span: Span) {
        self.place = place
        self.target = target
        self.sum = sum
        super.init(span: span)
    }

    override func evaluate(_ frame: Frame) throws -> Value {
        guard try isList(sum.left, frame) else {
            try target.bind(try sum.evaluate(frame), frame)
            return .none
        }
        let second = try sum.right.evaluate(frame)
        guard case .list(let more) = second, try append(more, frame) else {
            try target.bind(try sum.apply(try sum.left.evaluate(frame), second, frame), frame)
            return .none
        }
        return .none
    }

    /// Returns whether the value is a list. It is not kept: a second holder of the list would force a copy.
    private func isList(_ node: Node, _ frame: Frame) throws -> Bool {
        if case .list = try node.evaluate(frame) { true } else { false }
    }

    /// Appends the items in place. Returns false where the variable no longer holds a list, or the sum would exceed the size limit, which
    /// evaluating the sum then reports.
    private func append(_ more: [Value], _ frame: Frame) throws -> Bool {
        guard case .list(var items)? = value(frame), fits(items.count + more.count, frame) else { return false }
        store(nil, frame)
        items += more
        store(.list(items), frame)
        return true
    }

    private func fits(_ count: Int, _ frame: Frame) -> Bool {
        let (bytes, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Value>.stride)
        return !overflow && bytes <= frame.machine.context.limits.bytes
    }

    private func value(_ frame: Frame) -> Value? {
        switch place {
        case .slot(let slot): frame[slot]
        case .box(let index): frame.box(index).value
        case .global(let box): box.value
        case .capture, .current: nil
        }
    }

    private func store(_ value: Value?, _ frame: Frame) {
        switch place {
        case .slot(let slot): frame[slot] = value
        case .box(let index): frame.box(index).value = value
        case .global(let box): box.value = value
        case .capture, .current: break
        }
    }
}
