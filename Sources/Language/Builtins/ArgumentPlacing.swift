/// A parameter, as far as the placing of arguments looks at it.
protocol ParameterPlace {
    /// The name, by which a named argument gives it.
    var name: String { get }
    /// Whether it can be given only by name.
    var keywordOnly: Bool { get }
    /// Whether it takes all remaining positional arguments.
    var variadic: Bool { get }
    /// Whether a call must give it.
    var isRequired: Bool { get }
}

/// What arguments are placed in: a builtin or a function of the program. A run and the check before it place the positional arguments first,
/// then the named ones, and then look for missing ones; a run stops at the first problem.
protocol Callee {
    associatedtype Place: ParameterPlace
    /// The name in messages.
    var title: String { get }
    /// The parameters, in the order of positional arguments.
    var parameters: [Place] { get }
    /// Returns the problem of more positional arguments than it takes; the one at `index` is the first too many.
    func tooMany(at index: Int, of count: Int) -> Problem
    /// Returns the problem of a required argument that was not given.
    func missing(_ parameter: Place) -> Problem
}

extension Callee {
    /// Returns the parameter's place for the positional argument at an index. `next` is 0 before the first argument and is moved on. Throws
    /// the problem of one argument too many.
    func place(ofPositional index: Int, of count: Int, next: inout Int) throws(Problem) -> Int {
        while next < parameters.count, parameters[next].keywordOnly { next += 1 }
        guard next < parameters.count else { throw tooMany(at: index, of: count) }
        // A variadic parameter takes the further arguments, too.
        defer { if !parameters[next].variadic { next += 1 } }
        return next
    }

    /// Returns the parameter's place for a named argument. Throws the problem of an unknown name, or of an argument that `isGiven` already.
    func place(ofNamed name: String, isGiven: (Int) -> Bool) throws(Problem) -> Int {
        guard let place = parameters.indices.first(where: { parameters[$0].name == name && !parameters[$0].variadic }) else {
            throw Problem.unknownParameter(name, of: title, among: parameters.map(\.name))
        }
        if isGiven(place) { throw Problem.duplicateArgument(name, of: title) }
        return place
    }

    /// Returns the problem of the first required argument that was not given, nor may come from a spread that hides what it gives; nil where
    /// all are there.
    func firstMissing(isGiven: (Int) -> Bool, mayCome: (Place) -> Bool = { _ in false }) -> Problem? {
        let place = parameters.indices.first { !isGiven($0) && parameters[$0].isRequired && !mayCome(parameters[$0]) }
        return place.map { missing(parameters[$0]) }
    }
}

extension Parameter: ParameterPlace {}

extension Builtin: Callee {
    var title: String { name }

    func tooMany(at index: Int, of count: Int) -> Problem {
        let most = parameters.count { !$0.keywordOnly }
        let places = most == 0 ? "no arguments" : countText(most, "positional argument")
        let named = parameters.filter(\.keywordOnly).map(\.name)
        var problem = Problem(
            .tooManyArguments, "\(name) takes \(places), not \(count)", label: "one too many",
            notes: named.isEmpty ? [] : ["by name it takes \(listed(named))"], help: shortSignature)
        problem.position = index
        return problem
    }

    func missing(_ parameter: Parameter) -> Problem {
        Problem(
            .missingArgument, "\(name) needs \(parameter.name), \(parameter.type.description)", label: "\(parameter.name) is missing",
            help: shortSignature)
    }
}

extension FunctionSyntax.Parameter: ParameterPlace {
    var isRequired: Bool { defaultValue == nil && !variadic }
}

extension FunctionSyntax: Callee {
    var title: String { name ?? "this function" }

    func tooMany(at index: Int, of count: Int) -> Problem {
        let places = parameters.count { !$0.keywordOnly && !$0.variadic }
        var problem = Problem(
            .tooManyArguments, "\(title) takes \(countText(places, "positional argument")), not \(count)", label: "one too many",
            notes: ["it is \(Code.signature(self))"])
        problem.position = index
        return problem
    }

    func missing(_ parameter: Parameter) -> Problem {
        Problem(
            .missingArgument, "\(title) needs \(parameter.name)", label: "\(parameter.name) is missing",
            notes: ["it is \(Code.signature(self))"])
    }
}

extension Problem {
    /// Returns the problem of a named argument for which the function has no parameter.
    fileprivate static func unknownParameter(_ name: String, of function: String, among names: [String]) -> Problem {
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

    /// Returns the problem of an argument that was given twice.
    fileprivate static func duplicateArgument(_ name: String, of function: String) -> Problem {
        Problem(
            .duplicateArgument, "\(function) gets \(name) twice", argument: name,
            label: "\(name) was given already")
    }
}
