/// A string with values in braces, `"text {value:format}"`.
final class StringNode: Node {
    enum Part {
        case text(String)
        case value(Node, FormatSpec?)
    }

    private let parts: [Part]

    init(_ parts: [Part], span: Span) {
        self.parts = parts
        super.init(span: span)
    }

    override func evaluate(_ frame: Frame) throws -> Value {
        var text = ""
        for part in parts {
            switch part {
            case .text(let piece): text += piece
            case .value(let node, let format):
                let value = try node.evaluate(frame)
                do {
                    let context = frame.machine.context
                    text += try format.map { try value.formatted($0) } ?? value.inlineText(within: context)
                    try Reservation.check([text.utf8.count], what: "this string")
                } catch {
                    throw asFailure(error, at: node.span)
                }
            }
        }
        return .string(text)
    }
}

final class ListNode: Node {
    private let items: [(node: Node, spread: Bool)]

    init(_ items: [(Node, Bool)], span: Span) {
        self.items = items
        super.init(span: span)
    }

    override func evaluate(_ frame: Frame) throws -> Value {
        var values: [Value] = []
        values.reserveCapacity(items.count)
        var nested = false
        for (node, spread) in items {
            let value = try node.evaluate(frame)
            if !spread {
                nested = nested || value.isHolder
                values.append(value)
            } else if let more = try items(of: value, node, frame) {
                try checkSize(values.count + more.count, frame)
                values += more
            } else {
                throw node.failure(
                    .notIterable, "\(value.describedType) cannot be spread in a list", label: "no list")
            }
        }
        let list = Value.list(values)
        if nested { try frame.machine.checkNesting(of: list, at: span) }
        return list
    }
}

final class RecordNode: Node {
    enum Item {
        case field(String, Node)
        case computed(Node, Node)
        case spread(Node)
    }

    private let items: [Item]

    init(_ items: [Item], span: Span) {
        self.items = items
        super.init(span: span)
    }

    override func evaluate(_ frame: Frame) throws -> Value {
        var record = Record()
        var nested = false
        for item in items {
            switch item {
            case .field(let name, let node):
                let value = try node.evaluate(frame)
                nested = nested || value.isHolder
                record[name] = value
            case .computed(let key, let node):
                guard case .string(let name) = try key.evaluate(frame) else { continue }
                let value = try node.evaluate(frame)
                nested = nested || value.isHolder
                record[name] = value
            case .spread(let node):
                record = record.merging(try self.record(node, frame))
            }
        }
        let value = Value.record(record)
        if nested { try frame.machine.checkNesting(of: value, at: span) }
        return value
    }

    private func record(_ node: Node, _ frame: Frame) throws -> Record {
        let value = try node.evaluate(frame)
        if case .record(let record) = value { return record }
        throw node.failure(
            .wrongType, "only a record can be spread in a record", label: "this is \(value.describedType)")
    }
}

/// A comprehension, `[element for x in xs if …]`.
final class ComprehensionNode: Node {
    enum Step {
        case loop(Target, Node)
        case filter(Node)
    }

    private let element: Node
    private let steps: [Step]

    init(_ element: Node, _ steps: [Step], span: Span) {
        self.element = element
        self.steps = steps
        super.init(span: span)
    }

    override func evaluate(_ frame: Frame) throws -> Value {
        var values: [Value] = []
        var nested = false
        do {
            try run(steps[...], frame, &values, &nested)
        } catch {
            Disposal.release(&values)
            throw error
        }
        let list = Value.list(values)
        if nested { try frame.machine.checkNesting(of: list, at: span) }
        return list
    }

    /// Runs the remaining steps and appends the elements. `nested` becomes true where an element holds other values.
    private func run(
        _ steps: ArraySlice<Step>, _ frame: Frame, _ values: inout [Value], _ nested: inout Bool
    ) throws {
        guard let step = steps.first else {
            let value = try element.evaluate(frame)
            nested = nested || value.isHolder
            values.append(value)
            if values.count & 0xFFFF == 0 { try checkSize(values.count, frame) }
            return
        }
        switch step {
        case .filter(let condition):
            if try condition.flag(try condition.evaluate(frame), of: "\"if\"") {
                try run(steps.dropFirst(), frame, &values, &nested)
            }
        case .loop(let target, let source):
            let whole = try source.evaluate(frame)
            try iterate(whole, source) { item in
                try frame.machine.tick(self)
                try target.bind(item, frame)
                try run(steps.dropFirst(), frame, &values, &nested)
                return true
            }
        }
    }

}

extension Node {
    /// Throws `.tooManyBytes` where a list of `count` items would exceed the size limit of one value.
    final func checkSize(_ count: Int, _ frame: Frame) throws {
        do {
            try Reservation.check([count], of: MemoryLayout<Value>.stride, what: "this list")
        } catch {
            throw asFailure(error, at: span)
        }
    }

    /// Returns the items that a spread opens, or nil for a value that has none.
    final func items(of value: Value, _ source: Node, _ frame: Frame) throws -> [Value]? {
        do {
            return try value.elements
        } catch {
            throw asFailure(error, at: source.span)
        }
    }

    /// Calls `body` with each item of a list, range, string (its characters), record (its keys) or host value until it returns false.
    /// Throws `.notIterable` for other values.
    final func iterate(_ value: Value, _ source: Node, _ body: (Value) throws -> Bool) throws {
        switch value {
        case .list(let items):
            for item in items where !(try body(item)) { return }
        case .range(let range):
            for number in range where !(try body(.int(number))) { return }
        case .string(let text):
            for character in text where !(try body(.string(String(character)))) { return }
        case .record(let record):
            for key in record.keys where !(try body(.string(key))) { return }
        case .host(let host):
            if host.element(at: 0) != nil, let count = host.count {
                for index in 0..<count { guard let item = host.element(at: index), try body(item) else { return } }
                return
            }
            guard let items = host.elements else { throw notIterable(value, source) }
            for item in items where !(try body(item)) { return }
        default:
            throw notIterable(value, source)
        }
    }

    private func notIterable(_ value: Value, _ source: Node) -> Failure {
        var help: String?
        if case .int(let count) = value { help = "a range counts: 1..\(count), or 0..<\(count)" }
        return source.failure(
            .notIterable, "\(value.describedType) has no items to go through",
            label: "this is \(value.describedType)", help: help)
    }
}
