/// A Swift type that arguments are read as: the values that a parameter of it accepts, and how one of them becomes an instance.
///
/// `Bool`, `Int`, `Double`, `String`, `Value` (any value), `Record`, `FunctionValue`, lists and optionals of such types, `WordArgument`
/// (one of a few words) and `DeclaredValue` (a host value) conform.
public protocol ArgumentType: Sendable {
    /// The values that a parameter of this type accepts.
    static var rule: TypeRule { get }
    /// The only strings accepted, or nil for any.
    static var allowed: [String]? { get }
    /// Whether the argument may be left out.
    static var isOptional: Bool { get }
    /// Reads a value that the rule has accepted. Throws a `Problem` that names the argument where the value cannot be read.
    static func read(_ value: Value, _ call: Call, _ name: String) throws -> Self
}

/// A type of which a parameter's default value can be written.
public protocol LiteralArgument: ArgumentType {
    /// The value of the language.
    var literal: Value { get }
}

/// An enumeration whose cases are given by their raw values: `normalization="max"`.
public protocol WordArgument: LiteralArgument, CaseIterable, RawRepresentable where RawValue == String {}

extension ArgumentType {
    /// The default: any string that the rule accepts.
    public static var allowed: [String]? { nil }
    /// The default: an argument is needed.
    public static var isOptional: Bool { false }

    /// Returns the problem of a value that cannot be read as this type.
    static func mismatch(_ value: Value, _ call: Call, _ name: String) -> Problem {
        Problem(
            .wrongType, "\(call.builtin.name) wants \(rule.description) for \(name)", argument: name,
            label: "this is \(value.describedType)")
    }
}

extension Value: LiteralArgument {
    /// Any value.
    public static var rule: TypeRule { .any }
    /// Returns the value itself.
    public static func read(_ value: Value, _ call: Call, _ name: String) throws -> Value { value }
    /// The value itself.
    public var literal: Value { self }
}

extension Bool: LiteralArgument {
    /// True or false.
    public static var rule: TypeRule { .bool }
    /// Returns the bool.
    public static func read(_ value: Value, _ call: Call, _ name: String) throws -> Bool {
        if case .bool(let flag) = value { flag } else { throw mismatch(value, call, name) }
    }
    /// The bool as a value.
    public var literal: Value { .bool(self) }
}

extension Int: LiteralArgument {
    /// An int.
    public static var rule: TypeRule { .int }
    /// Returns the int.
    public static func read(_ value: Value, _ call: Call, _ name: String) throws -> Int {
        if case .int(let number) = value { number } else { throw mismatch(value, call, name) }
    }
    /// The int as a value.
    public var literal: Value { .int(self) }
}

extension Double: LiteralArgument {
    /// An int or a float.
    public static var rule: TypeRule { .number }
    /// Returns the number.
    public static func read(_ value: Value, _ call: Call, _ name: String) throws -> Double {
        if let number = value.number { number } else { throw mismatch(value, call, name) }
    }
    /// The number as an int where it is whole, so that help shows 1 and not 1.0.
    public var literal: Value { Int(exactly: self).map { .int($0) } ?? .float(self) }
}

extension String: LiteralArgument {
    /// A string.
    public static var rule: TypeRule { .string }
    /// Returns the string.
    public static func read(_ value: Value, _ call: Call, _ name: String) throws -> String {
        if case .string(let text) = value { text } else { throw mismatch(value, call, name) }
    }
    /// The string as a value.
    public var literal: Value { .string(self) }
}

extension Record: ArgumentType {
    /// A record.
    public static var rule: TypeRule { .record }
    /// Returns the record.
    public static func read(_ value: Value, _ call: Call, _ name: String) throws -> Record {
        if case .record(let record) = value { record } else { throw mismatch(value, call, name) }
    }
}

extension FunctionValue: ArgumentType {
    /// A function.
    public static var rule: TypeRule { .function }
    /// Returns the function.
    public static func read(_ value: Value, _ call: Call, _ name: String) throws -> FunctionValue {
        if case .function(let function) = value { function } else { throw mismatch(value, call, name) }
    }
}

extension Array: ArgumentType where Element: ArgumentType {
    /// A list or a range of items that the item's rule accepts.
    public static var rule: TypeRule { .list(Element.rule) }
    /// The strings that an item may be.
    public static var allowed: [String]? { Element.allowed }

    /// Returns the items of a list or a range. A single value, as a call has it that is only analyzed, is read as a list of one.
    public static func read(_ value: Value, _ call: Call, _ name: String) throws -> [Element] {
        // Any value reads as itself: a list of them need not be copied.
        if case .list(let items) = value, let same = items as? [Element], Element.self == Value.self { return same }
        return switch value {
        case .list(let items): try items.map { try Element.read($0, call, name) }
        case .range(let range): try range.items().map { try Element.read($0, call, name) }
        default: [try Element.read(value, call, name)]
        }
    }
}

extension Array: LiteralArgument where Element: LiteralArgument {
    /// The list as a value.
    public var literal: Value { .list(map(\.literal)) }
}

extension Optional: ArgumentType where Wrapped: ArgumentType {
    /// What the wrapped type accepts.
    public static var rule: TypeRule { Wrapped.rule }
    /// The strings that the wrapped type allows.
    public static var allowed: [String]? { Wrapped.allowed }
    /// True.
    public static var isOptional: Bool { true }

    /// Returns nil for none.
    public static func read(_ value: Value, _ call: Call, _ name: String) throws -> Wrapped? {
        value.isNone ? nil : try Wrapped.read(value, call, name)
    }
}

extension WordArgument {
    /// A string.
    public static var rule: TypeRule { .string }
    /// The raw values of all cases.
    public static var allowed: [String]? { allCases.map(\.rawValue) }

    /// Returns the case of a word.
    public static func read(_ value: Value, _ call: Call, _ name: String) throws -> Self {
        if case .string(let word) = value, let known = Self(rawValue: word) { known } else { throw mismatch(value, call, name) }
    }

    /// The word.
    public var literal: Value { .string(rawValue) }
}
