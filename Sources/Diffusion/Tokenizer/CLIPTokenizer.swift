// CLIP's tokenizer, equal to transformers' token by token.
import Tensors

/// A prompt as the text encoder takes it.
public struct TokenizedPrompt: Sendable, Equatable {
    /// Begin token, prompt, end token, padding: as many as the text encoder takes.
    public let ids: [Int]
    /// How many of them are not padding.
    public let length: Int
    /// Whether the prompt was longer and its end was left out.
    public let isTruncated: Bool

    public init(ids: [Int], length: Int, isTruncated: Bool) {
        self.ids = ids
        self.length = length
        self.isTruncated = isTruncated
    }
}

/// Byte-level BPE with CLIP's rules. A value: ``adding(_:)`` gives another tokenizer.
public struct CLIPTokenizer: Sendable {
    let model: BytePairEncoding
    var added: AddedTokens
    public let bosTokenID: Int
    public let eosTokenID: Int
    public let padTokenID: Int
    public let unkTokenID: Int
    /// The longest prompt in tokens, both ends included.
    public let modelMaxLength: Int

    /// Tokens, added ones included; ids are `0..<vocabularySize`.
    public var vocabularySize: Int {
        max(model.count, (added.tokens.map(\.id).max() ?? -1) + 1)
    }

    public var addedTokens: [AddedToken] { added.tokens }

    /// The ids of a text, without begin and end token, however many; fewer where nobody waits for them any more.
    public func encode(_ text: String) -> [Int] {
        added.split(text).flatMap { piece -> [Int] in
            switch piece {
            case .token(let id): [id]
            case .text(let rest): PreTokenizer.words(Array(rest)).flatMap { Parallel.isAbandoned ? [] : model.encode($0) }
            }
        }
    }

    /// Tokens whose text surely fills the line that says what of a prompt does not fit.
    private static let told = 400

    /// The ids of a prompt as the text encoder takes them. `length` is ``modelMaxLength`` unless given.
    ///
    /// A prompt that does not fit throws ``TokenizerError``, saying how long it is and what does not fit;
    /// with `truncation` its end is left out instead, as diffusers does silently.
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

    /// The spellings of the tokens of a text, `</w>` at the ends of words.
    public func tokens(of text: String) -> [String] { encode(text).map { token(of: $0) ?? "" } }

    /// The spelling of an id; nil where there is none.
    public func token(of id: Int) -> String? {
        added[id]?.content ?? (model.tokens.indices.contains(id) ? model.tokens[id] : nil)
    }

    /// The id of a token in its spelling; nil where there is none.
    public func id(of token: String) -> Int? { added[token]?.id ?? model.id(token) }

    /// The text of ids: words divided by single spaces, added tokens in the spelling they are looked for in
    /// (`<New>` is `<new>`). Ids that are no tokens are left out.
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

    /// Without the blank ends, blank as Python's `str.strip` sees it.
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

    /// A tokenizer that knows these tokens too, each one whole and with the next free id.
    ///
    /// They are found in any spelling of upper and lower case, as tokens added by transformers' `add_tokens`
    /// are. Throws ``TokenizerError`` where a token is blank, exists, or equals another in lower case.
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
