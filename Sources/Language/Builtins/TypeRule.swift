/// The values that a parameter accepts. Ints are accepted where numbers are wanted, and ranges where lists of ints or numbers are.
public indirect enum TypeRule: Sendable {
    /// Any value.
    case any
    case bool
    case int
    /// An int or a float.
    case number
    case string
    /// A list or a range whose items the rule accepts.
    case list(TypeRule)
    case record
    case range
    case function
    /// A host value, by the name of its type.
    case host(HostName)
    /// A value that one of the rules accepts; the first that does decides its form.
    case oneOf([TypeRule])
    /// A value or a list of them; the call gets a list in both cases.
    case listOrSingle(TypeRule)

    /// The rule in words, for messages: "an int", "a list of masks", "a tensor or a number".
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
        case .host(let name): TypeRule.article(name.text)
        case .oneOf(let rules): TypeRule.joined(rules.map(\.description))
        case .listOrSingle(let item): "\(item.description) or a list of \(item.plural)"
        }
    }

    /// The rule in short form, for signatures and tables: "int", "list of mask", "tensor | number".
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
        case .host(let name): name.text
        case .oneOf(let rules): rules.map(\.shortName).joined(separator: " | ")
        case .listOrSingle(let item): "\(item.shortName) or list"
        }
    }

    /// The plural of the rule in words.
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
        case .host(let name): TypeRule.plural(name.text)
        case .oneOf(let rules): TypeRule.joined(rules.map(\.plural))
        case .listOrSingle(let item): item.plural
        }
    }

    /// Returns a noun with its article: "a tensor", "an image". Plural nouns get none.
    public static func article(_ noun: String) -> String {
        switch noun {
        case "none": "none"
        // Plural type names: "gradients", "parameters".
        case _ where noun.hasSuffix("s"): noun
        default: (noun.first.map { "aeiou".contains($0) } ?? false ? "an " : "a ") + noun
        }
    }

    private static func plural(_ noun: String) -> String {
        if noun.hasSuffix("y") { return noun.dropLast() + "ies" }
        return noun.hasSuffix("s") ? noun : noun + "s"
    }

    /// Returns the words as a list: "a, b or c".
    static func joined(_ words: [String]) -> String {
        guard words.count > 1, let last = words.last else { return words.first ?? "" }
        return words.dropLast().joined(separator: ", ") + " or " + last
    }
}
