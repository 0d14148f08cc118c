// A JSON value. Objects keep the order of their keys; integers keep all their digits.

/// One JSON value (RFC 8259). Read with ``JSON/parse(_:depthLimit:)``, written with ``JSON/text(pretty:)``.
public enum JSON: Sendable, Equatable {
    case null
    case bool(Bool)
    case number(JSONNumber)
    case string(String)
    case array([JSON])
    case object(JSONObject)
}

/// A JSON number: its nearest `Double`, and the exact integer where the text is an integer that fits.
public struct JSONNumber: Sendable, Equatable {
    public let double: Double
    /// The exact value where the number was written without fraction or exponent and fits in 64 bits.
    public let integer: Int?

    public init(_ value: Double) {
        double = value
        integer = nil
    }

    public init(_ value: Int) {
        double = Double(value)
        integer = value
    }

    /// The value as an integer, `2.0` and `1e3` included as long as no digit can have been lost (±2⁵³).
    public var integralValue: Int? {
        if let integer { return integer }
        return double.magnitude <= 0x1p53 ? Int(exactly: double) : nil
    }
}

// MARK: Looking inside

extension JSON {
    public var stringValue: String? {
        if case .string(let value) = self { value } else { nil }
    }

    public var boolValue: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    public var doubleValue: Double? {
        if case .number(let value) = self { value.double } else { nil }
    }

    /// The number as an exact integer; nil for fractions, for everything too large, and for other kinds.
    public var intValue: Int? {
        if case .number(let value) = self { value.integralValue } else { nil }
    }

    public var arrayValue: [JSON]? {
        if case .array(let value) = self { value } else { nil }
    }

    public var objectValue: JSONObject? {
        if case .object(let value) = self { value } else { nil }
    }

    public var isNull: Bool { self == .null }

    /// The member of an object; nil where there is none or this is no object.
    public subscript(key: String) -> JSON? { objectValue?[key] }

    /// The kind of value in words, for messages: "an object", "a string", …
    public var kind: String {
        switch self {
        case .null: "null"
        case .bool: "a truth value"
        case .number(let value): value.integer == nil ? "a number" : "an integer"
        case .string: "a string"
        case .array: "a list"
        case .object: "an object"
        }
    }
}

// MARK: Writing values down in Swift

extension JSON: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral
{
    public init(nilLiteral: ()) { self = .null }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(integerLiteral value: Int) { self = .number(JSONNumber(value)) }
    public init(floatLiteral value: Double) { self = .number(JSONNumber(value)) }
    public init(stringLiteral value: String) { self = .string(value) }
    public init(arrayLiteral elements: JSON...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, JSON)...) { self = .object(JSONObject(elements)) }

    public init(_ value: Int) { self = .number(JSONNumber(value)) }
    public init(_ value: Double) { self = .number(JSONNumber(value)) }
}
