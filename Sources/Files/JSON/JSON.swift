// A JSON value. Objects keep the order of their keys; integers keep all their digits.

/// A JSON value (RFC 8259). It is read with `parse`, and written with `text`.
public enum JSON: Sendable, Equatable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A number.
    case number(JSONNumber)
    /// A string.
    case string(String)
    /// An array.
    case array([JSON])
    /// An object.
    case object(JSONObject)
}

/// A JSON number: the nearest `Double`, and the exact integer where the text is an integer that fits.
public struct JSONNumber: Sendable, Equatable {
    /// The value, rounded to nearest.
    public let double: Double
    /// The exact value where the number was written without fraction or exponent and fits in 64 bits.
    public let integer: Int?

    /// A number that is no integer to `integer`, even if its value is whole.
    public init(_ value: Double) {
        double = value
        integer = nil
    }

    /// An integer.
    public init(_ value: Int) {
        double = Double(value)
        integer = value
    }

    /// The value as an integer, also of `2.0` and `1e3`; nil for fractions, and beyond ±2⁵³ unless it was written as an
    /// integer.
    public var integralValue: Int? {
        if let integer { return integer }
        return double.magnitude <= 0x1p53 ? Int(exactly: double) : nil
    }
}

// MARK: Looking inside

extension JSON {
    /// The string; nil for other kinds.
    public var stringValue: String? {
        if case .string(let value) = self { value } else { nil }
    }

    /// The truth value; nil for other kinds.
    public var boolValue: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    /// The number, rounded to nearest; nil for other kinds.
    public var doubleValue: Double? {
        if case .number(let value) = self { value.double } else { nil }
    }

    /// The number as an exact integer; nil for fractions, for numbers that are too large, and for other kinds.
    public var intValue: Int? {
        if case .number(let value) = self { value.integralValue } else { nil }
    }

    /// The elements; nil for other kinds than arrays.
    public var arrayValue: [JSON]? {
        if case .array(let value) = self { value } else { nil }
    }

    /// The members; nil for other kinds than objects.
    public var objectValue: JSONObject? {
        if case .object(let value) = self { value } else { nil }
    }

    /// Whether it is `null`.
    public var isNull: Bool { self == .null }

    /// A member of an object; nil where there is none, or for other kinds.
    public subscript(key: String) -> JSON? { objectValue?[key] }

    /// The kind of the value in words, for messages: "an object", "a string", …
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
    /// `null`.
    public init(nilLiteral: ()) { self = .null }
    /// A truth value.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// An integer.
    public init(integerLiteral value: Int) { self = .number(JSONNumber(value)) }
    /// A number.
    public init(floatLiteral value: Double) { self = .number(JSONNumber(value)) }
    /// A string.
    public init(stringLiteral value: String) { self = .string(value) }
    /// An array.
    public init(arrayLiteral elements: JSON...) { self = .array(elements) }
    /// An object; of members with equal keys the last one stays.
    public init(dictionaryLiteral elements: (String, JSON)...) { self = .object(JSONObject(elements)) }

    /// An integer.
    public init(_ value: Int) { self = .number(JSONNumber(value)) }
    /// A number.
    public init(_ value: Double) { self = .number(JSONNumber(value)) }
}
