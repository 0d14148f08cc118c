// CLIP's tokenizer, equal to transformers' token by token.
import Tensors

/// A prompt in the form that the text encoder takes.
public struct TokenizedPrompt: Sendable, Equatable {
    /// The token ids: begin token, prompt, end token, padding; as many as the text encoder takes.
    public let ids: [Int]
    /// The number of ids that are not padding.
    public let length: Int
    /// Whether the prompt was longer, and its end was left out.
    public let isTruncated: Bool

    /// A prompt of these ids.
    public init(ids: [Int], length: Int, isTruncated: Bool) {
        self.ids = ids
        self.length = length
        self.isTruncated = isTruncated
    }
}

/// CLIP's tokenizer: byte-level BPE. It is a value: ``adding(_:)`` returns another tokenizer.
public struct CLIPTokenizer: Sendable {
    let model: BytePairEncoding
    var added: AddedTokens
    /// The id of the token at the beginning of a prompt.
    public let bosTokenID: Int
    /// The id of the token at the end of a prompt.
    public let eosTokenID: Int
    /// The id that prompts are filled up with.
    public let padTokenID: Int
    /// The id that stands for what the vocabulary lacks.
    public let unkTokenID: Int
    /// The longest prompt in tokens, with the begin and end token.
    public let modelMaxLength: Int

    /// The number of tokens, with added ones; ids are 0..<`vocabularySize`.
    public var vocabularySize: Int {
        max(model.count, (added.tokens.map(\.id).max() ?? -1) + 1)
    }

    /// The added tokens, in the order in which they were added.
    public var addedTokens: [AddedToken] { added.tokens }

    /// The ids of a text, without begin and end token, however many; fewer where the work is cancelled.
    public func encode(_ text: String) -> [Int] {
        added.split(text).flatMap { piece -> [Int] in
            switch piece {
            case .token(let id): [id]
            case .text(let rest): PreTokenizer.words(Array(rest)).flatMap { Cancellation.isCancelled ? [] : model.encode($0) }
            }
        }
    }

    /// The number of tokens whose text surely fills the line of the message about a prompt that does not fit.
    private static let told = 400

    /// The ids of a prompt as the text encoder takes them; `length` of them, by default ``modelMaxLength``.
    ///
    /// Throws ``TokenizerError`` for a prompt that does not fit, saying how long it is and what does not fit. With
    /// `truncation` its end is left out instead, which diffusers does without a word.
    public func encodePadded(_ text: String, length: Int? = nil, truncation: Bool = false)
        throws(TokenizerError) -> TokenizedPrompt
    {
        let limit = max(2, length ?? modelMaxLength)
        let ids = encode(text)
        let isTruncated = ids.count > limit - 2
        if isTruncated, !truncation {
            let rest = decode(Array(ids[(limit - 2)...].prefix(Self.told)))
            throw TokenizerError(.promptTooLong(tokens: ids.count + 2, limit: limit, rest: rest))
        }
        let kept = [bosTokenID] + ids.prefix(limit - 2) + [eosTokenID]
        let padding = Array(repeating: padTokenID, count: limit - kept.count)
        return TokenizedPrompt(ids: kept + padding, length: kept.count, isTruncated: isTruncated)
    }

    /// The spellings of the tokens of a text, with `</w>` at the ends of words.
    public func tokens(of text: String) -> [String] { encode(text).map { token(of: $0) ?? "" } }

    /// The spelling of an id; nil where there is none.
    public func token(of id: Int) -> String? {
        added[id]?.content ?? (model.tokens.indices.contains(id) ? model.tokens[id] : nil)
    }

    /// The id of a token in its spelling; nil where there is none.
    public func id(of token: String) -> Int? { added[token]?.id ?? model.id(token) }

    /// The text of ids: words separated by single spaces, added tokens in the spelling that they are searched in (`<new>`
    /// for `<New>`). Ids that are no tokens are left out.
    public func decode(_ ids: [Int], skippingSpecialTokens: Bool = false) -> String {
        var bytes: [UInt8] = []
        for id in ids {
            if let token = added[id] {
                if skippingSpecialTokens, token.isSpecial { continue }
                bytes.append(contentsOf: ByteAlphabet.decode(token.searchedText))
            } else if model.tokens.indices.contains(id) {
                bytes.append(contentsOf: ByteAlphabet.decode(model.tokens[id]))
            }
        }
        let text = Array(String(decoding: bytes, as: UTF8.self).unicodeScalars)
        return Self.trimmed(text.replacing(BytePairEncoding.endOfWord.unicodeScalars, with: [" "]))
    }

    /// The text without blanks at its ends, as Python's `str.strip` defines them.
    private static func trimmed(_ scalars: [Unicode.Scalar]) -> String {
        func isBlank(_ scalar: Unicode.Scalar) -> Bool {
            scalar.properties.isWhitespace || (0x1C...0x1F).contains(scalar.value)
        }
        var text = String.UnicodeScalarView()
        if let first = scalars.firstIndex(where: { !isBlank($0) }),
            let last = scalars.lastIndex(where: { !isBlank($0) })
        {
            text.append(contentsOf: scalars[first...last])
        }
        return String(text)
    }

    /// A tokenizer that has these tokens too, each with the next free id and never taken apart.
    ///
    /// They are found in upper and lower case, like tokens of transformers' `add_tokens`. Throws ``TokenizerError`` where a
    /// token is blank, exists, or equals another in lower case.
    public func adding(_ contents: [String]) throws(TokenizerError) -> CLIPTokenizer {
        var tokenizer = self
        for content in contents {
            guard !TextNormalizer.normalize(content).allSatisfy({ $0 == " " }) else {
                throw TokenizerError(.emptyToken)
            }
            guard tokenizer.id(of: content) == nil else { throw TokenizerError(.tokenExists(content)) }
            if let other = tokenizer.added.alike(content) {
                throw TokenizerError(.tokensAlike(content, other.content))
            }
            tokenizer.added.append(
                AddedToken(
                    content: content, id: tokenizer.vocabularySize, isSpecial: false, isNormalized: true,
                    isSingleWord: false, stripsLeft: false, stripsRight: false))
        }
        return tokenizer
    }
}
