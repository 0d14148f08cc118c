/// A value of the language. Values are immutable: names are rebound, values are not modified.
///
/// `host` and `range` are stored indirectly, so that a value stays two words and a tag: the evaluator copies values far more often than it
/// looks inside these two.
public enum Value: Sendable {
    case none
    case bool(Bool)
    case int(Int)
    case float(Double)
    case string(String)
    case list([Value])
    case record(Record)
    indirect case range(RangeValue)
    case function(FunctionValue)
    indirect case host(any HostValue)
}

extension Value {
    /// The type's name in messages and in `type(x)`; a host value supplies its own.
    public var typeName: String {
        switch self {
        case .none: "none"
        case .bool: "bool"
        case .int: "int"
        case .float: "float"
        case .string: "string"
        case .list: "list"
        case .record: "record"
        case .range: "range"
        case .function: "function"
        case .host(let value): value.typeName
        }
    }

    /// Whether the value is `true`. Conditions take only bools, so the evaluator checks the type before.
    public var isTruthy: Bool {
        if case .bool(let flag) = self { flag } else { false }
    }

    /// Whether the value is none.
    public var isNone: Bool {
        if case .none = self { true } else { false }
    }

    /// The int or float as a double; nil for other values, bools among them.
    public var number: Double? {
        switch self {
        case .int(let value): Double(value)
        case .float(let value): value
        default: nil
        }
    }

    /// The shape of a host value, for labels under operands: "[1, 16, 16, 8]"; nil where there is none.
    public var shapeText: String? {
        if case .host(let value) = self { value.shapeText } else { nil }
    }

    /// The items that iteration over a list, a range or a host value sees, as unpacking and `len` do; nil for other values. Throws
    /// `.tooManyBytes` for a range too long for a list.
    public var elements: [Value]? {
        get throws {
            switch self {
            case .list(let items): items
            case .range(let range): try range.items()
            case .host(let value): try value.items()
            default: nil
            }
        }
    }
}

extension HostValue {
    /// The assumed size of an item that is made when asked for, in bytes.
    private static var itemBytes: Int { 200 }

    /// Returns `elements`. Where items are made one by one, their size is checked first. Throws `.tooManyBytes` and `.interrupted`.
    func items() throws -> [Value]? {
        guard element(at: 0) != nil, let count else { return elements }
        try Reservation.check([count], of: Self.itemBytes, what: "a list of \(count) items")
        return try (0..<count).polledMap { element(at: $0) ?? .none }
    }
}

extension Value: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByStringLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral
{
    /// Creates an int.
    public init(integerLiteral value: Int) { self = .int(value) }
    /// Creates a float.
    public init(floatLiteral value: Double) { self = .float(value) }
    /// Creates a string.
    public init(stringLiteral value: String) { self = .string(value) }
    /// Creates a bool.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// Creates a list.
    public init(arrayLiteral elements: Value...) { self = .list(elements) }
}
