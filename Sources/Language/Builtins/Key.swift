/// A parameter of a builtin together with the Swift type of its argument: what a row declares, and what `run` reads by `call[key]`.
///
/// ```swift
/// static let steps = Key<Int>("steps", default: 30, range: 1...1000, unit: "steps", doc: "Denoising steps.")
/// …
/// Builtin("generate", …, parameters: [model, prompt, steps]) { call in … call[steps] … }
/// ```
///
/// An optional type (`Key<Int?>`) makes a parameter that may be left out; its argument is then nil. What the parameter accepts follows from
/// the type (`ArgumentType`) unless a rule is given.
public struct Key<Argument: Sendable>: Declaring {
    /// What help, checks and completion know of the parameter.
    public var parameter: Parameter
    /// Reads the argument of a call. Throws a `Problem` that names the parameter.
    let read: @Sendable (_ call: Call, _ key: Key) throws -> Argument

    /// The parameter's name.
    public var name: String { parameter.name }

    /// Creates a key of a parameter that is declared elsewhere, with the closure that reads its argument. The closure gets the argument or
    /// the default, none where both are missing.
    public init(_ parameter: Parameter, read: @escaping @Sendable (Value, Call) throws -> Argument) {
        self.parameter = parameter
        self.read = { call, key in try read(call.value(key), call) }
    }

    private init(reading parameter: Parameter, _ read: @escaping @Sendable (Call, Key) throws -> Argument) {
        (self.parameter, self.read) = (parameter, read)
    }
}

/// What stands in a row's list of parameters: a `Key`, or a `Parameter` alone.
public protocol Declaring: Sendable {
    /// What is declared.
    var parameter: Parameter { get }
    /// The parameter's name.
    var name: String { get }
}

extension Parameter: Declaring {
    /// The parameter itself.
    public var parameter: Parameter { self }
}

extension Key where Argument: ArgumentType {
    /// Creates a key without a default value: required, unless its type is an optional. `rule` and `allowed` replace those of the type.
    /// `file` says that the argument is a path; `standard` what applies where it is left out, in words.
    public init(
        _ name: String, _ rule: TypeRule? = nil, range: ClosedRange<Double>? = nil, unit: String? = nil, allowed: [String]? = nil,
        doc: String, keywordOnly: Bool = false, file: Parameter.FileUse? = nil, standard: String? = nil
    ) {
        var parameter = Parameter(
            name, rule ?? Argument.rule, range: range, unit: unit, allowed: allowed ?? Argument.allowed, doc: doc,
            keywordOnly: keywordOnly, optional: Argument.isOptional)
        (parameter.file, parameter.standard) = (file, standard)
        self.init(reading: parameter) { call, key in try Argument.read(call.value(key), call, key.name) }
    }
}

extension Key where Argument: LiteralArgument {
    /// Creates a key of a parameter with a default value.
    public init(
        _ name: String, _ rule: TypeRule? = nil, default value: Argument, range: ClosedRange<Double>? = nil, unit: String? = nil,
        allowed: [String]? = nil, doc: String, keywordOnly: Bool = false, file: Parameter.FileUse? = nil
    ) {
        self.init(
            name, rule, defaultValue: value.literal, range: range, unit: unit, allowed: allowed, doc: doc, keywordOnly: keywordOnly,
            file: file)
    }
}

extension Key where Argument: ArgumentType {
    /// Creates a key of a parameter with a default value of the language, such as `.float(3)`, which help shows as 3.0.
    public init(
        _ name: String, _ rule: TypeRule? = nil, defaultValue: Value, range: ClosedRange<Double>? = nil, unit: String? = nil,
        allowed: [String]? = nil, doc: String, keywordOnly: Bool = false, file: Parameter.FileUse? = nil
    ) {
        var parameter = Parameter(
            name, rule ?? Argument.rule, default: defaultValue, range: range, unit: unit, allowed: allowed ?? Argument.allowed, doc: doc,
            keywordOnly: keywordOnly)
        parameter.file = file
        self.init(reading: parameter) { call, key in try Argument.read(call.value(key), call, key.name) }
    }
}

extension Key {
    /// Creates a key of a parameter that takes all remaining positional arguments, each of which the item's rule accepts.
    public init<Item: ArgumentType>(rest name: String, _ rule: TypeRule? = nil, doc: String) where Argument == [Item] {
        self.init(reading: Parameter(name, rule ?? Item.rule, doc: doc, variadic: true)) { call, key in
            try call.rest.map { try Item.read($0, call, key.name) }
        }
    }

    /// Creates a key whose argument is a list of items or a single item, which becomes a list of one.
    public init<Item: ArgumentType>(
        oneOrMore name: String, _ rule: TypeRule? = nil, range: ClosedRange<Double>? = nil, unit: String? = nil, allowed: [String]? = nil,
        doc: String, keywordOnly: Bool = false
    ) where Argument == [Item] {
        self.init(
            name, .listOrSingle(rule ?? Item.rule), range: range, unit: unit, allowed: allowed ?? Item.allowed, doc: doc,
            keywordOnly: keywordOnly)
    }

    /// Creates the same for a parameter with a default list.
    public init<Item: LiteralArgument>(
        oneOrMore name: String, _ rule: TypeRule? = nil, default value: [Item], range: ClosedRange<Double>? = nil, unit: String? = nil,
        allowed: [String]? = nil, doc: String, keywordOnly: Bool = false
    ) where Argument == [Item] {
        self.init(
            name, .listOrSingle(rule ?? Item.rule), defaultValue: value.literal, range: range, unit: unit, allowed: allowed ?? Item.allowed,
            doc: doc, keywordOnly: keywordOnly)
    }

    /// Creates the same for a parameter that may be left out.
    public init<Item: ArgumentType>(
        oneOrMore name: String, _ rule: TypeRule? = nil, range: ClosedRange<Double>? = nil, unit: String? = nil, allowed: [String]? = nil,
        doc: String, keywordOnly: Bool = false, standard: String? = nil
    ) where Argument == [Item]? {
        self.init(
            name, .listOrSingle(rule ?? Item.rule), range: range, unit: unit, allowed: allowed ?? Item.allowed, doc: doc,
            keywordOnly: keywordOnly, standard: standard)
    }
}
