/// The place of a variable at run time.
enum Location {
    /// A slot of the frame, for a local that no inner function mentions.
    case slot(Int)
    /// A box of the frame, for a local that inner functions share.
    case box(Int)
    /// A box that the closure captured.
    case capture(Int)
    /// A global of the module.
    case global(Box)
    /// The running function itself, mentioned by its own name.
    case current
}

/// Compiles the syntax tree of one function, or of a file's statements, into nodes. Names become slots of the frame, boxes shared with
/// inner functions, captures of outer ones, or globals of the module.
final class Compiler {
    let module: Module
    let machine: Machine
    let parent: Compiler?
    /// The function's parameters and local variables; a file's statements bind globals instead.
    private var locals: [String: Location] = [:]
    /// The variables of the enclosing loops, comprehensions and `recover` blocks, innermost last.
    private var scopes: [[String: Location]] = []
    /// The names that inner functions mention: their variables need boxes.
    private var mentioned: Set<String>
    /// How often this function binds each of its names.
    private var bindings: [String: Int] = [:]
    /// The function's name, where the name never means anything but this function.
    private var ownName: String?
    private var captureIndex: [String: Int] = [:]
    /// For each capture, where the enclosing function finds the box when it makes the closure.
    private(set) var captureSources: [Location] = []
    private(set) var slotCount = 0
    private(set) var boxNames: [String] = []
    /// The globals that this function and its inner functions mention.
    private var reads: [GlobalRead] = []
    private var noted: Set<GlobalRead.Key> = []
    private var imports: [Code.Import] = []
    /// The field that is read of the name compiled next; nil where its whole value is.
    var fieldOfName: String?

    /// Creates a compiler for a file's statements.
    init(statements: [Statement], module: Module, machine: Machine) {
        self.module = module
        self.machine = machine
        parent = nil
        mentioned = NameCollector(statements).mentioned
    }

    /// Creates a compiler for a function inside `parent`.
    private init(function: FunctionSyntax, parent: Compiler) {
        module = parent.module
        machine = parent.machine
        self.parent = parent
        let names = NameCollector(function)
        mentioned = names.mentioned
        bindings = names.bindings
        for parameter in function.parameters { locals[parameter.name] = .slot(newSlot()) }
        for parameter in function.parameters where mentioned.contains(parameter.name) {
            locals[parameter.name] = newBox(parameter.name)
        }
        for name in names.assigned where locals[name] == nil { locals[name] = newVariable(name) }
    }

    // MARK: names

    private func newSlot() -> Int {
        slotCount += 1
        return slotCount - 1
    }

    private func newBox(_ name: String) -> Location {
        boxNames.append(name)
        return .box(boxNames.count - 1)
    }

    private func newVariable(_ name: String) -> Location {
        mentioned.contains(name) ? newBox(name) : .slot(newSlot())
    }

    /// Returns a new slot that no name refers to.
    func temporary() -> Int { newSlot() }

    /// Returns the place of a variable that is read. A name that is not local is a global of the module, which is created where it is new.
    func resolve(_ name: String) -> Location {
        local(name) ?? .global(module.box(name))
    }

    /// Records, here and in the enclosing functions, that a global is mentioned.
    func note(_ read: GlobalRead) {
        guard let parent, noted.insert(read.key).inserted else { return }
        reads.append(read)
        parent.note(read)
    }

    /// Records, here and in the enclosing functions, that a file is imported.
    private func note(_ file: Code.Import) {
        guard let parent else { return }
        imports.append(file)
        parent.note(file)
    }

    /// Returns the place of a local variable, captured from an enclosing function if need be, or nil where none has the name.
    private func local(_ name: String) -> Location? {
        for scope in scopes.reversed() {
            if let place = scope[name] { return place }
        }
        if let place = locals[name] { return place }
        if name == ownName { return .current }
        if let index = captureIndex[name] { return .capture(index) }
        guard let outer = parent?.local(name) else { return nil }
        captureSources.append(outer)
        captureIndex[name] = captureSources.count - 1
        return .capture(captureSources.count - 1)
    }

    /// Returns the place that an assignment of this name writes to; never a capture.
    func assignmentLocation(_ name: String) -> Location {
        for scope in scopes.reversed() {
            if let place = scope[name] { return place }
        }
        return locals[name] ?? .global(module.box(name))
    }

    /// Compiles something that has variables of its own, such as a loop.
    func scoped<T>(_ names: [String], _ body: () throws -> T) rethrows -> T {
        var scope: [String: Location] = [:]
        for name in names { scope[name] = newVariable(name) }
        scopes.append(scope)
        defer { scopes.removeLast() }
        return try body()
    }

    // MARK: functions and blocks

    /// Compiles an inner function to the node that makes its closure.
    func compile(_ function: FunctionSyntax) -> FunctionNode {
        let inner = Compiler(function: function, parent: self)
        if isBoundOnce(function) { inner.ownName = function.name }
        let code = Code(function)
        for parameter in function.parameters {
            var box: Int?
            if case .box(let index)? = inner.locals[parameter.name] { box = index }
            let value = parameter.defaultValue.map { inner.compile($0) }
            if parameter.variadic { code.variadicSlot = code.parameters.count }
            if !parameter.keywordOnly, !parameter.variadic { code.positionalCount += 1 }
            if value != nil || box != nil || parameter.keywordOnly || parameter.variadic {
                code.needsFinish = true
            }
            code.parameters.append(
                .init(
                    name: parameter.name, defaultNode: value, keywordOnly: parameter.keywordOnly,
                    variadic: parameter.variadic, box: box))
        }
        code.body = inner.compile(function.body, inFunction: true)
        code.slotCount = inner.slotCount
        code.boxNames = inner.boxNames
        (code.reads, code.imports) = (inner.reads, inner.imports)
        return FunctionNode(code, captures: inner.captureSources, span: function.span)
    }

