// Errors of a tokenizer's files, of new tokens and of prompts.
import Tensors

/// An error of a tokenizer's file, of a new token or of a prompt.
public struct TokenizerError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The problem.
    public enum Problem: Equatable, Sendable {
        // Files
        /// The folder has none of the files that hold a vocabulary.
        case noVocabulary(looked: [String])
        /// The file is not valid JSON.
        case json(JSONError)
        /// A member has another kind of value than expected.
        case field(String, expected: String)
        /// A setting has a value that is not implemented here.
        case unsupported(key: String, value: String, supported: [String])
        /// Two tokens have the same id.
        case idTwice(token: String, id: Int)
        /// An id is not below the number of tokens.
        case idOutOfRange(token: String, id: Int, count: Int)
        /// A line of merges is no pair of tokens.
        case malformedMerge(line: Int, text: String)
        /// A merge names a token that the vocabulary lacks.
        case mergeOutOfVocabulary(line: Int, token: String)
        /// A special token is not in the vocabulary.
        case specialTokenMissing(String)
        /// A file gives an added token another id than the next one or that of the vocabulary.
        case addedTokenID(token: String, given: Int, expected: Int)
        // New tokens
        /// A token to be added is blank.
        case emptyToken
        /// A token to be added exists.
        case tokenExists(String)
        /// Two tokens are equal in lower case.
        case tokensAlike(String, String)
        // Prompts and ids
        /// A prompt has more tokens than the text encoder takes, begin and end token included; `rest` is the text that does
        /// not fit, or its beginning.
        case promptTooLong(tokens: Int, limit: Int, rest: String)
    }

    /// The file concerned; nil where the error is not about one.
    public let file: String?
    /// The problem.
    public let problem: Problem

    /// An error, about a file if there is one.
    public init(file: String? = nil, _ problem: Problem) {
        self.file = file
        self.problem = problem
    }

    /// The error as a message for the user, without a full stop.
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
