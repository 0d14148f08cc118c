/// A local that no inner function shares.
final class SlotNode: Node {
    private let slot: Int
    private let name: String

    init(_ slot: Int, _ name: String, span: Span) {
        self.slot = slot
        self.name = name
        super.init(span: span)
    }

    override func evaluate(_ frame: Frame) throws -> Value {
        if let value = frame[slot] { return value }
        throw unset(name)
    }
}

/// A local that inner functions share.
final class BoxNode: Node {
    private let index: Int

    init(_ index: Int, span: Span) {
        self.index = index
        super.init(span: span)
    }

    override func evaluate(_ frame: Frame) throws -> Value {
        let box = frame.box(index)
        if let value = box.value { return value }
        throw unset(box.name)
    }
}

/// A local of an enclosing function.
final class CaptureNode: Node {
    private let index: Int

    init(_ index: Int, span: Span) {
        self.index = index
        super.init(span: span)
    }

    override func evaluate(_ frame: Frame) throws -> Value {
        let box = frame.captures[index]
        if let value = box.value { return value }
        throw unset(box.name)
    }
}

extension Node {
    func unset(_ name: String) -> Failure {
        failure(
            .unsetName, "\(quoted(name)) has no value yet", label: "used before it is set",
            notes: [
                "it is bound further on in the same function, which makes it local to that function here too"
            ],
            help: "set it before, or use another name")
    }
}

/// A global, or the builtin of this name while no global has taken it.
final class GlobalNode: Node {
    private let box: Box
    private let builtin: FunctionValue?
    private let module: Module

    init(_ box: Box, _ builtin: FunctionValue?, _ module: Module, span: Span) {
        self.box = box
        self.builtin = builtin
        self.module = module
        super.init(span: span)
    }

    override func evaluate(_ frame: Frame) throws -> Value {
        if let value = box.value { return value }
        if let builtin { return .function(builtin) }
        throw unknown(frame.machine)
    }

    private func unknown(_ machine: Machine) -> Failure {
        let names = module.globals.map(\.0) + machine.context.builtins.names
        return failure(
            .unknownName, "nothing is called \(quoted(box.name))",
            label: nearestLabel(box.name, among: names), help: unknownHelp(box.name))
    }

    /// Words of other languages.
    private func unknownHelp(_ name: String) -> String? {
        switch name {
        case "None", "null", "nil", "undefined": "the absent value is none"
        case "True", "False": "write \(name.lowercased())"
        case "def", "function", "lambda": "a function is written  fn name(x) { … }"
        case "let", "var", "const": "names are bound without a keyword:  x = 1"
        case "elif": "write  else if"
        case "_": "no result has been shown yet"
        default: nil
        }
    }
}

// MARK: targets

/// Binds a value to what an assignment or loop names.
class Target {
    func bind(_ value: Value, _ frame: Frame) throws {}
}

final class IgnoreTarget: Target {}

final class SlotTarget: Target {
    private let slot: Int

    init(_ slot: Int) { self.slot = slot }

    override func bind(_ value: Value, _ frame: Frame) throws { frame[slot] = value }
}

final class BoxTarget: Target {
    private let index: Int
    /// A loop's variable is a new one in every iteration.
    private let fresh: Bool

    init(_ index: Int, fresh: Bool) {
        self.index = index
        self.fresh = fresh
    }

    override func bind(_ value: Value, _ frame: Frame) throws {
        if fresh { frame.renew(index, value) } else { frame.box(index).value = value }
    }
}

final class GlobalTarget: Target {
    private let box: Box

    init(_ box: Box) { self.box = box }

    override func bind(_ value: Value, _ frame: Frame) throws { box.value = value }
}

/// `a, b = …`, with at most one `..rest`.
final class ListTarget: Target {
    private let parts: [Target]
    private let rest: Int?
    private let span: Span

    init(_ parts: [Target], rest: Int?, span: Span) {
        self.parts = parts
        self.rest = rest
        self.span = span
    }

    override func bind(_ value: Value, _ frame: Frame) throws {
        guard let items = value.elements else {
            throw mismatch("\(value.describedType) cannot be unpacked into \(namesText)", value)
        }
        let wanted = rest == nil ? parts.count : parts.count - 1
        guard rest == nil ? items.count == wanted : items.count >= wanted else {
            let least = rest == nil ? "" : "at least "
            throw mismatch(
                "\(countText(items.count, "value")) for \(least)\(countText(wanted, "name"))", value)
        }
        guard let rest else {
            for (part, item) in zip(parts, items) { try part.bind(item, frame) }
            return
        }
        let tail = parts.count - rest - 1
        for place in 0..<rest { try parts[place].bind(items[place], frame) }
        try parts[rest].bind(.list(Array(items[rest..<(items.count - tail)])), frame)
        for place in 0..<tail { try parts[rest + 1 + place].bind(items[items.count - tail + place], frame) }
    }

    private var namesText: String { countText(parts.count, "name") }

    private func mismatch(_ message: String, _ value: Value) -> Failure {
        var help: String?
        if case .record = value {
            help = "items(record) gives [key, value] pairs; fields are read by record.name"
        }
        return Failure(
            Diagnostic(
                code: .unpackMismatch, message: message, labels: [.init(span: span, primary: true)],
                help: help))
    }
}

final class AssignNode: Node {
    private let target: Target
    private let value: Node

    init(_ target: Target, _ value: Node, span: Span) {
        self.target = target
        self.value = value
        super.init(span: span)
    }

    override func evaluate(_ frame: Frame) throws -> Value {
        try target.bind(try value.evaluate(frame), frame)
        return .none
    }
}

/// "1 name", "3 names".
func countText(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
}
