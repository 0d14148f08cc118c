/// What a parameter accepts. Ints are accepted where numbers are wanted, ranges where lists of ints or
/// numbers are.
public indirect enum TypeRule: Sendable {
    case any
    case bool
    case int
    /// An int or a float.
    case number
    case string
    case list(TypeRule)
    case record
    case range
    case function
    /// A host value by its type name.
    case host(String)
    case oneOf([TypeRule])
    /// One value, or a list of them; bound as a list either way.
    case listOrSingle(TypeRule)

    /// For messages: "an int", "a list of masks", "a tensor or a number".
    public var description: String {
        switch self {
        case .any: "any value"
        case .bool: "true or false"
        case .int: "an int"
        case .number: "a number"
        case .string: "a string"
        case .list(let item): "a list of \(item.plural)"
        case .record: "a record"
        case .range: "a range"
        case .function: "a function"
        case .host(let name): TypeRule.article(name)
        case .oneOf(let rules): TypeRule.joined(rules.map(\.description))
        case .listOrSingle(let item): "\(item.description) or a list of \(item.plural)"
        }
    }

    /// A short form for signatures and tables: "int", "list of mask", "tensor | number".
    public var shortName: String {
        switch self {
        case .any: "any"
        case .bool: "bool"
        case .int: "int"
        case .number: "number"
        case .string: "string"
        case .list(let item): "list of \(item.shortName)"
        case .record: "record"
        case .range: "range"
        case .function: "function"
        case .host(let name): name
        case .oneOf(let rules): rules.map(\.shortName).joined(separator: " | ")
        case .listOrSingle(let item): "\(item.shortName) or list"
        }
    }

    private var plural: String {
        switch self {
        case .any: "values"
        case .bool: "bools"
        case .int: "ints"
        case .number: "numbers"
        case .string: "strings"
        case .list(let item): "lists of \(item.plural)"
        case .record: "records"
        case .range: "ranges"
        case .function: "functions"
        case .host(let name): TypeRule.plural(name)
        case .oneOf(let rules): TypeRule.joined(rules.map(\.plural))
        case .listOrSingle(let item): item.plural
        }
    }

    /// "a tensor", "an image".
    public static func article(_ noun: String) -> String {
        switch noun {
        case "none": "none"
        // Names of several things: "gradients", "parameters".
        case _ where noun.hasSuffix("s"): noun
        default: (noun.first.map { "aeiou".contains($0) } ?? false ? "an " : "a ") + noun
        }
    }

    private static func plural(_ noun: String) -> String {
        if noun.hasSuffix("y") { return noun.dropLast() + "ies" }
        return noun.hasSuffix("s") ? noun : noun + "s"
    }

    static func joined(_ words: [String]) -> String {
        guard words.count > 1, let last = words.last else { return words.first ?? "" }
        return words.dropLast().joined(separator: ", ") + " or " + last
    }
}
