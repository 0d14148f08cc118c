/// Finds the variable or builtin that every name means, by the rules of grammar.txt ("NAMES").
struct Resolver {
    /// The names of a function, a loop, a comprehension or a `recover` block.
    private struct Scope {
        var names: [String: NamedValue] = [:]
        /// The number of the function that the scope lies in; 0 is the file.
        var owner: Int
    }

    private let table: BuiltinTable
    /// The names of the session, and names that parts which cannot be parsed may bind: reading them is no error.
    private let known: Set<String>
    private var scopes: [Scope] = []
    private var owner = 0
    private var ownerCount = 0
    /// The number of `try` blocks around the place.
    private var tries = 0
    private(set) var names = NameTable()

    init(_ program: Program, table: BuiltinTable, known: Set<String>) {
        self.table = table
        self.known = known
        let whole = 0..<program.file.bytes.count + 1
        enter(NameCollector(program.statements).assigned, .global, visible: whole)
        program.statements.forEach { visit($0) }
    }

    // MARK: scopes

    /// Opens a scope that declares these names.
    private mutating func enter(_ names: [String], _ kind: NamedValue.Kind, visible: Range<Int>) {
        scopes.append(Scope(owner: owner))
        for name in names { declare(name, kind, visible) }
    }

    @discardableResult
    private mutating func declare(_ name: String, _ kind: NamedValue.Kind, _ visible: Range<Int>) -> NamedValue {
        let symbol = NamedValue(id: names.symbols.count, name: name, kind: kind, owner: owner, visible: visible)
        names.symbols.append(symbol)
        if owner != 0 { names.owned[owner, default: []].append(symbol) }
        scopes[scopes.count - 1].names[name] = symbol
        return symbol
    }

    /// Returns the innermost visible variable of this name, or nil.
    private func find(_ name: String) -> NamedValue? {
        for scope in scopes.reversed() {
            if let symbol = scope.names[name] { return symbol }
        }
        return nil
    }

    private mutating func read(_ name: String, _ span: Span) {
        guard let symbol = find(name) else { return readOuter(name, span) }
        symbol.reads.append(span.narrowed(to: name))
        if symbol.owner != owner { symbol.isShared = true }
        names.read[span.start] = symbol
    }

    /// Records the use of a builtin, or of a name that nothing binds.
    private mutating func readOuter(_ name: String, _ span: Span) {
        if table[name] != nil {
            names.builtins[name, default: []].append(span)
        } else if !known.contains(name), name != "_" {
            // Only the first hundred unknown names get candidates: each needs the list of all visible names.
            let candidates = names.unknown.count < 100 ? (scopes.flatMap { $0.names.keys } + known).sorted() + table.names : []
            names.unknown.append(Unknown(name: name, span: span, candidates: candidates, isTried: tries > 0))
            names.unknownPlaces.insert(span.start)
        }
    }

    /// Records an assignment: to the innermost loop's variable of this name, else to the enclosing function's.
    private mutating func bind(_ name: String, _ span: Span, unpacked: Bool = false) {
        for scope in scopes.reversed() where scope.owner == owner {
            guard let symbol = scope.names[name] else { continue }
            symbol.bindings.append(span)
            symbol.isUnpacked = symbol.isUnpacked || unpacked
            symbol.function = nil
            names.bound[span.start] = symbol
            return
        }
    }

    private mutating func bind(_ pattern: Pattern, unpacked: Bool = false) {
        switch pattern {
        case .name(let name, let span): bind(name, span, unpacked: unpacked)
        case .ignore: break
        case .list(let parts, _): for part in parts { bind(part, unpacked: true) }
        case .record(let fields, _):
            for field in fields {
                if field.keySpan?.start == field.part.span.start { names.shorthand.insert(field.part.span.start) }
                bind(field.part, unpacked: true)
            }
        case .rest(let part, _): bind(part, unpacked: true)
        }
    }

    /// Visits a part in which a loop's pattern is bound.
    private mutating func within(_ pattern: Pattern, _ visible: Span, _ body: (inout Resolver) -> Void) {
        enter(pattern.names, .loop, visible: pattern.span.start..<visible.end)
        bind(pattern)
        body(&self)
        scopes.removeLast()
    }

    // MARK: statements

    private mutating func visit(_ part: SyntaxPart) {
        switch part {
        case .expression(let expression): visit(expression)
        case .block(let block): visit(block)
        case .function(let function): visit(function)
        }
    }

    private mutating func visit(_ block: Block) { block.statements.forEach { visit($0) } }

