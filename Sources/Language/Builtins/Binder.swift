/// Binds arguments to a builtin's parameters and checks them against the table.
enum Binder {
    /// Returns the call with its arguments checked. Throws a `Problem` whose `argument` or `position` names the argument at fault.
    static func bind(
        _ builtin: Builtin, _ positional: [Value], _ named: [(String, Value)], _ context: Context,
        _ span: Span?
    ) throws -> Call {
        let parameters = builtin.parameters
        var bound = [Value?](repeating: nil, count: parameters.count)
        var given = [Bool](repeating: false, count: parameters.count)
        var rest: [Value] = []
        do {
            try bindPositional(builtin, positional, &bound, &given, &rest)
        } catch var problem as Problem where problem.code == .wrongType {
            problem.help = ArgumentAdvice.order(builtin, positional) ?? problem.help
            throw problem
        }
        for (name, value) in named {
            guard let place = parameters.firstIndex(where: { $0.name == name && !$0.variadic }) else {
                throw Problem.unknownParameter(name, of: builtin.name, among: parameters.map(\.name))
            }
            if given[place] { throw Problem.duplicateArgument(name, of: builtin.name) }
            given[place] = true
            bound[place] = try checked(value, parameters[place], builtin)
        }
        for (place, parameter) in parameters.enumerated() where !given[place] {
            if parameter.isRequired { throw missing(parameter, builtin) }
            bound[place] = parameter.defaultValue
            if case .listOrSingle(let item) = parameter.type, let value = parameter.defaultValue {
                bound[place] = TypeRule.listOrSingle(item).accept(value) ?? value
            }
        }
        return Call(
            builtin: builtin, context: context, span: span, bound: bound, given: given,
            positional: positional,
            named: named, rest: rest)
    }

    private static func bindPositional(
        _ builtin: Builtin, _ positional: [Value], _ bound: inout [Value?], _ given: inout [Bool],
        _ rest: inout [Value]
    ) throws {
        var place = 0
        for (index, value) in positional.enumerated() {
            while place < builtin.parameters.count, builtin.parameters[place].keywordOnly { place += 1 }
            guard place < builtin.parameters.count else {
                throw tooMany(builtin, at: index, of: positional.count)
            }
            let parameter = builtin.parameters[place]
            if parameter.variadic {
                do {
                    rest.append(try checked(value, parameter, builtin) ?? .none)
                } catch var problem as Problem {
                    problem.argument = nil
                    problem.position = index
                    throw problem
                }
                given[place] = true
            } else {
                given[place] = true
                bound[place] = try checked(value, parameter, builtin)
                place += 1
            }
        }
    }

    /// Returns the value in the form that the parameter takes; nil for none where the parameter is optional. Throws a `Problem` for a value
    /// of the wrong type, out of range or not allowed.
    static func checked(_ value: Value, _ parameter: Parameter, _ builtin: Builtin) throws -> Value? {
        if value.isNone, parameter.optional { return nil }
        guard let accepted = parameter.type.accept(value) else {
            try Interrupt.current?.check()
            throw wrongType(value, parameter, builtin)
        }
        if let range = parameter.range { try check(accepted, inside: range, parameter, builtin) }
        if let allowed = parameter.allowed { try check(accepted, among: allowed, parameter, builtin) }
        return accepted
    }

    // MARK: ranges and allowed values

    /// Throws `.outOfRange` where a number, or an item of a list of numbers, lies outside of the range.
    static func check(
        _ value: Value, inside range: ClosedRange<Double>, _ parameter: Parameter, _ builtin: Builtin
    ) throws {
        if case .list(let items) = value {
            for item in items { try check(item, inside: range, parameter, builtin) }
            return
        }
        guard let number = value.number, !range.contains(number) else { return }
        let unit = parameter.unit.map { " \($0)" } ?? ""
        throw Problem(
            .outOfRange, "\(builtin.name) takes \(parameter.name) \(rangeText(range))\(unit)",
            argument: parameter.name, label: "this is \(value.literalText)")
    }

    /// Throws `.notAllowed` where a string, or an item of a list of strings, is not one of the allowed ones.
    static func check(
        _ value: Value, among allowed: [String], _ parameter: Parameter, _ builtin: Builtin
    ) throws {
        if case .list(let items) = value {
            for item in items { try check(item, among: allowed, parameter, builtin) }
            return
        }
        guard case .string(let text) = value, !allowed.contains(text) else { return }
        throw Problem(
            .notAllowed, "\(builtin.name) knows no \(parameter.name) \(quoted(text))",
            argument: parameter.name,
            label: nearestLabel(text, among: allowed, quoted: true),
            notes: ["\(parameter.name) is one of \(allowed.map { "\"\($0)\"" }.joined(separator: ", "))"])
    }

