/// The names that a part of a program takes from outside of it and gives to what follows, and what it means to the evaluator: what a notebook
/// needs to know which cells depend on which.
public struct CellNames: Sendable {
    /// The syntax tree as text: equal for parts that differ in layout and comments only.
    public let outline: String
    /// The names that it binds, in order.
    public let binds: [String]
    /// The names that it reads without having bound them before for certain, those that only its functions read included.
    public let reads: Set<String>
    /// The names that its functions read when they are called.
    public let functionReads: Set<String>
    /// The builtins that it mentions.
    public let builtins: Set<String>
    /// The paths of the files that it imports.
    public let imports: [String]
    /// Whether it defines a function that a later part may call.
    public let definesFunctions: Bool
    /// The text of the `fn` statements at its top level by the names that nothing else in it binds: enough to make these functions again.
    public let definitions: [String: String]

    /// Looks at a part of a program; returns nil where it cannot be parsed. A builtin that other parts bind as a variable, `bound`, counts as
    /// a name that is read.
    init?(_ source: String, table: BuiltinTable, bound outside: Set<String>) {
        let file = SourceFile(name: "", text: source)
        let (program, errors) = Parser.recover(file, commands: table.commandNames)
        guard errors.isEmpty else { return nil }
        outline = Outline(program).text
        let names = Resolver(program, table: table, known: []).names
        let collected = NameCollector(program.statements)
        binds = collected.assigned
        definitions = Self.definitions(program.statements).filter { collected.bindings[$0.key] == 1 }
        builtins = Set(names.builtins.keys)
        imports = program.statements.compactMap { if case .importFile(let path, _, _) = $0.kind { path } else { nil } }
        let functions = names.owners.isEmpty ? [] : Self.functionSpans(program.statements)
        definesFunctions = !functions.isEmpty
        func isInFunction(_ place: Int) -> Bool { functions.contains { $0.contains(place) } }
        var reads = Set(names.unknown.map(\.name))
        var functionReads = Set(names.unknown.filter { isInFunction($0.span.start) }.map(\.name))
        for (name, spans) in names.builtins where outside.contains(name) {
            reads.insert(name)
            if spans.contains(where: { isInFunction($0.start) }) { functionReads.insert(name) }
        }
        let bound = Self.bindings(program.statements)
        for symbol in names.symbols where symbol.kind == .global {
            for read in symbol.reads {
                if isInFunction(read.start) {
                    functionReads.insert(symbol.name)
                    reads.insert(symbol.name)
                } else if (bound[symbol.name] ?? .max) > read.start {
                    reads.insert(symbol.name)
                }
            }
        }
        // The last result is no variable to the resolver.
        if Self.mentionsResult(program.statements) { reads.insert("_") }
        (self.reads, self.functionReads) = (reads, functionReads)
    }

    /// Whether `_` is read, as `|> f` at the beginning of a line does, too.
    private static func mentionsResult(_ statements: [Statement]) -> Bool {
        var found = false
        func visit(_ part: SyntaxPart) {
            switch part {
            case .expression(let expression):
                if case .name("_") = expression.kind { found = true }
                if !found { expression.forEachPart(visit) }
            case .block(let block): block.statements.forEach { $0.forEachPart(visit) }
            case .function(let function): function.forEachPart(visit)
            }
        }
        for statement in statements { statement.forEachPart(visit) }
        return found
    }

    /// Returns for each name the place behind the first statement that binds it whatever happens.
    private static func bindings(_ statements: [Statement]) -> [String: Int] {
        var result: [String: Int] = [:]
        for statement in statements {
            let names: [String]
            switch statement.kind {
            case .assign(let pattern, _): names = pattern.names
            case .define(let function): names = function.name.map { [$0] } ?? []
            case .importFile: names = NameCollector([statement]).assigned
            default: names = []
            }
            for name in names where result[name] == nil { result[name] = statement.span.end }
        }
        return result
    }

    private static func definitions(_ statements: [Statement]) -> [String: String] {
        var result: [String: String] = [:]
        for case .define(let function) in statements.map(\.kind) {
            if let name = function.name { result[name] = function.span.text }
        }
        return result
    }

    /// Returns the places of the functions that statements define or mention, in bytes.
    private static func functionSpans(_ statements: [Statement]) -> [Range<Int>] {
        var result: [Range<Int>] = []
        func visit(_ part: SyntaxPart) {
            switch part {
            case .expression(let expression): expression.forEachPart(visit)
            case .block(let block): block.statements.forEach { $0.forEachPart(visit) }
            case .function(let function): result.append(function.span.start..<function.span.end)
            }
        }
        for statement in statements {
            if case .define(let function) = statement.kind { visit(.function(function)) }
            statement.forEachPart(visit)
        }
        return result
    }
}

extension Session {
    /// Returns what a part of a program takes and gives by name, or nil where it cannot be parsed. `bound` are the names that other parts
    /// bind.
    public func names(in source: String, bound: Set<String> = []) -> CellNames? {
        BigStack.running { CellNames(source, table: context.builtins, bound: bound) }
    }
}
