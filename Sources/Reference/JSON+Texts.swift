import Files

extension JSON {
    /// Returns a list of strings.
    static func strings(_ items: [String]) -> JSON { .array(items.map { .string($0) }) }
    /// Returns a string, or null for nil.
    static func optional(_ text: String?) -> JSON { text.map { .string($0) } ?? .null }
}
