import Tensors

/// An error of a model's folder, or of a request to a model.
public enum ModelError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A parameter whose shape differs from what the configuration says.
    public struct ShapeMismatch: Equatable, Sendable {
        /// The parameter's name in the file.
        public let key: String
        /// The shape on disk that the configuration says.
        public let expected: [Int]
        /// The shape in the file.
        public let found: [Int]
    }

    /// There is no folder at `path`.
    case noSuchFolder(path: String)
    /// There is a file at `path`.
    case notAFolder(path: String)
    /// The folder has no safetensors; `hasPickle`: it has weights in Python's format.
    case noWeights(path: String, stem: String, hasPickle: Bool)
    /// The folder lacks a file that every model has.
    case notAModelFolder(path: String, missing: String)
    /// The parameters of a file do not fit the configuration.
    case parameters(path: String, missing: [String], unexpected: [String], misshapen: [ShapeMismatch])
    /// Two parts of a folder do not fit together; the text says which.
    case parts(path: String, String)
    /// A prompt names a handle that the model has not.
    case unknownHandle(token: String, known: [String])
    /// The tokenizer has this token already.
    case handleExists(token: String)
    /// The token is not written `<name>`.
    case handleName(token: String)
    /// The word has no token.
    case emptyWord(String)
    /// Pictures cannot have this size: its sides are no multiples of `multiple`.
    case size(height: Int, width: Int, multiple: Int)

    /// The error as a message for the user, without a full stop.
    public var description: String {
        switch self {
        case .noSuchFolder(let path): "there is no model folder \(path)"
        case .notAFolder(let path): "\(path) is a file; a model is a folder in diffusers' layout"
        case .noWeights(let path, let stem, let hasPickle):
            "\(path) has no weights: \(stem).safetensors is missing"
                + (hasPickle ? "; .bin and .ckpt files are not read: convert them to safetensors" : "")
        case .notAModelFolder(let path, let missing): "\(path) is not a diffusers model folder: it has no \(missing)"
        case .parameters(let path, let missing, let unexpected, let misshapen):
            "\(path) does not fit its configuration: "
                + [
                    Self.list("missing", missing), Self.list("unexpected", unexpected),
                    Self.list(
                        "of another shape", misshapen.map { "\($0.key) \(Shape.text($0.found)) where \(Shape.text($0.expected)) belongs" }),
                ].compactMap { $0 }.joined(separator: "; ")
        case .parts(let path, let what): "\(path): \(what)"
        case .unknownHandle(let token, let known):
            "this model has no handle \(token); it has \(known.isEmpty ? "none: phase1 learns some" : known.joined(separator: ", "))"
        case .handleExists(let token): "the tokenizer already has a token \(token)"
        case .handleName(let token): "\(token) cannot name a handle: a handle is written <name>"
        case .emptyWord(let word): "\"\(word)\" has no token"
        case .size(let height, let width, let multiple):
            "pictures of \(width)×\(height) pixels: both sides must be multiples of \(multiple)"
        }
    }

    private static func list(_ title: String, _ keys: [String]) -> String? {
        guard !keys.isEmpty else { return nil }
        let more = keys.count > 10 ? " and \(keys.count - 10) more" : ""
        return "\(keys.count) \(title): " + keys.prefix(10).joined(separator: ", ") + more
    }
}
