import Language

/// Code in the language as HTML with its syntax coloured: a `<span>` of a class for each piece that has a colour. The words come from the
/// language's vocabulary and the builtin table, the rules are those of the editors' grammars.
struct CodeColours {
    /// The names of the builtin table.
    let builtins: Set<String>

    /// What a piece of code is; the raw value is the class of its `<span>`.
    enum Kind: String {
        case comment = "c"
        case documentation = "d"
        case string = "s"
        case escape = "e"
        case number = "n"
        case control = "k"
        case constant = "l"
        case word = "w"
        case builtin = "b"
        case function = "f"
        case property = "p"
        case argument = "a"
        case symbol = "o"
    }

    private static let constants = Set(Vocabulary.constants)
    private static let words = Set(Vocabulary.wordOperators)
    private static let keywords = Set(Vocabulary.keywords)
    private static let signs = Set(Vocabulary.operators.joined().unicodeScalars)

    /// Returns the code as HTML; nothing but colours is added to it.
    func html(_ source: String) -> String {
        var reader = CodeReader(source)
        var result = ""
        while let piece = reader.next() {
            let text = escapedHTML(piece.text)
            result += kind(of: piece).map { "<span class=\"\($0.rawValue)\">\(text)</span>" } ?? text
        }
        return result
    }

    private func kind(of piece: CodeReader.Piece) -> Kind? {
        switch piece.form {
        case .space, .bracket: nil
        case .comment: piece.text.hasPrefix("##") ? .documentation : .comment
        case .string: .string
        case .escape: .escape
        case .number: .number
        case .sign: .symbol
        case .name: kind(ofName: piece)
        }
    }

    private func kind(ofName piece: CodeReader.Piece) -> Kind? {
        if piece.isField { return .property }
        if piece.isAfterFunction { return .function }
        if Self.constants.contains(piece.text) { return .constant }
        if Self.words.contains(piece.text) { return .word }
        if Self.keywords.contains(piece.text), !["as", "recover"].contains(piece.text) || !piece.isArgument && !piece.isKey {
            return .control
        }
        if piece.isArgument { return .argument }
        if piece.isKey { return .property }
        return builtins.contains(piece.text) ? .builtin : nil
    }

    /// Returns whether a scalar is part of an operator.
    static func isSign(_ scalar: Unicode.Scalar) -> Bool { signs.contains(scalar) || scalar == "." || scalar == ":" }
}