    /// Returns whether the function's name means this function and never another value. Such a function reads itself from its frame rather
    /// than from the variable that holds it: a reference cycle through that variable would never be released.
    private func isBoundOnce(_ function: FunctionSyntax) -> Bool {
        guard let name = function.name, bindings[name] == 1, !scopes.contains(where: { $0[name] != nil }),
            case .box? = locals[name]
        else { return false }
        return true
    }

    /// Compiles a block. In a function's body a final `return x` is compiled as `x`.
    func compile(_ block: Block, inFunction: Bool = false) -> Node {
        var nodes = block.statements.map { compile($0) }
        if inFunction, case .returns(let value)? = block.statements.last?.kind {
            nodes[nodes.count - 1] = value.map { compile($0) } ?? ConstantNode(.none, span: block.span)
        }
        if nodes.count == 1 { return nodes[0] }
        return BlockNode(nodes, span: block.span)
    }

    // MARK: statements

    func compile(_ statement: Statement) -> Node {
        switch statement.kind {
        case .expression(let value): return compile(value, asStatement: true)
        case .assign(let pattern, let value):
            return compileAssignment(pattern, value, statement.span)
        case .define(let function):
            let node = compile(function)
            return AssignNode(
                nameTarget(function.name ?? "fn", fresh: false), node, span: statement.span)
        case .importFile(let path, let at, let name):
            let (node, importer) = (ImportNode(path: path, from: statement.span.file.name, span: at), statement.span.file.name)
            note(Code.Import(path: path) { [weak machine] in try machine?.importModule(path, from: importer).exports })
            return AssignNode(nameTarget(name, fresh: false), node, span: statement.span)
        case .assert(let condition, let message):
            return AssertNode(compileCondition(condition), message.map { compile($0) }, span: statement.span)
        case .returns(let value): return ReturnNode(value.map { compile($0) }, span: statement.span)
        case .breaks: return ExitNode(.breaks, span: statement.span)
        case .continues: return ExitNode(.continues, span: statement.span)
        case .forLoop(let pattern, let source, let body):
            let source = compile(source)
            return scoped(pattern.names) {
                ForNode(target(pattern, fresh: true), in: source, compile(body), span: statement.span)
            }
        case .whileLoop(let condition, let body):
            return WhileNode(compile(condition), compile(body), span: statement.span)
        }
    }

    /// Compiles an assignment; `x = x + …` becomes an `AppendNode`.
    private func compileAssignment(_ pattern: Pattern, _ value: Expression, _ span: Span) -> Node {
        let target = target(pattern)
        let node = compile(value)
        // Where a block on the right side assigns the name as well, the left operand is the value from before that.
        guard case .name(let name, _) = pattern, let sum = node as? AddNode,
            case .binary(_, let left, let right, _) = value.kind, case .name(name) = left.kind,
            !NameCollector(right).assigned.contains(name)
        else { return AssignNode(target, node, span: span) }
        return AppendNode(assignmentLocation(name), target, sum, span: span)
    }

    /// Compiles the condition of an `assert`. Comparisons stay apart, so that a failed assertion can show the values of both sides.
    private func compileCondition(_ condition: Expression) -> AssertNode.Condition {
        if case .binary(let op, let left, let right, let at) = condition.kind, op.isComparison {
            return .comparison(op, compile(left), compile(right), at: at)
        }
        if case .contains(let item, let whole, let negated, let at) = condition.kind {
            return .contains(compile(item), in: compile(whole), negated: negated, at: at)
        }
        if case .logical(and: true, let left, let right) = condition.kind {
            return .both(compileCondition(left), compileCondition(right))
        }
        return .plain(compile(condition))
    }

    // MARK: targets

    /// Returns what binds the names of a pattern. With `fresh`, each binding makes new variables, as loops do.
    func target(_ pattern: Pattern, fresh: Bool = false) -> Target {
        switch pattern {
        case .ignore: return IgnoreTarget()
        case .name(let name, _): return nameTarget(name, fresh: fresh)
        case .rest(let part, _): return target(part, fresh: fresh)
        case .list(let parts, let span):
            let rest = parts.firstIndex(where: \.isRest)
            return ListTarget(parts.map { target($0, fresh: fresh) }, rest: rest, span: span)
        case .record(let fields, let span):
            return RecordTarget(
                fields.map { ($0.key, $0.keySpan ?? $0.part.span, target($0.part, fresh: fresh)) }, span: span)
        }
    }

    /// Returns what binds one name.
    func nameTarget(_ name: String, fresh: Bool) -> Target {
        switch assignmentLocation(name) {
        case .slot(let slot): return SlotTarget(slot)
        case .box(let index): return BoxTarget(index, fresh: fresh)
        case .global(let box): return GlobalTarget(box)
        case .capture, .current: return IgnoreTarget()  // assignmentLocation gives neither
        }
    }
}
