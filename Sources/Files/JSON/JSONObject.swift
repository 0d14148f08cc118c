// The members of a JSON object in the order of the file, found by key in constant time.

/// Ordered members of a JSON object. Keys are compared byte by byte, so that two spellings of "é"
/// (which Swift's own comparison calls equal) stay two keys.
public struct JSONObject: Sendable, Equatable {
    public private(set) var keys: [String] = []
    public private(set) var values: [JSON] = []
    private var positions: [ExactString: Int] = [:]

    public init() {}

    /// Later members replace earlier ones of the same key.
    public init(_ members: some Sequence<(String, JSON)>) {
        for (key, value) in members { self[key] = value }
    }

    public var count: Int { keys.count }
    public var isEmpty: Bool { keys.isEmpty }

    /// The members in order.
    public var members: Zip2Sequence<[String], [JSON]> { zip(keys, values) }

    /// Reads, replaces (the place is kept) or appends a member. Setting nil leaves the object as it is.
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

    /// Appends a member; false, and nothing done, where the key is there already.
    public mutating func append(_ key: String, _ value: JSON) -> Bool {
        guard positions.updateValue(keys.count, forKey: ExactString(key)) == nil else { return false }
        keys.append(key)
        values.append(value)
        return true
    }

    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.keys.count == right.keys.count
            && zip(left.keys, right.keys).allSatisfy { ExactString($0) == ExactString($1) }
            && left.values == right.values
    }
}

/// A string compared and hashed by its UTF-8 bytes, not by canonical equivalence.
public struct ExactString: Hashable, Sendable {
    public let string: String

    public init(_ string: String) { self.string = string }

    public static func == (left: ExactString, right: ExactString) -> Bool {
        left.string.utf8.elementsEqual(right.string.utf8)
    }

    public func hash(into hasher: inout Hasher) {
        var string = string
        string.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}
