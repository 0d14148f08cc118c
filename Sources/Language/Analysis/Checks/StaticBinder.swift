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
        let parameters = builtin.parameters
        var place = 0
        for (index, type) in types.enumerated() {
            while place < parameters.count, parameters[place].keywordOnly { place += 1 }
            guard place < parameters.count else {
                return problems.append(Binder.tooMany(builtin, at: index, of: types.count))
            }
            if parameters[place].variadic {
                rest.append(type)
                check(type, place, position: index)
            } else {
                check(type, place)
                bound[place] = type
                place += 1
            }
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
            guard let place = builtin.parameters.firstIndex(where: { $0.name == name && !$0.variadic }) else {
                problems.append(
                    Problem.unknownParameter(name, of: builtin.name, among: builtin.parameters.map(\.name)))
                continue
            }
            if bound[place] != nil {
                problems.append(Problem.duplicateArgument(name, of: builtin.name))
                continue
            }
            check(type, place)
            bound[place] = type
        }
    }

    private mutating func call(_ arguments: StaticArguments) -> StaticCall {
        let given = bound.map { $0 != nil }
        for (place, parameter) in builtin.parameters.enumerated() where bound[place] == nil {
            let mayCome = arguments.hasMoreNamed || arguments.hasMorePositional && !parameter.keywordOnly
            // After another problem nothing is reported as missing: an unknown name may have been meant for it.
            if parameter.isRequired, !mayCome, problems.isEmpty { problems.append(Binder.missing(parameter, builtin)) }
            bound[place] = mayCome ? .unknown : parameter.defaultValue.map { StaticType($0) } ?? StaticType.none
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
        let syntax = function.syntax
        let parameters = syntax.parameters
        let names = parameters.map(\.name)
        let places = parameters.filter { !$0.keywordOnly && !$0.variadic }.count
        let title = syntax.name ?? "this function"
        if arguments.positional.count > places, !parameters.contains(where: \.variadic) {
            throw Problem.tooMany(title, places, arguments.positional.count, signature: function.signature)
        }
        var given = Set(names.prefix(min(places, arguments.positional.count)))
        for (name, _) in arguments.named {
            guard parameters.contains(where: { $0.name == name && !$0.variadic }) else {
                throw Problem.unknownParameter(name, of: title, among: names)
            }
            guard given.insert(name).inserted else { throw Problem.duplicateArgument(name, of: title) }
        }
        for parameter in parameters where parameter.defaultValue == nil && !parameter.variadic {
            let mayCome = arguments.hasMoreNamed || arguments.hasMorePositional && !parameter.keywordOnly
            if !mayCome, !given.contains(parameter.name) {
                throw Problem.missing(parameter.name, title, signature: function.signature)
            }
        }
    }
}
