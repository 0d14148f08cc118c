// The members of a JSON object in the order of the file, found by key in constant time.

/// The members of a JSON object in their order, found by key in constant time. Keys are compared byte by byte, so that two
/// spellings of "é", which Swift's own comparison calls equal, are two keys.
public struct JSONObject: Sendable, Equatable {
    /// The keys in the members' order.
    public private(set) var keys: [String] = []
    /// The values in the members' order.
    public private(set) var values: [JSON] = []
    private var positions: [ExactString: Int] = [:]

    /// An object without members.
    public init() {}

    /// An object of these members; a later one replaces the value of an earlier one with the same key, at the earlier one's
    /// place.
    public init(_ members: some Sequence<(String, JSON)>) {
        for (key, value) in members { self[key] = value }
    }

    /// The number of members.
    public var count: Int { keys.count }
    /// Whether there are no members.
    public var isEmpty: Bool { keys.isEmpty }

    /// The members in their order.
    public var members: Zip2Sequence<[String], [JSON]> { zip(keys, values) }

    /// The value of a member; nil where there is none. Setting replaces the value at its place, or appends a member;
    /// setting nil does nothing.
    public subscript(key: String) -> JSON? {
        get { positions[ExactString(key)].map { values[$0] } }
        set {
            guard let newValue else { return }
            if let position = positions[ExactString(key)] {
                values[position] = newValue
            } else {
                _ = append(key, newValue)
            }
        }
    }

    /// Appends a member; returns false where there is one with this key already.
    public mutating func append(_ key: String, _ value: JSON) -> Bool {
        guard positions[ExactString(key)] == nil else { return false }
        positions[ExactString(key)] = keys.count
        keys.append(key)
        values.append(value)
        return true
    }

    /// Whether keys (byte by byte), values and their order are equal.
    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.keys.count == right.keys.count
            && zip(left.keys, right.keys).allSatisfy { ExactString($0) == ExactString($1) }
            && left.values == right.values
    }
}

/// A string compared and hashed by its UTF-8 bytes, not by canonical equivalence.
public struct ExactString: Hashable, Sendable {
    /// The string.
    public let string: String

    /// The string, to be compared by its bytes.
    public init(_ string: String) { self.string = string }

    /// Whether the UTF-8 bytes are equal.
    public static func == (left: ExactString, right: ExactString) -> Bool {
        left.string.utf8.elementsEqual(right.string.utf8)
    }

    /// Hashes the UTF-8 bytes.
    public func hash(into hasher: inout Hasher) {
        var string = string
        string.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    /// An object of these members; of members with equal keys the last one's value stays.
    public init(dictionaryLiteral elements: (String, JSON)...) { self.init(elements) }
}
