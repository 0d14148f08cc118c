import Files
import Language

/// JSON whose members keep their order.
indirect enum JSONText {
    case text(String)
    case number(Double)
    case bool(Bool)
    case null
    case array([JSONText])
    case object([(String, JSONText)])

    static func texts(_ items: [String]) -> JSONText { .array(items.map { .text($0) }) }
    static func optional(_ text: String?) -> JSONText { text.map { .text($0) } ?? .null }

    /// Returns the text, indented by two blanks a level.
    func written(_ indent: String = "") -> String {
        let inner = indent + "  "
        switch self {
        case .text(let text): return JSON.string(text).text()
        case .number(let value):
            return value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(value)
        case .bool(let flag): return flag ? "true" : "false"
        case .null: return "null"
        case .array(let items):
            return block("[", "]", items.map { $0.written(inner) }, indent)
        case .object(let members):
            return block("{", "}", members.map { "\(JSON.string($0.0).text()): \($0.1.written(inner))" }, indent)
        }
    }

    private func block(_ open: String, _ close: String, _ parts: [String], _ indent: String) -> String {
        if parts.isEmpty { return open + close }
        return "\(open)\n\(parts.map { "\(indent)  \($0)" }.joined(separator: ",\n"))\n\(indent)\(close)"
    }
}