    /// Returns a range in words: "from 1 to 1000", "of at least 0".
    static func rangeText(_ range: ClosedRange<Double>) -> String {
        let low = shortNumber(range.lowerBound)
        if range.upperBound.isInfinite || range.upperBound >= 1e15 { return "of at least \(low)" }
        if range.lowerBound.isInfinite || range.lowerBound <= -1e15 {
            return "of at most \(shortNumber(range.upperBound))"
        }
        return "from \(low) to \(shortNumber(range.upperBound))"
    }

    // MARK: problems

    /// Returns the problem of a value of the wrong type, with advice.
    static func wrongType(_ value: Value, _ parameter: Parameter, _ builtin: Builtin) -> Problem {
        var label = "this is \(value.describedType)"
        if case .list(let items) = value, let item = parameter.type.item,
            let place = items.firstIndex(where: { item.accept($0) == nil })
        {
            label = "item \(place) is \(items[place].describedType)"
        }
        if case .range(let range) = value, range.count > TypeRule.longestRange, parameter.type.accept(.list([.int(0)])) != nil {
            label = "this range has \(range.count) items; where a list is wanted it has at most \(TypeRule.longestRange)"
        }
        return Problem(
            .wrongType, "\(builtin.name) wants \(parameter.type.description) for \(parameter.name)",
            argument: parameter.name, label: label, help: ArgumentAdvice.help(value, parameter))
    }

    /// Returns the problem of a required argument that was not given.
    static func missing(_ parameter: Parameter, _ builtin: Builtin) -> Problem {
        Problem(
            .missingArgument, "\(builtin.name) needs \(parameter.name), \(parameter.type.description)",
            label: "\(parameter.name) is missing", help: builtin.shortSignature)
    }

    /// Returns the problem of more positional arguments than the builtin takes; the one at `index` is the first too many.
    static func tooMany(_ builtin: Builtin, at index: Int, of count: Int) -> Problem {
        let most = builtin.parameters.filter { !$0.keywordOnly }.count
        let places = most == 0 ? "no arguments" : countText(most, "positional argument")
        let named = builtin.parameters.filter(\.keywordOnly).map(\.name)
        var problem = Problem(
            .tooManyArguments,
            "\(builtin.name) takes \(places), not \(count)",
            label: "one too many", notes: named.isEmpty ? [] : ["by name it takes \(listed(named))"],
            help: builtin.shortSignature)
        problem.position = index
        return problem
    }
}

extension Problem {
    /// Returns the problem of calling a value that is not a function. `text` is how the program writes it, `hint` the builtin that was
    /// perhaps meant as its method.
    static func notCallable(_ value: Value, _ text: String, hint: String?, hasArguments: Bool) -> Problem {
        var help = hint
        if case .record = value, help == nil { help = "a field is read by  \(text).name" }
        if !hasArguments {
            help = help ?? "it is a value, not a method: leave out the ()"
        } else if value.number != nil {
            help = "a product is written with *"
        } else if case .list = value, help == nil {
            help = "an item is picked by square brackets: \(text)[0]"
        }
        return Problem(
            .notCallable, "\(shortened(Language.quoted(text), to: 40)) is \(value.describedType), not a function",
            label: "this is \(value.describedType)", help: help)
    }

    /// Returns the problem of a named argument for which the function has no parameter.
    static func unknownParameter(_ name: String, of function: String, among names: [String]) -> Problem {
        let known = ForeignSyntax.parameters[name].flatMap { names.contains($0) ? $0 : nil }
        let suggestion = known.map { "did you mean \(quoted($0))?" } ?? nearestLabel(name, among: names, quoted: true)
        var notes: [String] = []
        if suggestion.isEmpty {
            notes.append(names.isEmpty ? "it takes no arguments" : "it takes \(listed(names, limit: 20))")
        }
        return Problem(
            .unknownParameter, "\(function) has no parameter \(Language.quoted(name))", argument: name,
            label: suggestion, notes: notes)
    }

    /// Returns the problem of more positional arguments than the program's function takes.
    static func tooMany(_ function: String, _ places: Int, _ count: Int, signature: String) -> Problem {
        var problem = Problem(
            .tooManyArguments, "\(function) takes \(countText(places, "positional argument")), not \(count)",
            label: "one too many", notes: ["it is \(signature)"])
        problem.position = places
        return problem
    }

    /// Returns the problem of an argument that the program's function was not given.
    static func missing(_ name: String, _ function: String, signature: String) -> Problem {
        Problem(
            .missingArgument, "\(function) needs \(name)", label: "\(name) is missing",
            notes: ["it is \(signature)"])
    }

    /// Returns the problem of an argument that was given twice.
    static func duplicateArgument(_ name: String, of function: String) -> Problem {
        Problem(
            .duplicateArgument, "\(function) gets \(name) twice", argument: name,
            label: "\(name) was given already")
    }
}

/// Returns the number without a needless ".0".
func shortNumber(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : floatText(value)
}
