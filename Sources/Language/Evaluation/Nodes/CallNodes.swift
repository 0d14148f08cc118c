/// A call of a builtin or of a user's function.
final class CallNode: Node {
    enum Argument {
        case positional(Node)
        case named(String, Node)
        /// `..record` or `..list`.
        case spread(Node)
    }

    private let callee: Node
    private let arguments: [Argument]
    /// The arguments where all of them are positional, which can go straight into a frame; else nil.
    private let plain: [Node]?
    private let site: CallSite
    /// The help where a method is called that does not exist: how to write the call as a function's.
    private let hint: String?

    init(_ callee: Node, _ arguments: [Argument], site: CallSite, hint: String?, span: Span) {
        self.callee = callee
        self.arguments = arguments
        self.site = site
        self.hint = hint
        var nodes: [Node] = []
        for case .positional(let node) in arguments { nodes.append(node) }
        plain = nodes.count == arguments.count ? nodes : nil
        super.init(span: span)
    }

    override func evaluate(_ frame: Frame) throws -> Value {
        let machine = frame.machine
        let value = try calleeValue(frame)
        guard case .function(let function) = value else { throw notCallable(value) }
        switch function.body {
        case .user(let closure):
            if let plain, plain.count <= closure.code.positionalCount {
                let inner = machine.frame(for: closure, of: function)
                for (slot, node) in plain.enumerated() { inner[slot] = try node.evaluate(frame) }
                return try machine.run(closure, inner, given: plain.count, site)
            }
            let (positional, named) = try collect(arguments, frame)
            return try machine.call(function, closure, positional, named, site)
        case .builtin(let builtin):
            try machine.tick(self)
            let (positional, named) = try collected(for: builtin, frame)
            return try machine.call(builtin, positional, named, site)
        }
    }

    /// Evaluates a builtin's arguments. An unknown name where a text is accepted gets the help to put it in quotes.
    private func collected(for builtin: Builtin, _ frame: Frame) throws -> (positional: [Value], named: [(String, Value)]) {
        do {
            return try collect(arguments, frame)
        } catch var failure as Failure {
            guard failure.diagnostic.code == .unknownName, failure.diagnostic.help == nil, let plain, let at = failure.diagnostic.span,
                let place = plain.firstIndex(where: { $0.span?.start == at.start && $0.span?.end == at.end }),
                place < builtin.parameters.count, builtin.parameters[place].type.takesText
            else { throw failure }
            failure.diagnostic.help = plain[place].span.map { "a text stands between quotes: \"\($0.text)\"" }
            throw failure
        }
    }

    private func calleeValue(_ frame: Frame) throws -> Value {
        do {
            return try callee.evaluate(frame)
        } catch var failure as Failure {
            if let hint, failure.diagnostic.code == .unknownField { failure.diagnostic.help = hint }
            throw failure
        }
    }

    private func notCallable(_ value: Value) -> Failure {
        callee.failure(.notCallable(value, callee.span?.text ?? "this", hint: hint, hasArguments: plain?.count != 0))
    }
}

extension Node {
    /// Evaluates arguments from left to right and opens spreads. Throws where a positional argument follows a named one, or something that
    /// is neither a record nor a list is spread.
    final func collect(
        _ arguments: [CallNode.Argument], _ frame: Frame
    ) throws -> (positional: [Value], named: [(String, Value)]) {
        var positional: [Value] = []
        var named: [(String, Value)] = []
        positional.reserveCapacity(arguments.count)
        for argument in arguments {
            switch argument {
            case .positional(let node):
                guard named.isEmpty else {
                    throw node.failure(
                        .badArgument, "a positional argument follows a named one",
                        help: "give its name too, or put it first")
                }
                positional.append(try node.evaluate(frame))
            case .named(let name, let node):
                named.append((name, try node.evaluate(frame)))
            case .spread(let node):
                let value = try node.evaluate(frame)
                if case .record(let record) = value {
                    named += record.pairs
                } else if named.isEmpty, let items = try self.items(of: value, node, frame) {
                    positional += items
                } else {
                    throw node.failure(
                        .wrongType,
                        "\"..\" spreads a record into named arguments, or a list into positional ones",
                        label: "this is \(value.describedType)")
                }
            }
        }
        return (positional, named)
    }
}

/// Makes a closure of a function and the variables that it captures.
final class FunctionNode: Node {
    private let code: Code
    private let captures: [Location]

    init(_ code: Code, captures: [Location], span: Span) {
        self.code = code
        self.captures = captures
        super.init(span: span)
    }

    override func evaluate(_ frame: Frame) throws -> Value {
        let boxes = captures.compactMap { place -> Box? in
            switch place {
            case .box(let index): frame.box(index)
            case .capture(let index): frame.captures[index]
            case .global(let box): box
            case .current: frame.function.map { Box($0.name, .function($0)) }
            case .slot: nil  // what inner functions mention is never in a slot
            }
        }
        return .function(FunctionValue(closure: Closure(code: code, captures: boxes)))
    }
}

/// A block `with seed(7), no_grad { … }`. The scopes are left in reverse order, however the block ends.
final class WithNode: Node {
    struct Scope {
        var callee: Node
        var arguments: [CallNode.Argument]
        var site: CallSite
    }

    private let scopes: [Scope]
    private let body: Node

    init(_ scopes: [Scope], _ body: Node, span: Span) {
        self.scopes = scopes
        self.body = body
        super.init(span: span)
    }

    override var maySignal: Bool { body.maySignal }

    override func evaluate(_ frame: Frame) throws -> Value {
        var exits: [@Sendable () -> Void] = []
        defer { exits.reversed().forEach { $0() } }
        for scope in scopes { exits.append(try enter(scope, frame)) }
        return try body.evaluate(frame)
    }

    /// Opens a scope and returns what closes it. Throws where the callee is not a builtin with a scope.
    private func enter(_ scope: Scope, _ frame: Frame) throws -> @Sendable () -> Void {
        let value = try scope.callee.evaluate(frame)
        guard case .function(let function) = value, let builtin = function.builtin, let open = builtin.scope
        else {
            let names = frame.machine.context.builtins.all.filter { $0.scope != nil }.map(\.name)
            throw scope.callee.failure(
                .notAScope, "\(quoted(scope.callee.span?.text ?? "this")) cannot stand after \"with\"",
                notes: names.isEmpty ? [] : ["\(listed(names)) can"])
        }
        let (positional, named) = try collect(scope.arguments, frame)
        return try frame.machine.running(builtin, scope.site) {
            try open(Binder.bind(builtin, positional, named, frame.machine.context, scope.site.span))
        }
    }
}

/// An `import`, whose value is the record of the module's exports.
final class ImportNode: Node {
    private let path: String
    private let importer: String

    init(path: String, from importer: String, span: Span) {
        self.path = path
        self.importer = importer
        super.init(span: span)
    }

    override func evaluate(_ frame: Frame) throws -> Value {
        do {
            return .record(try frame.machine.importModule(path, from: importer).exports)
        } catch let problem as Problem {
            throw failure(problem)
        } catch var failure as Failure {
            failure.addTrace("import \(quoted(path))", span)
            throw failure
        }
    }
}
