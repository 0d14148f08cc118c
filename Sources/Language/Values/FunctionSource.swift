/// A function as its text and the variables that it reads, from which another session makes a function that does the same.
public struct FunctionSource: Sendable {
    /// The function's text.
    public let text: String
    /// The name of the file that it was written in, for messages.
    public let file: String
    /// The line and column of that file at which it begins.
    public let position: SourcePosition
    /// The variables that it reads with their values; builtins, and what has no value, are left out.
    public let variables: [(name: String, value: Value)]

    /// Makes a source of its parts.
    public init(text: String, file: String, position: SourcePosition, variables: [(name: String, value: Value)]) {
        (self.text, self.file, self.position, self.variables) = (text, file, position, variables)
    }

    /// Takes a function apart; nil for a builtin. Throws `.badArgument` for a function that imports a file while it runs.
    public init?(_ function: FunctionValue) throws {
        guard let closure = function.closure else { return nil }
        let code = closure.code
        if let file = code.imports.first {
            throw Problem(
                .badArgument,
                "the function \(function.name) imports \(quoted(file.path)) while it runs, which no other process can do for it",
                help: "import the file outside of the function")
        }
        var (order, values) = ([String](), [String: Value]())
        func add(_ name: String, _ value: Value) {
            if values.updateValue(value, forKey: name) == nil { order.append(name) }
        }
        for box in closure.captures { if let value = box.value { add(box.name, value) } }
        for read in code.reads {
            guard let value = read.box.value else { continue }
            guard let field = read.field, case .record(let record) = value, let found = record[field] else {
                add(read.box.name, value)
                continue
            }
            // Of an imported file only the functions that are called.
            if case .record(let known)? = values[read.box.name] {
                if known[field] == nil { add(read.box.name, .record(Record(known.pairs + [(field, found)]))) }
            } else if values[read.box.name] == nil {
                add(read.box.name, .record(Record([(field, found)])))
            }
        }
        text = code.span.text
        (file, position) = (code.span.file.name, code.span.position)
        variables = order.compactMap { name in values[name].map { (name, $0) } }
    }
}

extension FunctionValue {
    /// Equal for values of the same function.
    public var identity: ObjectIdentifier { closure.map { ObjectIdentifier($0) } ?? ObjectIdentifier(self) }
}

/// A function that was made of its source, and its variables, which get their values later: functions may read each other.
public struct FunctionShell {
    /// The function.
    public let function: FunctionValue
    private let module: Module

    fileprivate init(_ function: FunctionValue, _ module: Module) { (self.function, self.module) = (function, module) }

    /// Gives the variables their values.
    public func bind(_ variables: [(name: String, value: Value)]) {
        for (name, value) in variables { module.box(name).value = value }
    }
}

extension Context {
    /// Makes a function of its text; its variables have no values yet. To be called on the evaluator's thread. Throws where the text is no
    /// function's.
    public func shell(_ source: FunctionSource) throws -> FunctionShell {
        guard let machine else { throw Problem(.internal, "the session has ended") }
        return try machine.shell(source)
    }
}

extension Machine {
    fileprivate func shell(_ source: FunctionSource) throws -> FunctionShell {
        // Blanks in front put the text where it stood, so that messages name the right line.
        let (lines, columns) = (min(source.position.line, 1 << 20), min(source.position.column, 1 << 12))
        let text = String(repeating: "\n", count: max(0, lines - 1)) + String(repeating: " ", count: max(0, columns - 1)) + source.text
        let (program, errors) = try parsed(SourceFile(name: source.file, text: text))
        if let first = errors.first { throw Failure(first) }
        let none = Problem(.badArgument, "the text of a function holds something else")
        guard program.statements.count == 1, let statement = program.statements.first else { throw none }
        let module = Module(name: source.file)
        let compiler = Compiler(statements: program.statements, module: module, machine: self)
        let node = compiler.compile(statement)
        let value: Value?
        switch statement.kind {
        case .define(let function):
            _ = try node.evaluate(Frame(machine: self, slots: compiler.slotCount, boxes: compiler.boxNames, captures: []))
            value = module.existing(function.name ?? "")?.value
        case .expression(let expression):
            guard case .function = expression.kind else { throw none }
            value = try node.evaluate(Frame(machine: self, slots: compiler.slotCount, boxes: compiler.boxNames, captures: []))
        default: throw none
        }
        guard case .function(let function)? = value else { throw none }
        // The session clears its modules when it ends: functions and their variables hold each other.
        imports.store(module, "function \(imports.modules.count) of \(source.file)")
        return FunctionShell(function, module)
    }
}
