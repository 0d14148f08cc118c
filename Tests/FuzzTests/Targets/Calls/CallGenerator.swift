import Language

/// Writes small programs that call the table's commands with values from the edges of what their parameters take, and go on
/// with the results. Of a command it knows its row alone.
struct CallGenerator {
    let rows: [Builtin]
    var choices: Choices
    /// Calls written so far.
    private(set) var calls = 0
    private var results: [String] = []

    init(_ table: BuiltinTable, _ choices: Choices) {
        (rows, self.choices) = (table.all, choices)
    }

    /// One program: a call, and up to four statements that use what it gave. Later ones run also where earlier ones fail.
    mutating func program() -> String {
        results = []
        var lines: [String] = []
        for number in 0..<1 + choices.below(5) {
            let text = results.isEmpty || choices.chance(25) ? call(choices.pick(rows), depth: 0) : use(choices.pick(results))
            let line = choices.chance(70) ? "try { \(text) } recover e { e.message }" : text
            guard choices.chance(60) else {
                lines.append(line)
                continue
            }
            lines.append("r\(number) = \(line)")
            results.append("r\(number)")
        }
        return lines.joined(separator: "\n")
    }

    // MARK: calls

    private mutating func call(_ row: Builtin, depth: Int) -> String {
        calls += 1
        let text = "\(row.name)(\(arguments(row, depth: depth).joined(separator: ", ")))"
        guard row.scope != nil, choices.chance(70) else { return text }
        return "with \(text) { \(call(choices.pick(rows), depth: depth + 1)) }"
    }

    private mutating func arguments(_ row: Builtin, depth: Int) -> [String] {
        var (arguments, isByName) = ([String](), false)
        // Work that is counted in steps is never left at what stands where nothing is given.
        let isLong = row.parameters.contains { $0.unit == "steps" }
        for parameter in row.parameters {
            if parameter.variadic {
                if !isByName { arguments += (0..<choices.below(4)).map { _ in value(parameter, row, depth) } }
                continue
            }
            let isBound = isLong && isCount(parameter) && parameter.name != "until"
            guard parameter.isRequired ? !choices.chance(1) : isBound || choices.chance(30) else {
                isByName = true
                continue
            }
            isByName = isByName || parameter.keywordOnly || choices.chance(10)
            let text = value(parameter, row, depth)
            arguments.append(isByName ? "\(parameter.name)=\(text)" : text)
        }
        return arguments
    }

    /// Whether it says how much is done: larger is longer.
    private func isCount(_ parameter: Parameter) -> Bool {
        guard case .int = parameter.type, let range = parameter.range else { return false }
        return range.lowerBound >= 0 && range.upperBound >= 32
    }

    private mutating func value(_ parameter: Parameter, _ row: Builtin, _ depth: Int) -> String {
        if choices.chance(6) { return anything(depth) }
        if !results.isEmpty, choices.chance(15) { return choices.pick(results) }
        if parameter.optional, choices.chance(5) { return "none" }
        if let allowed = parameter.allowed, choices.chance(80) { return quoted(choices.pick(allowed)) }
        return value(parameter.type, parameter, row, depth)
    }

    /// A value that the rule takes.
    private mutating func value(_ rule: TypeRule, _ parameter: Parameter, _ row: Builtin, _ depth: Int) -> String {
        switch rule {
        case .any: return anything(depth)
        case .bool: return choices.pick(EdgeValues.bools)
        case .int: return int(parameter, row)
        case .number: return choices.chance(50) ? int(parameter, row) : float(parameter)
        case .string: return choices.pick(isPath(parameter) ? EdgeValues.paths : EdgeValues.strings + EdgeValues.paths)
        case .record: return choices.pick(EdgeValues.records)
        case .range: return choices.pick(EdgeValues.ranges)
        case .function: return choices.pick(EdgeValues.functions)
        case .list(let item): return list(item, parameter, row, depth)
        case .listOrSingle(let item): return choices.chance(50) ? list(item, parameter, row, depth) : value(item, parameter, row, depth)
        case .oneOf(let rules): return value(choices.pick(rules), parameter, row, depth)
        case .host(let name): return host(name.text, depth)
        }
    }

    private func isPath(_ parameter: Parameter) -> Bool { parameter.file != nil || ["path", "folder"].contains(parameter.name) }

    private mutating func list(_ item: TypeRule, _ parameter: Parameter, _ row: Builtin, _ depth: Int) -> String {
        if case .any = item { return choices.pick(EdgeValues.lists + EdgeValues.ranges) }
        if choices.chance(10) { return choices.pick(EdgeValues.lists + EdgeValues.ranges) }
        return "[" + (0..<choices.pick([0, 1, 2, 2, 2, 3, 4])).map { _ in value(item, parameter, row, depth) }.joined(separator: ", ") + "]"
    }

