// Tokens that are found in a text as wholes, before byte-pair encoding.
import Tensors

/// A token that is never taken apart, with the switches of Hugging Face's tokenizers library.
public struct AddedToken: Sendable, Equatable {
    /// The token as it is written.
    public let content: String
    /// Its id.
    public let id: Int
    /// Whether it marks a place rather than a word (`<|endoftext|>`); such tokens can be left out when decoding.
    public let isSpecial: Bool
    /// Whether it is searched in the normalized text, so that `<ASSET0>` is `<asset0>`; otherwise in the text as written.
    public let isNormalized: Bool
    /// Whether it is not found inside of a word.
    public let isSingleWord: Bool
    /// Whether it takes along the blank space before it.
    public let stripsLeft: Bool
    /// Whether it takes along the blank space after it.
    public let stripsRight: Bool

    /// The text that is searched for.
    var searchedText: String {
        guard isNormalized else { return content }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: TextNormalizer.normalize(content))
        return String(text)
    }
}

/// All added tokens of a tokenizer.
struct AddedTokens: Sendable {
    /// A piece of a text: a token, or the text between tokens.
    enum Piece {
        case token(Int)
        case text(ArraySlice<Unicode.Scalar>)
    }

    private(set) var tokens: [AddedToken] = []
    /// Tokens that are searched in the text as written, longest first, so that `<asset10>` is not `<asset1>` and a zero.
    private var asWritten: [Pattern] = []
    /// Tokens that are searched in the normalized text, longest first.
    private var normalized: [Pattern] = []
    private var byID: [Int: AddedToken] = [:]
    private var byContent: [ExactString: AddedToken] = [:]

    private struct Pattern: Sendable {
        let text: [Unicode.Scalar]
        let token: AddedToken
    }

    subscript(id: Int) -> AddedToken? { byID[id] }
    subscript(content: String) -> AddedToken? { byContent[ExactString(content)] }

    /// The token that is found where `content` would be found in normalized text; nil where there is none.
    func alike(_ content: String) -> AddedToken? {
        let text = TextNormalizer.normalize(content)
        return normalized.first { $0.text == text }?.token
    }

    /// Adds a token; one with the same id is replaced.
    mutating func append(_ token: AddedToken) {
        if let old = byID[token.id], byContent[ExactString(old.content)]?.id == token.id { byContent[ExactString(old.content)] = nil }
        tokens.removeAll { $0.id == token.id }
        asWritten.removeAll { $0.token.id == token.id }
        normalized.removeAll { $0.token.id == token.id }
        tokens.append(token)
        byID[token.id] = token
        byContent[ExactString(token.content)] = token
        let pattern = Pattern(text: Array(token.searchedText.unicodeScalars), token: token)
        if token.isNormalized {
            Self.insert(pattern, into: &normalized)
        } else {
            Self.insert(pattern, into: &asWritten)
        }
    }

    private static func insert(_ pattern: Pattern, into patterns: inout [Pattern]) {
        let place = patterns.firstIndex { $0.text.count < pattern.text.count } ?? patterns.count
        patterns.insert(pattern, at: place)
    }

    /// Splits a text at tokens: those searched as written first; the rest is normalized and searched again. Texts in the
    /// result are normalized.
    func split(_ text: String) -> [Piece] {
        let scalars = Array(text.unicodeScalars)
        return Self.split(scalars[...], by: asWritten).flatMap { piece -> [Piece] in
            guard case .text(let rest) = piece else { return [piece] }
            var view = String.UnicodeScalarView()
            view.append(contentsOf: rest)
            return Self.split(TextNormalizer.normalize(String(view))[...], by: normalized)
        }
    }

    private static func split(_ text: ArraySlice<Unicode.Scalar>, by patterns: [Pattern]) -> [Piece] {
        var pieces: [Piece] = []
        var taken = text.startIndex
        var position = text.startIndex
        while position < text.endIndex {
            guard let pattern = patterns.first(where: { text[position...].starts(with: $0.text) }) else {
                position += 1
                continue
            }
            var (start, end) = (position, position + pattern.text.count)
            position = end
            if pattern.token.isSingleWord, isInsideWord(text, start, end) { continue }
            if pattern.token.stripsLeft {
                while start > taken, CharacterClass(text[start - 1]) == .blank { start -= 1 }
            }
            if pattern.token.stripsRight {
                while end < text.endIndex, CharacterClass(text[end]) == .blank { end += 1 }
            }
            if taken < start { pieces.append(.text(text[taken..<start])) }
            pieces.append(.token(pattern.token.id))
            taken = end
            position = max(position, end)
        }
        if taken < text.endIndex { pieces.append(.text(text[taken...])) }
        return pieces
    }

    /// Whether a letter or digit is next to the range.
    private static func isInsideWord(_ text: ArraySlice<Unicode.Scalar>, _ start: Int, _ end: Int) -> Bool {
        start > text.startIndex && isWord(text[start - 1]) || end < text.endIndex && isWord(text[end])
    }

    /// Whether a scalar matches `\w`: letters, marks, decimal digits, connecting punctuation.
    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation: true
        default: scalar.properties.isAlphabetic
        }
    }
}
