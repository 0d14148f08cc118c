import Files

/// Conversion between values and JSON. A JSON number without fraction and exponent is an int where it fits, any other a float; floats are
/// written with a dot or an exponent, so that a value is loaded as it was saved.
enum ValueJSON {
    /// The deepest nesting of lists and records that is written and read.
    static let deepest = 500

    /// Returns the value of a JSON document. Throws `.badFile` where two names of an object are equal as strings of the language.
    static func value(of json: JSON, path: String) throws -> Value {
        switch json {
        case .null: return .none
        case .bool(let flag): return .bool(flag)
        case .number(let number): return number.integer.map { .int($0) } ?? .float(number.double)
        case .string(let text): return .string(text)
        case .array(let items): return .list(try items.polledMap { try value(of: $0, path: path) })
        case .object(let object):
            var record = Record()
            for (key, item) in object.members {
                // JSON distinguishes é from e with a combining accent; names of fields do not.
                guard record[key] == nil else {
                    throw Problem(
                        .badFile, "\(quoted(path)) has the field \(quoted(key)) twice, written in two ways", argument: "path")
                }
                record[key] = try value(of: item, path: path)
            }
            return .record(record)
        }
    }

    /// Returns a value as JSON. Throws `.wrongType` for values that JSON cannot hold, naming their place; `.nestedTooDeep`; `.interrupted`;
    /// and `.tooManyBytes` where the result would exceed `limit` bytes because parts are shared.
    static func json(of value: Value, limit: Int) throws -> JSON {
        var writer = Writer(limit: limit)
        return try writer.json(of: value)
    }

    private struct Writer {
        let limit: Int
        var bytes = 0
        var poll = Poll()
        var place: [Step] = []

        enum Step {
            case item(Int)
            case field(String)
        }

        mutating func json(of value: Value) throws -> JSON {
            try poll.step()
            bytes += MemoryLayout<JSON>.stride
            guard bytes <= limit else {
                throw Problem(.tooManyBytes, "this value would take more than \(byteText(limit)) as JSON", argument: "value")
            }
            switch value {
            case .none: return .null
            case .bool(let flag): return .bool(flag)
            case .int(let number): return .number(JSONNumber(number))
            case .float(let number): return .number(JSONNumber(number))
            case .string(let text):
                bytes += text.utf8.count
                return .string(text)
            case .list(let items): return .array(try array(items))
            case .range(let range): return .array(try array(try range.items()))
            case .record(let record):
                var object = JSONObject()
                for (key, item) in record.pairs {
                    bytes += key.utf8.count
                    object[key] = try inner(item, .field(key))
                }
                return .object(object)
            case .function, .host: throw refused(value)
            }
        }

        private mutating func array(_ items: [Value]) throws -> [JSON] {
            var result: [JSON] = []
            result.reserveCapacity(items.count)
            for (index, item) in items.enumerated() { result.append(try inner(item, .item(index))) }
            return result
        }

        private mutating func inner(_ value: Value, _ step: Step) throws -> JSON {
            guard place.count < ValueJSON.deepest else {
                throw Problem(.nestedTooDeep, "this value is nested more than \(ValueJSON.deepest) levels deep", argument: "value")
            }
            place.append(step)
            let json = try json(of: value)
            place.removeLast()
            return json
        }

        private func refused(_ value: Value) -> Problem {
            let whole = place.reduce("value") { text, step in
                switch step {
                case .item(let index): "\(text)[\(index)]"
                case .field(let name): isPlainName(name) ? "\(text).\(name)" : "\(text)[\(stringLiteral(name))]"
                }
            }
            let text = whole.utf8.count > 200 ? "\(whole.prefix(90))…\(whole.suffix(90))" : whole
            return Problem(
                .wrongType, "JSON cannot hold \(value.describedType)", argument: "value",
                label: place.isEmpty ? "this is \(value.describedType)" : "\(text) is \(value.describedType)",
                help: "JSON holds numbers, texts, true, false, none, and lists and records of these; str(x) makes a text of a value")
        }
    }
}
