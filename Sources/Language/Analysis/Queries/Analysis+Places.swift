/// What a word of a program refers to.
public enum Mention: Sendable {
    /// A variable of the program.
    case variable(NamedValue)
    /// A field, with the type of the value that it is looked up in.
    case field(String, of: StaticType)
    /// A builtin function or command.
    case builtin(Builtin)
    /// The name of an argument before `=` in a call of a builtin.
    case parameter(Parameter, of: Builtin)
}

extension Analysis {
    /// Returns the word at a byte offset and what it refers to, or nil where it refers to nothing known. A cursor just behind a word counts
    /// as on it.
    public func mention(at offset: Int) -> (span: Span, mention: Mention)? {
        guard let span = word(at: offset) else { return nil }
        let name = span.text
        if let owner = ownerAt[span.start] { return (span, .field(name, of: owner)) }
        if let symbol = variable(at: span) { return (span, .variable(symbol)) }
        if names.builtins[name]?.contains(where: { $0.start <= span.start && span.end <= $0.end }) ?? false,
            let builtin = table[name]
        {
            return (span, .builtin(builtin))
        }
        return parameter(name, at: span).map { (span, $0) }
    }

    /// Returns the variable that is read or bound at a word.
    private func variable(at span: Span) -> NamedValue? {
        if let symbol = names.bound[span.start] ?? names.read[span.start], symbol.name == span.text { return symbol }
        // The reads are looked up by the name's own place where brackets stand around it.
        return symbols.first { symbol in
            symbol.name == span.text && symbol.reads.contains { $0.start == span.start }
        }
    }

    /// Returns the parameter that an argument's name refers to, such as `steps` of `phase1(…, steps=3)`.
    private func parameter(_ name: String, at span: Span) -> Mention? {
        let scan = PartialScan(file, upTo: span.start)
        guard let call = scan.call(before: span.start), case .function(.builtin(let builtin)) = type(of: call.path, at: span.start),
            let parameter = builtin.parameters.first(where: { $0.name == name && !$0.variadic })
        else { return nil }
        return .parameter(parameter, of: builtin)
    }

    /// Returns the span of the name at a byte offset or just before it, or nil.
    private func word(at offset: Int) -> Span? {
        func isWord(_ place: Int) -> Bool {
            guard place >= 0, place < file.bytes.count else { return false }
            let byte = file.bytes[place]
            return Scanner.isNameStart(byte) || Scanner.isDigit(byte) || byte >= 0x80
        }
        var start = min(max(offset, 0), file.bytes.count)
        var end = start
        while isWord(start - 1) { start -= 1 }
        while isWord(end) { end += 1 }
        guard end > start, !Scanner.isDigit(file.bytes[start]) else { return nil }
        return Span(file: file, start: start, end: end)
    }

    // MARK: types

    /// Returns the type of the name or field at a place; unknown where it has none.
    public func type(at span: Span) -> StaticType { typeAt[span.start] ?? .unknown }

    /// Returns the variables that are visible at a byte offset, innermost first.
    func visible(at offset: Int) -> [NamedValue] {
        symbols.filter { $0.visible.contains(offset) || $0.visible.upperBound == offset }.sorted {
            $0.visible.count < $1.visible.count
        }
    }

    /// Returns the type of `a.b.c` at a byte offset; `a` has the type that it had where it was last bound or read before.
    func type(of path: [String], at offset: Int) -> StaticType {
        guard let first = path.first else { return .unknown }
        var type: StaticType
        if let symbol = visible(at: offset).first(where: { $0.name == first }) {
            type = self.type(of: symbol, before: offset)
        } else if let known = outside[first] {
            type = known
        } else {
            type = table[first].map { .function(.builtin($0)) } ?? .unknown
        }
        for name in path.dropFirst() { type = type.field(name) ?? .unknown }
        return type
    }

    /// Returns the type that a variable has at its last mention at or before a byte offset for which a type is known, else its type at the
    /// end of the program.
    func type(of symbol: NamedValue, before offset: Int) -> StaticType {
        let places = (symbol.bindings + symbol.reads).map(\.start).filter { $0 <= offset }.sorted()
        for place in places.reversed() {
            if let type = typeAt[place], !type.isUnknown { return type }
        }
        return finalTypes[symbol.id] ?? .unknown
    }

    // MARK: definitions

