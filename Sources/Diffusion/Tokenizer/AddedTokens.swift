// Tokens that are found in a text as wholes, before byte-pair encoding sees it.
import Tensors

/// A token that is never taken apart, with the switches of the tokenizers library.
public struct AddedToken: Sendable, Equatable {
    public let content: String
    public let id: Int
    /// Marks a place rather than a word (`<|endoftext|>`); left out when decoding without special tokens.
    public let isSpecial: Bool
    /// Looked for in the normalised text, so that `<ASSET0>` is `<asset0>`; otherwise in the text as written.
    public let isNormalized: Bool
    /// Not found inside a word.
    public let isSingleWord: Bool
    /// Takes the blank space before (after) it along.
    public let stripsLeft: Bool
    public let stripsRight: Bool

    /// What is looked for.
    var searchedText: String {
        guard isNormalized else { return content }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: TextNormalizer.normalize(content))
        return String(text)
    }
}

/// All added tokens of a tokenizer.
struct AddedTokens: Sendable {
    /// A piece of text: either a token found, or what stands between tokens.
    enum Piece {
        case token(Int)
        case text(ArraySlice<Unicode.Scalar>)
    }

    private(set) var tokens: [AddedToken] = []
    /// What to look for, longest first, so that `<asset10>` is not `<asset1>` and a zero.
    private var asWritten: [Pattern] = []
    private var normalized: [Pattern] = []
    private var byID: [Int: AddedToken] = [:]
    private var byContent: [ExactString: AddedToken] = [:]

    private struct Pattern: Sendable {
        let text: [Unicode.Scalar]
        let token: AddedToken
    }

    subscript(id: Int) -> AddedToken? { byID[id] }
    subscript(content: String) -> AddedToken? { byContent[ExactString(content)] }

    /// The token that would be found in the same places as `content` looked for normalised.
    func alike(_ content: String) -> AddedToken? {
        let text = TextNormalizer.normalize(content)
        return normalized.first { $0.text == text }?.token
    }

    /// Adds a token; one of the same content gives way.
    mutating func append(_ token: AddedToken) {
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

    /// Takes a text apart: tokens looked for as written first, then the rest is normalised and searched
    /// again. Texts in the answer are normalised.
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

    private static func isInsideWord(_ text: ArraySlice<Unicode.Scalar>, _ start: Int, _ end: Int) -> Bool {
        start > text.startIndex && isWord(text[start - 1]) || end < text.endIndex && isWord(text[end])
    }

    /// `\w`: letters, marks, decimal digits, connecting punctuation.
    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation: true
        default: scalar.properties.isAlphabetic
        }
    }
}
