/// A value of the language. Values never change under their holder: names are rebound, values are not
/// modified.
///
/// `host` and `range` are stored indirectly so that a value stays two words and a tag: the evaluator copies
/// values far more often than it looks inside these two.
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
    /// The type's name as messages and `type(x)` write it; a host value gives its own.
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

    /// True only for `true`. Conditions take bools and nothing else, so the evaluator checks the type first.
    public var isTruthy: Bool {
        if case .bool(let flag) = self { flag } else { false }
    }

    public var isNone: Bool {
        if case .none = self { true } else { false }
    }

    /// An int or a float, as a float; nil for everything else (bools are not numbers).
    public var number: Double? {
        switch self {
        case .int(let value): Double(value)
        case .float(let value): value
        default: nil
        }
    }

    /// The value's shape where it has one, for labels under operands: "[1, 16, 16, 8]".
    public var shapeText: String? {
        if case .host(let value) = self { value.shapeText } else { nil }
    }

    /// The items that iteration, unpacking and `len` see: of a list, a range, or a host value that has elements.
    /// Throws `.tooManyBytes` for a range that is short to write and too long to write out.
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
    /// About what an item of its own takes in memory, in bytes.
    private static var itemBytes: Int { 200 }

    /// `elements`; where items are made one by one, their size is checked first and a stop ends it. Throws
    /// `.tooManyBytes` and `.interrupted`.
    func items() throws -> [Value]? {
        guard element(at: 0) != nil, let count else { return elements }
        try Reservation.check([count], of: Self.itemBytes, what: "a list of \(count) items")
        return try (0..<count).polledMap { element(at: $0) ?? .none }
    }
}

extension Value: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByStringLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral
{
    public init(integerLiteral value: Int) { self = .int(value) }
    public init(floatLiteral value: Double) { self = .float(value) }
    public init(stringLiteral value: String) { self = .string(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(arrayLiteral elements: Value...) { self = .list(elements) }
}
