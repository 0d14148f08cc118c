extension CoreBuiltins {
    private static let record = Key<Record>("record", doc: "A record.")
    private static let owner = Key<Value>("x", doc: "A record, or a value with fields.")
    private static let name = Key<String>("name", doc: "The field's name.")
    private static let pairs = Key<[Value]>("pairs", .list(.list(.any)), doc: "Pairs; later ones win.")
    private static let names = Key<[String]>(oneOrMore: "names", doc: "One name or several.")

    static let recordBuiltins: [Builtin] = [
        Builtin(
            "keys", family: .records, summary: "The names of a record's fields.", parameters: [record],
            result: .strings, terms: ["fields", "names"],
            examples: [.init("keys({lr: 0.1, steps: 5})", shows: "[\"lr\", \"steps\"]")], seeAlso: ["values", "items"],
            cost: .detachable(),
            run: { call in .list(try call[record].keys.polledMap { .string($0) }) }),
        Builtin(
            "values", family: .records, summary: "The values of a record's fields.", parameters: [record],
            result: .list, terms: ["fields"],
            examples: [.init("values({lr: 0.1, steps: 5})", shows: "[0.1, 5]")], seeAlso: ["items"], cost: .detachable(),
            run: { call in .list(try call[record].values) }),
        Builtin(
            "items", family: .records, summary: "The fields as [name, value] pairs.", parameters: [record],
            result: .list.described("list of lists"), terms: ["pairs", "fields"],
            examples: [.init("items({lr: 0.1})", shows: "[[\"lr\", 0.1]]")], cost: .detachable(),
            run: { call in .list(try call[record].pairs.polledMap { .list([.string($0.0), $0.1]) }) }),
        Builtin(
            "has", family: .records, summary: "Whether a value has a field of this name.",
            parameters: [owner, name], result: .bool, terms: ["field", "contains", "key"],
            examples: [.init("has({lr: 0.1}, \"lr\")", shows: "true")], seeAlso: ["record", "without"],
            run: { call in .bool(try call[owner].fieldNames.contains(try call[name])) }),
        Builtin(
            "record", family: .records, summary: "A record from [name, value] pairs.", parameters: [pairs], result: .record,
            terms: ["dictionary", "table"], examples: [.init("record([[\"a\", 1]])", shows: "{a: 1}")], seeAlso: ["without"],
            cost: .detachable(),
            run: { call in
                var record = Record()
                try items(call, pairs).polledForEach { pair in
                    guard case .list(let parts) = pair, parts.count == 2, case .string(let key) = parts[0] else {
                        throw Problem(
                            .badArgument, "record wants pairs of a name and a value", argument: pairs.name,
                            label: "one is \(pair.shortText)")
                    }
                    record[key] = parts[1]
                }
                return .record(record)
            }),
        Builtin(
            "without", family: .records, summary: "The record without the fields of these names.",
            parameters: [record, names], result: .record, terms: ["remove", "drop", "delete"],
            examples: [.init("without({a: 1, b: 2}, \"a\")", shows: "{b: 2}")], cost: .detachable(),
            run: { call in
                let names = Set(try call[Self.names])
                var rest = Record()
                try call[record].pairs.polledForEach { name, value in
                    if !names.contains(name) { rest[name] = value }
                }
                return .record(rest)
            }),
    ]
}