    private mutating func visit(_ statement: Statement) {
        switch statement.kind {
        case .assign(let pattern, let value):
            visit(value)
            bind(pattern)
        case .define(let function):
            if let name = function.name {
                let span = function.nameSpan
                bind(name, span)
                if let symbol = names.bound[span.start], symbol.bindings.count == 1 { symbol.function = function }
            }
            visit(function)
        case .importFile(_, let at, let name):
            let span = statement.importedName(name, at)
            bind(name, span)
            names.bound[span.start]?.isModule = true
        case .forLoop(let pattern, let source, let body):
            visit(source)
            within(pattern, body.span) { $0.visit(body) }
        default: statement.forEachPart { visit($0) }
        }
    }

    private mutating func visit(_ function: FunctionSyntax) {
        let outer = owner
        ownerCount += 1
        owner = ownerCount
        names.owners[function.span.start] = owner
        let range = function.span.start..<function.span.end
        let parameters = function.parameters.map(\.name)
        enter([], .parameter, visible: range)
        for parameter in function.parameters {
            declare(parameter.name, .parameter, range).bindings.append(parameter.span)
            names.bound[parameter.span.start] = names.symbols[names.symbols.count - 1]
        }
        for name in NameCollector(function).assigned where !parameters.contains(name) { declare(name, .local, range) }
        function.forEachPart { visit($0) }
        scopes.removeLast()
        owner = outer
    }

    // MARK: expressions

    private mutating func visit(_ expression: Expression) {
        switch expression.kind {
        case .name(let name): read(name, expression.span)
        case .comprehension(let element, let clauses): visit(clauses[...], element, expression.span)
        case .attempt(let body, let problem, let recovery): visit(body, problem, recovery)
        case .record(let items):
            items.forEach { noteShorthand($0) }
            fallthrough
        default: expression.forEachPart { visit($0) }
        }
    }

    /// Records a record item such as `{steps}`, in which the field has the variable's name.
    private mutating func noteShorthand(_ item: RecordItem) {
        if case .field(let name, let value) = item, case .name(name) = value.kind, value.span.isShorthand {
            names.shorthand.insert(value.span.start)
        }
    }

    private mutating func visit(_ body: Block, _ problem: (name: String, span: Span)?, _ recovery: Block) {
        tries += 1
        visit(body)
        tries -= 1
        guard let problem else { return visit(recovery) }
        enter([problem.name], .recovered, visible: recovery.span.start..<recovery.span.end)
        bind(problem.name, problem.span)
        visit(recovery)
        scopes.removeLast()
    }

    /// Visits a comprehension. Each loop's names are visible to the clauses after it and to the element, which is written before them.
    private mutating func visit(_ clauses: ArraySlice<Clause>, _ element: Expression, _ whole: Span) {
        switch clauses.first {
        case nil: visit(element)
        case .filter(let condition):
            visit(condition)
            visit(clauses.dropFirst(), element, whole)
        case .loop(let pattern, let source):
            visit(source)
            enter(pattern.names, .loop, visible: whole.start..<whole.end)
            bind(pattern)
            visit(clauses.dropFirst(), element, whole)
            scopes.removeLast()
        }
    }
}

extension FunctionSyntax {
    /// The place of the name after `fn`; the whole function where it has no name.
    var nameSpan: Span {
        guard let name else { return span }
        var start = span.start + 2
        while start < span.end, [32, 9, 10, 13].contains(span.file.bytes[start]) { start += 1 }
        return Span(file: span.file, start: start, end: start + name.utf8.count)
    }
}

extension Statement {
    /// Returns the place at which an import binds its name: after `as`, else at the path.
    func importedName(_ name: String, _ at: Span) -> Span {
        guard span.end > at.end else { return at }
        return Span(file: span.file, start: span.end - name.utf8.count, end: span.end)
    }
}

extension Span {
    /// Returns the place of the name itself where the span also covers brackets around it.
    func narrowed(to name: String) -> Span {
        let length = name.utf8.count
        guard end - start > length else { return self }
        var place = start
        let wanted = Array(name.utf8)
        while place + length <= end {
            if file.bytes[place..<place + length].elementsEqual(wanted) {
                return Span(file: file, start: place, end: place + length)
            }
            place += 1
        }
        return self
    }
}

extension Span {
    /// Whether no "name:" stands before a field's value.
    fileprivate var isShorthand: Bool {
        var place = start - 1
        while place >= 0, [32, 9, 10, 13].contains(file.bytes[place]) { place -= 1 }
        return place < 0 || file.bytes[place] != UInt8(ascii: ":")
    }
}
