/// Statements in order; the value is that of the last.
final class BlockNode: Node {
    private let nodes: [Node]
    private let signals: Bool

    init(_ nodes: [Node], span: Span) {
        self.nodes = nodes
        signals = nodes.contains(where: \.maySignal)
        super.init(span: span)
    }

    override var maySignal: Bool { signals }

    override func evaluate(_ frame: Frame) throws -> Value {
        var value = Value.none
        for node in nodes {
            value = try node.evaluate(frame)
            if signals, frame.signal != .none { return .none }
        }
        return value
    }
}

final class IfNode: Node {
    private let condition: Node
    private let then: Node
    private let otherwise: Node?

    init(_ condition: Node, _ then: Node, _ otherwise: Node?, span: Span) {
        self.condition = condition
        self.then = then
        self.otherwise = otherwise
        super.init(span: span)
    }

    override var maySignal: Bool { then.maySignal || otherwise?.maySignal ?? false }

    override func evaluate(_ frame: Frame) throws -> Value {
        if try condition.flag(try condition.evaluate(frame), of: "\"if\"") { return try then.evaluate(frame) }
        return try otherwise?.evaluate(frame) ?? .none
    }
}

/// The base of the loops, which handles `break`, `continue` and `return` in their bodies.
class LoopNode: Node {
    final let body: Node
    /// Set inside an expression, a signal arrives as an `Unwind`, so every loop looks for both.
    private let signals: Bool

    init(_ body: Node, span: Span) {
        self.body = body
        signals = body.maySignal
        super.init(span: span)
    }

    override var maySignal: Bool { true }

    /// Runs one iteration and returns whether the loop goes on. A signal raised in the middle of an expression arrives as an `Unwind`.
    @inline(__always)
    final func iteration(_ frame: Frame) throws -> Bool {
        try frame.machine.tick(self)
        do {
            _ = try body.evaluate(frame)
        } catch is Unwind {
            return settle(frame)
        }
        return signals && frame.signal != .none ? settle(frame) : true
    }

    /// Takes a signal that is the loop's own, and returns whether the loop goes on.
    private func settle(_ frame: Frame) -> Bool {
        switch frame.signal {
        case .none: return true
        case .continues:
            frame.signal = .none
            return true
        case .breaks:
            frame.signal = .none
            return false
        case .returns:
            return false
        }
    }
}

final class ForNode: LoopNode {
    private let target: Target
    private let source: Node

    init(_ target: Target, in source: Node, _ body: Node, span: Span) {
        self.target = target
        self.source = source
        super.init(body, span: span)
    }

    override func evaluate(_ frame: Frame) throws -> Value {
        let items = try source.evaluate(frame)
        try iterate(items, source) { item in
            try target.bind(item, frame)
            return try iteration(frame)
        }
        return .none
    }
}

final class WhileNode: LoopNode {
    private let condition: Node

    init(_ condition: Node, _ body: Node, span: Span) {
        self.condition = condition
        super.init(body, span: span)
    }

    override func evaluate(_ frame: Frame) throws -> Value {
        while try condition.flag(try condition.evaluate(frame), of: "\"while\"") {
            guard try iteration(frame) else { break }
        }
        return .none
    }
}

/// A `break` or `continue`.
final class ExitNode: Node {
    private let signal: Signal

    init(_ signal: Signal, span: Span) {
        self.signal = signal
        super.init(span: span)
    }

    override var maySignal: Bool { true }

    override func evaluate(_ frame: Frame) throws -> Value {
        frame.signal = signal
        return .none
    }
}

final class ReturnNode: Node {
    private let value: Node?

    init(_ value: Node?, span: Span) {
        self.value = value
        super.init(span: span)
    }

    override var maySignal: Bool { true }

    override func evaluate(_ frame: Frame) throws -> Value {
        frame.returned = try value?.evaluate(frame) ?? .none
        frame.signal = .returns
        return .none
    }
}

/// `try { … } recover problem { … }`, which binds the error as a record.
final class TryNode: Node {
    private let body: Node
    private let target: Target?
    private let recovery: Node

    init(_ body: Node, _ target: Target?, _ recovery: Node, span: Span) {
        self.body = body
        self.target = target
        self.recovery = recovery
        super.init(span: span)
    }

    override var maySignal: Bool { body.maySignal || recovery.maySignal }

    override func evaluate(_ frame: Frame) throws -> Value {
        do {
            return try body.evaluate(frame)
        } catch let failure as Failure where failure.isRecoverable {
            try target?.bind(.record(failure.diagnostic.record), frame)
        }
        return try recovery.evaluate(frame)
    }
}

extension Diagnostic {
    /// The record that `recover` binds: code, message, help, notes, file and line.
    var record: Record {
        var record = Record([("code", .string(code.rawValue)), ("message", .string(message))])
        record["help"] = help.map { .string($0) } ?? Value.none
        record["notes"] = .list(notes.map { .string($0) })
        record["file"] = span.map { .string($0.file.name) } ?? Value.none
        record["line"] = span.map { .int($0.line) } ?? Value.none
        return record
    }
}

/// Returns the text, cut with "…" where it has more than `length` characters.
func shortened(_ text: String, to length: Int) -> String {
    text.count <= length ? text : text.prefix(max(0, length - 1)) + "…"
}
