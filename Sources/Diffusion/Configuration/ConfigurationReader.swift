// Reading settings from a JSON object, so that each configuration is a readable table of keys, defaults and ranges. A key
// that is absent has the default of diffusers or transformers.
import Tensors

/// The settings of one file. Every method throws ``ConfigurationError``, which names file and key.
package struct ConfigurationReader {
    package let file: String
    package let object: JSONObject

    package init(file: String, object: JSONObject) { (self.file, self.object) = (file, object) }

    package init(_ json: JSON, file: String) throws(ConfigurationError) {
        guard let object = json.objectValue else {
            throw ConfigurationError(file, .notAnObject(found: json.kind))
        }
        self.file = file
        self.object = object
    }

    /// Reads a file of at most 16 MiB. Throws ``FileError`` and ``ConfigurationError``.
    package init(path: String) throws {
        let bytes = try ReadableFile.contents(path, limit: 1 << 24)
        do {
            // Python writes -Infinity, and schedulers have such a setting.
            try self.init(try JSON.parse(bytes, allowsNonFinite: true), file: path)
        } catch let error as JSONError {
            throw ConfigurationError(path, .json(error))
        }
    }

    /// An error about a key.
    package func fail(_ key: String, _ problem: ConfigurationError.Problem) -> ConfigurationError {
        ConfigurationError(file, key: key, problem)
    }

    /// Whether the file has a key, also with the value null.
    package func has(_ key: String) -> Bool { object[key] != nil }

    // MARK: Single values

    package func bool(_ key: String, default value: Bool) throws(ConfigurationError) -> Bool {
        guard let json = object[key] else { return value }
        guard let flag = json.boolValue else { throw wrongType(key, "true or false", json) }
        return flag
    }

    package func int(_ key: String, default value: Int, in range: ClosedRange<Int> = 1...1 << 20)
        throws(ConfigurationError) -> Int
    {
        guard let json = object[key] else { return value }
        return try checked(json, key, range)
    }

    package func optionalInt(_ key: String, in range: ClosedRange<Int> = 0...1 << 20)
        throws(ConfigurationError) -> Int?
    {
        guard let json = object[key], !json.isNull else { return nil }
        return try checked(json, key, range)
    }

    package func double(_ key: String, default value: Double, in range: ClosedRange<Double>)
        throws(ConfigurationError) -> Double
    {
        guard let json = object[key] else { return value }
        guard let number = json.doubleValue else { throw wrongType(key, "a number", json) }
        guard range.contains(number) else {
            let expected = "from \(range.lowerBound) to \(range.upperBound)"
            throw fail(key, .outOfRange(value: json.text(), expected: expected))
        }
        return number
    }

    package func optionalDouble(_ key: String, in range: ClosedRange<Double>) throws(ConfigurationError) -> Double? {
        guard let json = object[key], !json.isNull else { return nil }
        return try double(key, default: 0, in: range)
    }

    package func string(_ key: String, default value: String) throws(ConfigurationError) -> String {
        guard let json = object[key] else { return value }
        guard let text = json.stringValue else { throw wrongType(key, "a text", json) }
        return text
    }

    /// The case of `Choice` with this name; a name without one is unsupported.
    package func choice<Choice: RawRepresentable<String> & CaseIterable>(_ key: String, default value: Choice)
        throws(ConfigurationError) -> Choice
    {
        guard let json = object[key] else { return value }
        return try choice(json, key)
    }

    // MARK: Lists

    /// A list of integers.
    package func ints(_ key: String, default value: [Int], in range: ClosedRange<Int> = 1...1 << 20)
        throws(ConfigurationError) -> [Int]
    {
        guard let json = object[key] else { return value }
        return try checkedList(json, key, range)
    }

    /// One integer for each level, written as a list of `count`, or as one integer for all.
    package func levels(
        _ key: String, count: Int, default value: Int, in range: ClosedRange<Int> = 1...1 << 20
    ) throws(ConfigurationError) -> [Int] {
        guard let json = object[key] else { return Array(repeating: value, count: count) }
        guard case .array = json else { return Array(repeating: try checked(json, key, range), count: count) }
        let list = try checkedList(json, key, range)
        guard list.count == count else { throw fail(key, .wrongCount(expected: count, given: list.count)) }
        return list
    }

    /// The cases of `Choice` with these names, at least one.
    package func choices<Choice: RawRepresentable<String> & CaseIterable>(_ key: String, default value: [Choice])
        throws(ConfigurationError) -> [Choice]
    {
        guard let json = object[key] else { return value }
        guard let elements = json.arrayValue, !elements.isEmpty else {
            throw wrongType(key, "a list of names", json)
        }
        var list: [Choice] = []
        for element in elements { list.append(try choice(element, key)) }
        return list
    }

    // MARK: What is not implemented

    /// Throws unless the key is absent or has one of these values: others would change the computation.
    package func require(_ key: String, _ supported: JSON...) throws(ConfigurationError) {
        guard let json = object[key], !supported.contains(where: { Self.same($0, json) }) else { return }
        throw fail(key, .unsupported(value: json.text(), supported: supported.map { $0.text() }))
    }

    /// Whether two values are equal as settings: 1 and 1.0 are, and so are a value and a list of nothing but it.
    private static func same(_ left: JSON, _ right: JSON) -> Bool {
        if let list = right.arrayValue, left.arrayValue == nil {
            return !list.isEmpty && list.allSatisfy { same(left, $0) }
        }
        if let a = left.doubleValue, let b = right.doubleValue { return a == b }
        return left == right
    }
}

extension ConfigurationReader {
    private func wrongType(_ key: String, _ expected: String, _ found: JSON) -> ConfigurationError {
        fail(key, .wrongType(expected: expected, found: found.kind))
    }

    private func checked(_ json: JSON, _ key: String, _ range: ClosedRange<Int>)
        throws(ConfigurationError) -> Int
    {
        guard let number = json.intValue else { throw wrongType(key, "an integer", json) }
        guard range.contains(number) else {
            let expected = "from \(range.lowerBound) to \(range.upperBound)"
            throw fail(key, .outOfRange(value: json.text(), expected: expected))
        }
        return number
    }

    private func checkedList(_ json: JSON, _ key: String, _ range: ClosedRange<Int>)
        throws(ConfigurationError) -> [Int]
    {
        guard let elements = json.arrayValue else { throw wrongType(key, "a list of integers", json) }
        guard !elements.isEmpty else { throw fail(key, .outOfRange(value: "[]", expected: "a list of at least one integer")) }
        var list: [Int] = []
        for element in elements { list.append(try checked(element, key, range)) }
        return list
    }

    private func choice<Choice: RawRepresentable<String> & CaseIterable>(_ json: JSON, _ key: String)
        throws(ConfigurationError) -> Choice
    {
        guard let name = json.stringValue, let choice = Choice(rawValue: name) else {
            let supported = Choice.allCases.map { "\"\($0.rawValue)\"" }
            throw fail(key, .unsupported(value: json.text(), supported: supported))
        }
        return choice
    }
}
