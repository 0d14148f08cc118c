/// Reads a local variable that no inner function shares.
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

/// Reads a local variable that inner functions share.
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

/// Reads a variable of an enclosing function.
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

/// Reads the running function by its own name.
final class CurrentFunctionNode: Node {
    override func evaluate(_ frame: Frame) throws -> Value {
        frame.function.map { .function($0) } ?? .none
    }
}

extension Node {
    /// Returns the failure of reading a local variable before it is assigned.
    func unset(_ name: String) -> Failure {
        failure(
            .unsetName, "\(quoted(name)) has no value yet", label: "used before it is set",
            notes: [
                "it is bound further on in the same function, which makes it local to that function here too"
            ],
            help: "set it before, or use another name")
    }
}

/// Reads a global variable, or the builtin of its name while no global has been assigned.
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

    /// Returns the failure of reading a name that means nothing, with the nearest name.
    private func unknown(_ machine: Machine) -> Failure {
        if let problem = machine.context.results.missing(box.name) {
            return Failure(problem, at: span, label: "")
        }
        let names = module.globals.map(\.0) + machine.context.builtins.names
        let help = ForeignSyntax.words[box.name]
        return failure(
            .unknownName, "nothing is called \(quoted(box.name))",
            label: help == nil ? nearestLabel(box.name, among: names) : "", help: help)
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

/// Returns the number with its noun: "1 name", "3 names".
public func countText(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
}
