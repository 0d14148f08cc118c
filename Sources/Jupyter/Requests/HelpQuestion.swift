import Language

/// A cell that asks for help: `?name`, `??name`, `?"words"`, `name?` or `name??`.
enum HelpQuestion: Equatable {
    case help(String)
    case details(String)
    case search(String)

    /// Returns the question that a cell is, or nil where it is a program.
    init?(_ cell: String) {
        let line = cell.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed()
        let text = String(line)
        guard !text.contains(where: \.isNewline) else { return nil }
        if text.hasPrefix("?") {
            self = Self.question(String(text.drop { $0 == "?" }), isDetailed: text.hasPrefix("??"))
        } else if text.hasSuffix("?"), let name = Self.name(text) {
            self = Self.question(name, isDetailed: text.hasSuffix("??"))
        } else {
            return nil
        }
    }

    private static func question(_ topic: String, isDetailed: Bool) -> HelpQuestion {
        let topic = String(topic.drop(while: \.isWhitespace))
        if topic.hasPrefix("\"") { return .search(topic.filter { $0 != "\"" }) }
        return isDetailed ? .details(topic) : .help(topic)
    }

    /// Returns the name before the question marks, or nil where there is another text.
    private static func name(_ text: String) -> String? {
        let name = text.dropLast(text.hasSuffix("??") ? 2 : 1)
        let isName = name.allSatisfy { $0.isLetter || $0.isWholeNumber || $0 == "_" || $0 == "." }
        guard isName, let first = name.first, !first.isWholeNumber else { return nil }
        return String(name)
    }

    /// Returns the answer.
    func answer(_ session: Session) -> String {
        switch self {
        case .help(let topic): session.help(topic)
        case .details(let topic): topic.isEmpty ? session.help("") : session.details(topic)
        case .search(let words): session.apropos(words)
        }
    }
}
