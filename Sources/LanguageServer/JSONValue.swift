#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import Language

/// Any JSON value: the form in which the protocol's messages are read and written.
enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case int(Int)
    case double(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// Returns the value of a JSON text, or nil where the bytes are not JSON.
    static func parse(_ bytes: [UInt8]) -> JSONValue? { try? JSONDecoder().decode(JSONValue.self, from: Data(bytes)) }

    subscript(key: String) -> JSONValue? { if case .object(let fields) = self { fields[key] } else { nil } }

    var string: String? { if case .string(let text) = self { text } else { nil } }
    var array: [JSONValue]? { if case .array(let items) = self { items } else { nil } }
    var bool: Bool? { if case .bool(let flag) = self { flag } else { nil } }

    var int: Int? {
        switch self {
        case .int(let value): value
        case .double(let value): Int(exactly: value)
        default: nil
        }
    }

    /// The value as one line of JSON. Keys are sorted, so that messages can be compared.
    var text: String {
        var result = ""
        write(to: &result)
        return result
    }

    private func write(to result: inout String) {
        switch self {
        case .null: result += "null"
        case .bool(let flag): result += flag ? "true" : "false"
        case .int(let value): result += String(value)
        case .double(let value): result += value.isFinite ? String(value) : "null"
        case .string(let text): result += jsonString(text)
        case .array(let items):
            result += "["
            for (place, item) in items.enumerated() {
                if place > 0 { result += "," }
                item.write(to: &result)
            }
            result += "]"
        case .object(let fields):
            result += "{"
            for (place, key) in fields.keys.sorted().enumerated() {
                if place > 0 { result += "," }
                result += jsonString(key) + ":"
                fields[key]?.write(to: &result)
            }
            result += "}"
        }
    }
}

extension JSONValue: Decodable {
    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let fields = try? container.decode([String: JSONValue].self) {
            self = .object(fields)
        } else if let text = try? container.decode(String.self) {
            self = .string(text)
        } else if let value = try? container.decode(Int.self) {
            self = .int(value)
        } else if let items = try? container.decode([JSONValue].self) {
            self = .array(items)
        } else if let flag = try? container.decode(Bool.self) {
            self = .bool(flag)
        } else {
            self = .double(try container.decode(Double.self))
        }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    init(stringLiteral value: String) { self = .string(value) }
    init(integerLiteral value: Int) { self = .int(value) }
    init(booleanLiteral value: Bool) { self = .bool(value) }
    init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(Dictionary(elements) { _, last in last })
    }
}
