/// The help on a value, as for `?photo.masks[2]`: its type, its fields, and the commands that take it.
struct ValueHelp {
    let table: BuiltinTable
    let context: DisplayContext
    /// The most commands that are listed with their summaries.
    private static let mostCommands = 16

    /// Returns the help on a value. `name` is the path by which it was asked for.
    func text(of value: Value, named name: String?) -> String {
        var lines = [(name.map { "\($0): " } ?? "") + kind(of: value)]
        if case .host(let host) = value, !host.explanation.isEmpty { lines.append(host.explanation) }
        var quiet = context
        quiet.wantsImages = false
        quiet.width = max(20, context.width - 2)
        // The first line says what the value is; entering its name shows the rest.
        if case .host = value { lines.append(firstLine(value.display(quiet).plain)) }
        lines = [lines[0]] + lines.dropFirst().map { "  " + $0 }
        let sections = [fields(of: value), commands(taking: value)].filter { !$0.isEmpty }
        for section in sections { lines += [""] + section }
        return lines.joined(separator: "\n")
    }

    /// Returns the type in words, with the shape: "a mask [512, 512]", "a list of 3 masks".
    private func kind(of value: Value) -> String {
        guard case .list(let items) = value else {
            return value.describedType + (value.shapeText.map { " \($0)" } ?? "")
        }
        guard let first = items.first, items.allSatisfy({ $0.typeName == first.typeName }) else {
            return "a list of \(countText(items.count, "item"))"
        }
        return "a list of \(countText(items.count, first.typeName))"
    }

    private func firstLine(_ text: String) -> String {
        text.split(separator: "\n", maxSplits: 1).first.map(String.init) ?? ""
    }

    /// Returns the names of the fields with their values, one to a line.
    private func fields(of value: Value) -> [String] {
        let names: [(String, Value?)] =
            switch value {
            case .record(let record): record.pairs.map { ($0, $1) }
            case .host(let host): host.fieldNames.map { ($0, (try? host.field($0)) ?? nil) }
            default: []
            }
        guard !names.isEmpty else { return [] }
        let width = names.map { displayWidth($0.0) }.max() ?? 0
        return ["fields"]
            + names.map { name, field in
                let pad = String(repeating: " ", count: width - displayWidth(name))
                guard let field else { return "  \(name)" }
                return cut("  \(name)\(pad)  \(short(field))")
            }
    }

    private func short(_ value: Value) -> String {
        if case .function(let function) = value { return function.signature }
        if case .list(let items) = value, items.count > 8 { return kind(of: value) }
        if case .float(let number) = value, abs(number) < 1e6, let spec = FormatSpec(".4f") {
            return (try? Value.float(number).formatted(spec)) ?? ""
        }
        return firstLine(value.literalText)
    }

    /// Returns the builtins with a parameter for this type: those made for it with their summaries, others, which take tensors and numbers
    /// alike, by name.
    private func commands(taking value: Value) -> [String] {
        let item = itemType(of: value)
        guard value.isSpecial || item != nil else { return [] }
        let name = item ?? value.typeName
        let takers = table.all.filter { $0.parameters.contains { $0.type.mentions(name) } }
        guard !takers.isEmpty else { return [] }
        let own = takers.filter { $0.parameters.contains { $0.type.isMade(for: name) } }
        let others = takers.filter { row in !own.contains { $0.name == row.name } }
        let shown = own.isEmpty || own.count > ValueHelp.mostCommands ? [] : own
        let width = shown.map { $0.name.count }.max() ?? 0
        let named = shown.isEmpty ? own + others : others
        return ["commands that take \(TypeRule.article(name))  (?name tells more)"]
            + shown.map { row in
                cut("  \(row.name)\(String(repeating: " ", count: width - row.name.count))  \(row.summary)")
            }
            + (named.isEmpty ? [] : wrapped((shown.isEmpty ? "" : "and ") + listed(named.map(\.name), limit: 60)))
    }

    /// Returns the type of a list's items where they are host values of one type, else nil.
    private func itemType(of value: Value) -> String? {
        guard case .list(let items) = value, case .host(let first)? = items.first else { return nil }
        return items.allSatisfy { $0.typeName == first.typeName } ? first.typeName : nil
    }