    /// At the ends of its range and beside them; where there is none, anywhere.
    private mutating func int(_ parameter: Parameter, _ row: Builtin) -> String {
        guard let range = parameter.range, choices.chance(90) else {
            return choices.chance(40) ? String(choices.below(10) - 1) : choices.pick(EdgeValues.ints)
        }
        let (low, high) = (whole(range.lowerBound), whole(range.upperBound))
        if isCount(parameter) {
            let isLong = row.parameters.contains { $0.unit == "steps" }
            if !isLong, choices.chance(15) { return String(high) }
            return String(low &+ choices.below(3))
        }
        return String(choices.pick([low, high, low &+ 1, high &- 1, low / 2 &+ high / 2]))
    }

    private mutating func float(_ parameter: Parameter) -> String {
        guard let range = parameter.range, choices.chance(80) else { return choices.pick(EdgeValues.floats) }
        let high = range.upperBound.isFinite ? range.upperBound : 1e30
        let number = choices.pick([range.lowerBound, high, range.lowerBound / 2 + high / 2, range.lowerBound.nextUp, high.nextDown])
        return number < 0 ? "(\(number))" : "\(number)"
    }

    private func whole(_ number: Double) -> Int { Int(exactly: number.rounded()) ?? (number < 0 ? -.max : .max) }

    /// A value of one of the host's types: one that is set up, or what a command gives.
    private mutating func host(_ type: String, _ depth: Int) -> String {
        let makers = rows.filter {
            $0.result.words == type || $0.result.words.hasPrefix(type + " ") || $0.result.words.hasPrefix(type + ",")
        }
        if depth < 2, !makers.isEmpty, choices.chance(12) { return call(choices.pick(makers), depth: depth + 1) }
        return choices.pick(EdgeValues.byType[type] ?? ["none"])
    }

    private mutating func anything(_ depth: Int) -> String {
        switch choices.below(9) {
        case 0: return choices.pick(EdgeValues.ints)
        case 1: return choices.pick(EdgeValues.floats)
        case 2: return choices.pick(EdgeValues.strings + ["none", "true"])
        case 3: return choices.pick(EdgeValues.lists)
        case 4: return choices.pick(EdgeValues.ranges)
        case 5: return choices.pick(EdgeValues.records)
        case 6: return choices.pick(EdgeValues.functions)
        default: return choices.pick(EdgeValues.named).name
        }
    }

    // MARK: what is done with results

    private mutating func use(_ result: String) -> String {
        let other = choices.chance(30) ? result : anything(1)
        switch choices.below(16) {
        case 0, 1: return "\(result) \(choices.pick(BinaryOperator.allCases).rawValue) \(other)"
        case 2, 3: return "\(other) \(choices.pick(BinaryOperator.allCases).rawValue) \(result)"
        case 4: return choices.pick(["-\(result)", "!\(result)", "not \(result)", "\(result) in \(other)", "\(other) in \(result)"])
        case 5, 6: return "\(result)[\(subscripts())]"
        case 7: return "\(result).\(choices.pick(EdgeValues.fields))"
        case 8: return "show \(result)"
        case 9:
            return choices.pick([
                "print(\(result))", "print(\(result), full=true)", "\"{\(result)}\"", "\"{\(result):.3f}\"", "\"{\(result):>9}\"",
                "str(\(result))",
            ])
        case 10: return "for item in \(result) { item; break }"
        case 11:
            return choices.pick([
                "[..\(result), \(other)]", "{..\(result), a: \(other)}", "first, ..others = \(result)", "{a, size} = \(result)",
            ])
        case 12: return "\(result)(\(other))"
        case 13: return "\(result) \(choices.pick(["==", "!="])) \(result)"
        case 14: return "[x for x in \(result) if x == \(other)]"
        default: return "\(result) |> \(call(choices.pick(rows), depth: 1))"
        }
    }

    private mutating func subscripts() -> String {
        (0..<choices.pick([1, 1, 1, 2, 2, 3, 9])).map { _ in
            switch choices.below(7) {
            case 0: choices.pick(EdgeValues.ints)
            case 1: ".."
            case 2, 3: slice()
            case 4: "none"
            case 5: choices.pick(EdgeValues.ranges + EdgeValues.lists)
            default: anything(1)
            }
        }.joined(separator: ", ")
    }

    private mutating func slice() -> String {
        func bound() -> String { choices.chance(40) ? "" : choices.pick(EdgeValues.ints) }
        return choices.chance(50) ? "\(bound()):\(bound())" : "\(bound()):\(bound()):\(bound())"
    }

    private func quoted(_ text: String) -> String { "\"\(text)\"" }
}
