import Language
import Tensors

/// Rows of tables as JSON objects, one a line.
enum TableJSON {
    /// The deepest nesting of lists and records that is written; what lies deeper becomes "…".
    private static let deepest = 60

    /// Returns a value as JSON: numbers exactly, none as null, and what JSON has no form for as the text that `print` writes.
    static func json(_ value: Value, depth: Int = 0) -> JSON {
        guard depth < deepest else { return .string("…") }
        switch value {
        case .none: return .null
        case .bool(let flag): return .bool(flag)
        case .int(let number): return JSON(number)
        case .float(let number): return JSON(number)
        case .string(let text): return .string(text)
        case .list(let items): return .array(items.map { json($0, depth: depth + 1) })
        case .record(let record): return .object(JSONObject(record.pairs.map { ($0, json($1, depth: depth + 1)) }))
        default: return .string(value.inlineText)
        }
    }

    /// Returns the value of a JSON document. Numbers without fraction and exponent become ints where they fit.
    static func value(_ json: JSON) -> Value {
        switch json {
        case .null: .none
        case .bool(let flag): .bool(flag)
        case .number(let number): number.integer.map { .int($0) } ?? .float(number.double)
        case .string(let text): .string(text)
        case .array(let items): .list(items.map(value))
        case .object(let object): .record(Record(object.members.map { ($0, value($1)) }))
        }
    }

    /// Returns the objects of a file with their line numbers, without blank lines. A last line without a line break that is no whole object
    /// was cut off while it was written; it is left out where `allowsTorn` is true. Throws `.badFile` with the line.
    static func lines(
        _ bytes: [UInt8], _ name: String, argument: String, allowsTorn: Bool
    ) throws -> (lines: [(number: Int, object: JSONObject)], isTorn: Bool) {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let parts = bytes.dropFirst(bytes.starts(with: mark) ? 3 : 0).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        var lines: [(number: Int, object: JSONObject)] = []
        for (place, part) in parts.enumerated() where part.contains(where: { ![9, 13, 32].contains($0) }) {
            try Cancellation.check()
            let isLast = place == parts.count - 1
            do {
                let json = try JSON.parse(Array(part), depthLimit: deepest + 4, allowsNonFinite: true)
                guard let object = json.objectValue else {
                    throw Problem(.badFile, "\(name), line \(place + 1) is \(json.kind), not an object", argument: argument)
                }
                lines.append((place + 1, object))
            } catch let error as JSONError {
                if isLast, allowsTorn { return (lines, true) }
                throw Problem(.badFile, "\(name), line \(place + 1), column \(error.column): \(error.problem.text)", argument: argument)
            }
        }
        return (lines, false)
    }
}