    private func wrapped(_ text: String) -> [String] {
        var lines = [" "]
        for word in text.split(separator: " ") {
            if displayWidth(lines[lines.count - 1]) + 1 + displayWidth(String(word)) > context.width { lines.append(" ") }
            lines[lines.count - 1] += " " + word
        }
        return lines
    }

    private func cut(_ line: String) -> String {
        shortened(line, to: context.width)
    }
}

extension Value {
    /// Whether the value is one that parameters ask for by type: a host value or a record.
    fileprivate var isSpecial: Bool {
        switch self {
        case .host, .record: true
        default: false
        }
    }
}

extension TypeRule {
    /// Returns whether the rule accepts this type by name, alone or in a list.
    fileprivate func mentions(_ name: String) -> Bool {
        switch self {
        case .host(let own): own.text == name
        case .record: name == "record"
        case .list(let item), .listOrSingle(let item): item.mentions(name)
        case .oneOf(let rules): rules.contains { $0.mentions(name) }
        default: false
        }
    }

    /// Returns whether the rule accepts this type for its own sake, and not among tensors and numbers.
    fileprivate func isMade(for name: String) -> Bool {
        guard case .oneOf(let rules) = self else { return mentions(name) }
        let isGeneral = name != "tensor" && rules.contains { $0.mentions("tensor") || $0.isNumber }
        return !isGeneral && mentions(name)
    }

    private var isNumber: Bool { if case .number = self { true } else { false } }
}

/// A path such as `photo.masks[2].area`, which is followed through the fields and items of values.
struct ValuePath {
    private enum Step {
        case field(String)
        case item(Int)
    }

    let root: String
    private var steps: [Step] = []

    /// Creates a path, or returns nil where the text is none.
    init?(_ text: String) {
        var rest = text[...]
        func word() -> String? {
            let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
            rest = rest.dropFirst(name.count)
            return name.isEmpty ? nil : String(name)
        }
        guard let root = word() else { return nil }
        self.root = root
        while let next = rest.first {
            rest = rest.dropFirst()
            if next == "." {
                guard let name = word() else { return nil }
                steps.append(.field(name))
            } else if next == "[", let end = rest.firstIndex(of: "]"), let index = Int(trimmed(String(rest[..<end]))) {
                steps.append(.item(index))
                rest = rest[rest.index(after: end)...]
            } else {
                return nil
            }
        }
    }

    /// Returns the value at the end of the path, or nil where a step leads nowhere.
    func follow(from value: Value) -> Value? {
        steps.reduce(value) { value, step in value.flatMap { self.next($0, step) } }
    }

    /// Returns why a step of the path leads nowhere, "photo.masks has 3 items: the first is 0, the last 2 or -1", or nil where all lead
    /// somewhere.
    func end(from value: Value) -> String? {
        var (value, path) = (value, root)
        for step in steps {
            guard let next = next(value, step) else {
                switch step {
                case .item:
                    guard let count = value.itemCount else { return "\(path) is \(value.describedType), which has no items" }
                    return "\(path) has \(countText(count, "item"))" + (count > 0 ? ": the first is 0, the last \(count - 1) or -1" : "")
                case .field(let name):
                    let (names, suggestion) = (value.fieldNames, nearestLabel(name, among: value.fieldNames))
                    let known = names.isEmpty ? "" : "; it has \(listed(names))"
                    return "\(path) is \(value.describedType) and has no field \(quoted(name))"
                        + (suggestion.isEmpty ? known : ": \(suggestion)")
                }
            }
            value = next
            switch step {
            case .field(let name): path += ".\(name)"
            case .item(let index): path += "[\(index)]"
            }
        }
        return nil
    }

    private func next(_ value: Value, _ step: Step) -> Value? {
        switch (value, step) {
        case (.record(let record), .field(let name)): record[name]
        case (.host(let host), .field(let name)): (try? host.field(name)) ?? nil
        case (.host(let host), .item(let index)): try? host.index([.at(.int(index))])
        case (.list(let items), .item(let index)):
            items.indices.contains(index < 0 ? index + items.count : index)
                ? items[index < 0 ? index + items.count : index] : nil
        default: nil
        }
    }
}

extension Value {
    /// The number of items of a list or a host value, or nil.
    fileprivate var itemCount: Int? {
        switch self {
        case .list(let items): items.count
        case .host(let host): host.count
        default: nil
        }
    }
}
