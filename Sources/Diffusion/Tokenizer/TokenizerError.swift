// What can be wrong with a tokenizer's files, with a new token and with a prompt, as data.
import Tensors

public struct TokenizerError: Error, Equatable, Sendable, CustomStringConvertible {
    public enum Problem: Equatable, Sendable {
        // Files
        case noVocabulary(looked: [String])
        case json(JSONError)
        case field(String, expected: String)
        case unsupported(key: String, value: String, supported: [String])
        case idTwice(token: String, id: Int)
        case idOutOfRange(token: String, id: Int, count: Int)
        case malformedMerge(line: Int, text: String)
        case mergeOutOfVocabulary(line: Int, token: String)
        case specialTokenMissing(String)
        /// A file gives an added token another id than its place in the vocabulary.
        case addedTokenID(token: String, given: Int, expected: Int)
        // New tokens
        case emptyToken
        case tokenExists(String)
        /// Two tokens that are the same text once lower-cased.
        case tokensAlike(String, String)
        // Prompts and ids
        /// A prompt of `tokens` tokens, both ends included; `rest` is the text that does not fit, or its beginning.
        case promptTooLong(tokens: Int, limit: Int, rest: String)
    }

    /// The file concerned; nil where the error is not about one.
    public let file: String?
    public let problem: Problem

    public init(file: String? = nil, _ problem: Problem) {
        self.file = file
        self.problem = problem
    }

    public var description: String { (file.map { $0 + ": " } ?? "") + problem.text }
}

extension TokenizerError.Problem {
    var text: String {
        switch self {
        case .noVocabulary(let looked): "no vocabulary here; looked for " + looked.joined(separator: ", ")
        case .json(let error): "not valid JSON: \(error)"
        case .field(let field, let expected): "\(field) must be \(expected)"
        case .unsupported(let key, let value, let supported):
            "\(key) = \(value) is not supported; supported: \(supported.joined(separator: ", "))"
        case .idTwice(let token, let id): "\"\(token)\" has id \(id), which another token has"
        case .idOutOfRange(let token, let id, let count):
            "\"\(token)\" has id \(id) in a vocabulary of \(count)"
        case .malformedMerge(let line, let text): "line \(line): \"\(text)\" is not a pair of tokens"
        case .mergeOutOfVocabulary(let line, let token):
            "line \(line): \"\(token)\" is not in the vocabulary"
        case .specialTokenMissing(let token): "the special token \"\(token)\" is not in the vocabulary"
        case .addedTokenID(let token, let given, let expected):
            "added token \"\(token)\" has id \(given) where \(expected) is its place"
        case .emptyToken: "a token needs at least one character that is not blank"
        case .tokenExists(let token): "the token \"\(token)\" exists already"
        case .tokensAlike(let token, let other):
            "the tokens \"\(token)\" and \"\(other)\" are the same in lower case"
        case .promptTooLong(let tokens, let limit, let rest):
            "the prompt has \(tokens) tokens, the text encoder takes \(limit); "
                + "\"\(rest.count > 80 ? rest.prefix(79) + "…" : rest[...])\" does not fit"
        }
    }
}
