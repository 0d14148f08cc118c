/// The types of a call's arguments.
struct StaticArguments {
    var positional: [StaticType] = []
    var named: [(name: String, type: StaticType)] = []
    /// Whether a spread list of unknown length may follow the positional arguments.
    var hasMorePositional = false
    /// Whether a spread record may add named arguments that are not known.
    var hasMoreNamed = false

    /// Whether these are all of the arguments.
    var isExact: Bool { !hasMorePositional && !hasMoreNamed }

    /// Returns whether a spread may give a parameter's argument.
    func mayGive<Place: ParameterPlace>(_ parameter: Place) -> Bool { hasMoreNamed || hasMorePositional && !parameter.keywordOnly }
}

/// Binds argument types to a builtin's parameters by the rules of `Binder`. A run stops at the first problem; this collects all of them.
struct StaticBinder {
    private let builtin: Builtin
    private var bound: [StaticType?]
    private var rest: [StaticType] = []
    private(set) var problems: [Problem] = []

    /// Returns the bound call and its problems, in the order in which a run would meet them.
    static func bind(_ builtin: Builtin, _ arguments: StaticArguments) -> (call: StaticCall, problems: [Problem]) {
        var binder = StaticBinder(builtin)
        binder.bindPositional(arguments.positional)
        binder.adviseOrder(arguments.positional)
        binder.bindNamed(arguments.named)
        return (binder.call(arguments), binder.problems)
    }

    private init(_ builtin: Builtin) {
        self.builtin = builtin
        bound = Array(repeating: nil, count: builtin.parameters.count)
    }

    private mutating func bindPositional(_ types: [StaticType]) {
        var next = 0
        do {
            for (index, type) in types.enumerated() {
                let place = try builtin.place(ofPositional: index, of: types.count, next: &next)
                if builtin.parameters[place].variadic {
                    rest.append(type)
                    check(type, place, position: index)
                } else {
                    check(type, place)
                    bound[place] = type
                }
            }
        } catch {
            problems.append(error)
        }
    }

    /// Adds the advice to swap arguments where one of the wrong type fits another parameter.
    private mutating func adviseOrder(_ types: [StaticType]) {
        let wrong = problems.indices.filter { problems[$0].code == .wrongType }
        guard !wrong.isEmpty, let advice = ArgumentAdvice.order(builtin, types.map { $0.example ?? .none }) else { return }
        for place in wrong { problems[place].help = advice }
    }

    private mutating func bindNamed(_ named: [(name: String, type: StaticType)]) {
        for (name, type) in named {
            do {
                let place = try builtin.place(ofNamed: name) { bound[$0] != nil }
                check(type, place)
                bound[place] = type
            } catch {
                problems.append(error)
            }
        }
    }

    private mutating func call(_ arguments: StaticArguments) -> StaticCall {
        let given = bound.map { $0 != nil }
        // After another problem nothing is reported as missing: an unknown name may have been meant for it.
        if problems.isEmpty, let problem = builtin.firstMissing(isGiven: { given[$0] }, mayCome: arguments.mayGive) {
            problems.append(problem)
        }
        for (place, parameter) in builtin.parameters.enumerated() where !given[place] {
            bound[place] = arguments.mayGive(parameter) ? .unknown : parameter.defaultValue.map { StaticType($0) } ?? StaticType.none
        }
        return StaticCall(
            builtin: builtin, bound: bound.map { $0 ?? .unknown }, given: given,
            rest: arguments.hasMorePositional ? nil : rest)
    }

    private mutating func check(_ type: StaticType, _ place: Int, position: Int? = nil) {
        do {
            try StaticBinder.check(type, builtin.parameters[place], builtin)
        } catch var problem as Problem {
            if position != nil { (problem.argument, problem.position) = (nil, position) }
            problems.append(problem)
        } catch {}
    }

    /// Throws a `Problem` where the parameter takes no value of the type, or a known number or word is outside of its range or list.
    private static func check(_ type: StaticType, _ parameter: Parameter, _ builtin: Builtin) throws {
        if case .constant(.none) = type, parameter.optional { return }
        if let value = type.value {
            _ = try Binder.checked(value, parameter, builtin)
            return
        }
        if parameter.type.accepts(type) == false { throw wrongType(type, parameter, builtin) }
        guard case .list(let items) = type, parameter.type.item != nil else { return }
        for value in items.compactMap(\.value) {
            if let range = parameter.range { try Binder.check(value, inside: range, parameter, builtin) }
            if let allowed = parameter.allowed { try Binder.check(value, among: allowed, parameter, builtin) }
        }
    }

    private static func wrongType(_ type: StaticType, _ parameter: Parameter, _ builtin: Builtin) -> Problem {
        var problem = Binder.wrongType(type.example ?? .none, parameter, builtin)
        if case .function(.user(let function)) = type { problem.help = "to call it, write \(function.name)(…)" }
        if case .list(let items) = type, let item = parameter.type.item,
            let place = items.firstIndex(where: { item.accepts($0) == false })
        {
            problem.label = "item \(place) is \(items[place].description)"
        }
        return problem
    }

    /// Checks the arguments of a call of the program's own function. Throws a `Problem` for too many, unknown, duplicate or missing
    /// arguments.
    static func bind(_ function: UserFunction, _ arguments: StaticArguments) throws {
        let callee = function.syntax
        var given = [Bool](repeating: false, count: callee.parameters.count)
        var next = 0
        for index in arguments.positional.indices {
            given[try callee.place(ofPositional: index, of: arguments.positional.count, next: &next)] = true
        }
        for (name, _) in arguments.named {
            let place = try callee.place(ofNamed: name) { given[$0] }
            given[place] = true
        }
        if let problem = callee.firstMissing(isGiven: { given[$0] }, mayCome: arguments.mayGive) { throw problem }
    }
}