    /// Returns the places that define what is mentioned at a byte offset, which may lie in an imported file; empty where there are none.
    public func definition(at offset: Int) -> [Span] {
        switch mention(at: offset)?.mention {
        case .variable(let symbol): return symbol.bindings
        case .field(let name, let owner):
            guard case .function(.user(let function))? = owner.field(name) else { return [] }
            return [function.definition]
        default: return importedFile(at: offset).map { [$0] } ?? []
        }
    }

    /// Returns the start of the file that an `import` at the byte offset names, or nil.
    private func importedFile(at offset: Int) -> Span? {
        for statement in program.statements {
            guard case .importFile(let path, let at, _) = statement.kind, at.start <= offset, offset <= at.end,
                let found = try? context.locateImport(path, from: file.name)
            else { continue }
            return Span(file: SourceFile(name: Paths.canonical(found), text: ""), start: 0, end: 0)
        }
        return nil
    }

    // MARK: outline

    /// A cell, a function or a variable of a program's outline, with its children.
    public struct OutlineItem: Sendable {
        /// The kinds of outline items.
        public enum Kind: Sendable { case cell, function, variable }
        /// The cell's title, or the name that is defined.
        public var name: String
        /// A function's parameters or a variable's type; empty for cells.
        public var detail: String
        /// What the item is.
        public var kind: Kind
        /// The whole item.
        public var span: Span
        /// The name within the item; for a cell its first line.
        public var nameSpan: Span
        /// The items within the cell or function.
        public var children: [OutlineItem]
    }

    /// The program's functions and the variables that its top-level statements assign, grouped by cell where cells have titles.
    public var outline: [OutlineItem] {
        let items = outline(of: program.statements)
        let cells = Language.cells(of: file.text).filter { !$0.title.isEmpty }
        guard !cells.isEmpty else { return items }
        var result = cells.map { cell in
            let start = file.lineRange(cell.lines.lowerBound)
            let end = file.lineRange(cell.lines.upperBound).upperBound
            return OutlineItem(
                name: cell.title, detail: "", kind: .cell, span: Span(file: file, start: start.lowerBound, end: end),
                nameSpan: Span(file: file, start: start.lowerBound, end: start.upperBound), children: [])
        }
        var loose: [OutlineItem] = []
        for item in items {
            if let place = result.lastIndex(where: { $0.span.start <= item.span.start && item.span.start < $0.span.end }) {
                result[place].children.append(item)
            } else {
                loose.append(item)
            }
        }
        return loose + result
    }

    private func outline(of statements: [Statement]) -> [OutlineItem] {
        var seen: Set<String> = []
        return statements.flatMap { statement -> [OutlineItem] in
            switch statement.kind {
            case .define(let function):
                let names = function.parameters.map(\.name).joined(separator: ", ")
                return [
                    OutlineItem(
                        name: function.name ?? "fn", detail: "(\(names))", kind: .function, span: statement.span,
                        nameSpan: function.nameSpan, children: outline(of: function.body.statements).filter { $0.kind == .function })
                ]
            case .assign(let pattern, _):
                return pattern.named.filter { seen.insert($0.name).inserted }.map {
                    OutlineItem(
                        name: $0.name, detail: type(at: $0.span).shortText, kind: .variable, span: statement.span,
                        nameSpan: $0.span, children: [])
                }
            default: return []
            }
        }
    }
}

extension Pattern {
    /// The names that the pattern binds, with their places.
    var named: [(name: String, span: Span)] {
        switch self {
        case .name(let name, let span): [(name, span)]
        case .ignore: []
        case .list(let parts, _): parts.flatMap(\.named)
        case .record(let fields, _): fields.flatMap(\.part.named)
        case .rest(let part, _): part.named
        }
    }
}

extension StaticType {
    /// Returns the type of a field, or nil where there is no such field or the fields are not known.
    func field(_ name: String) -> StaticType? {
        switch self {
        case .record(let fields, _): fields.first { $0.name == name }?.type
        case .host(let host): host.field(name)
        case .range, .constant(.range): name == "start" || name == "end" ? .int : nil
        default: nil
        }
    }

    /// The names of the known fields, for completion.
    var fieldNames: [String] {
        switch self {
        case .record(let fields, _): fields.map(\.name)
        case .host(let host): host.fieldNames ?? []
        case .range, .constant(.range): ["start", "end"]
        default: []
        }
    }
}
