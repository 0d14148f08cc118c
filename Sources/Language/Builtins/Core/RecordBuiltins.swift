extension CoreBuiltins {
    private static let family = "records"
    private static let record = Parameter("record", .record, doc: "A record.")

    static let recordBuiltins: [Builtin] = [
        Builtin(
            "keys", family: family, summary: "The names of a record's fields.", parameters: [record],
            result: "list of string", terms: ["fields", "names"],
            examples: [.init("keys({lr: 0.1, steps: 5})", shows: "[\"lr\", \"steps\"]")],
            run: { call in .list(try call.record("record").keys.polledMap { .string($0) }) }),
        Builtin(
            "values", family: family, summary: "The values of a record's fields.", parameters: [record],
            result: "list", terms: ["fields"],
            examples: [.init("values({lr: 0.1, steps: 5})", shows: "[0.1, 5]")],
            run: { call in .list(try call.record("record").values) }),
        Builtin(
            "items", family: family, summary: "The fields as [name, value] pairs.", parameters: [record],
            result: "list of lists", terms: ["pairs", "fields"],
            examples: [.init("items({lr: 0.1})", shows: "[[\"lr\", 0.1]]")],
            run: { call in .list(try call.record("record").pairs.polledMap { .list([.string($0.0), $0.1]) }) }),
        Builtin(
            "has", family: family, summary: "Whether a value has a field of this name.",
            parameters: [
                Parameter("x", doc: "A record, or a value with fields."),
                Parameter("name", .string, doc: "The field's name."),
            ],
            result: "bool", terms: ["field", "contains", "key"],
            examples: [.init("has({lr: 0.1}, \"lr\")", shows: "true")],
            run: { call in .bool(try call.value("x").fieldNames.contains(try call.string("name"))) }),
        Builtin(
            "record", family: family, summary: "A record from [name, value] pairs.",
            parameters: [Parameter("pairs", .list(.list(.any)), doc: "Pairs; later ones win.")],
            result: "record",
            terms: ["dictionary", "table"], examples: [.init("record([[\"a\", 1]])", shows: "{a: 1}")],
            run: { call in
                var record = Record()
                try call.list("pairs").polledForEach { pair in
                    guard case .list(let parts) = pair, parts.count == 2, case .string(let key) = parts[0]
                    else {
                        throw Problem(
                            .badArgument, "record wants pairs of a name and a value", argument: "pairs",
                            label: "one is \(pair.shortText)")
                    }
                    record[key] = parts[1]
                }
                return .record(record)
            }),
        Builtin(
            "without", family: family, summary: "The record without the fields of these names.",
            parameters: [record, Parameter("names", .listOrSingle(.string), doc: "One name or several.")],
            result: "record", terms: ["remove", "drop", "delete"],
            examples: [.init("without({a: 1, b: 2}, \"a\")", shows: "{b: 2}")],
            run: { call in
                let names = Set(try call.strings("names"))
                var rest = Record()
                try call.record("record").pairs.polledForEach { name, value in
                    if !names.contains(name) { rest[name] = value }
                }
                return .record(rest)
            }),
    ]
}
