/// Binds arguments to a builtin's parameters and checks them against the table.
enum Binder {
    /// Returns the call with its arguments checked. Throws a `Problem` whose `argument` or `position` names the argument at fault.
    static func bind(
        _ builtin: Builtin, _ positional: [Value], _ named: [(String, Value)], _ context: Context,
        _ span: Span?
    ) throws -> Call {
        var bound = [Value?](repeating: nil, count: builtin.parameters.count)
        var given = [Bool](repeating: false, count: builtin.parameters.count)
        var rest: [Value] = []
        do {
            try bindPositional(builtin, positional, &bound, &given, &rest)
        } catch var problem as Problem where problem.code == .wrongType {
            problem.help = ArgumentAdvice.order(builtin, positional) ?? problem.help
            throw problem
        }
        for (name, value) in named {
            let place = try builtin.place(ofNamed: name) { given[$0] }
            given[place] = true
            bound[place] = try checked(value, builtin.parameters[place], builtin)
        }
        if let problem = builtin.firstMissing(isGiven: { given[$0] }) { throw problem }
        for place in bound.indices where !given[place] {
            let parameter = builtin.parameters[place]
            bound[place] = parameter.defaultValue
            if case .listOrSingle(let item) = parameter.type, let value = parameter.defaultValue {
                bound[place] = TypeRule.listOrSingle(item).accept(value) ?? value
            }
        }
        if context.confinement != nil { try context.permitFiles(builtin, bound, rest) }
        return Call(
            builtin: builtin, context: context, span: span, bound: bound, given: given, positional: positional, named: named, rest: rest)
    }

    private static func bindPositional(
        _ builtin: Builtin, _ positional: [Value], _ bound: inout [Value?], _ given: inout [Bool], _ rest: inout [Value]
    ) throws {
        var next = 0
        for (index, value) in positional.enumerated() {
            let place = try builtin.place(ofPositional: index, of: positional.count, next: &next)
            let parameter = builtin.parameters[place]
            given[place] = true
            guard parameter.variadic else {
                bound[place] = try checked(value, parameter, builtin)
                continue
            }
            do {
                rest.append(try checked(value, parameter, builtin) ?? .none)
            } catch var problem as Problem {
                (problem.argument, problem.position) = (nil, index)
                throw problem
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
            argument: parameter.name, label: label, help: ArgumentAdvice.help(value, parameter, of: builtin))
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
        } else if case .list = value {
            help = "an item is picked by square brackets: \(text)[0]"
        }
        return Problem(
            .notCallable, "\(shortened(Language.quoted(text), to: 40)) is \(value.describedType), not a function",
            label: "this is \(value.describedType)", help: help)
    }
}

/// Returns the number without a needless ".0".
func shortNumber(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : floatText(value)
}
