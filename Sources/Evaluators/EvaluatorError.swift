/// An error of an evaluator's folder.
public enum EvaluatorError: Error, Equatable, Sendable, CustomStringConvertible {
    /// There is no folder at `path`.
    case noSuchFolder(path: String)
    /// There is a file at `path`.
    case notAFolder(path: String)
    /// The folder lacks a file that every evaluator has.
    case missing(path: String, file: String)
    /// The folder has no safetensors; `hasPickle`: it has weights in Python's format.
    case noWeights(path: String, hasPickle: Bool)
    /// The folder holds another kind of model.
    case unsupported(path: String, type: String)
    /// Files that are each right do not fit together; the text says which.
    case parts(path: String, String)

    /// The error as a message for the user, without a full stop.
    public var description: String {
        switch self {
        case .noSuchFolder(let path): "there is no folder \(path)"
        case .notAFolder(let path): "\(path) is a file; an evaluator is a folder in the layout of transformers"
        case .missing(let path, let file): "\(path) is not an evaluator's folder: it has no \(file)"
        case .noWeights(let path, let hasPickle):
            "\(path) has no weights: model.safetensors is missing"
                + (hasPickle ? "; .bin files are not read: convert them to safetensors" : "")
        case .unsupported(let path, let type):
            "\(path) holds a model of type \(type); supported are \(EvaluatorFolder.types.joined(separator: ", "))"
        case .parts(let path, let what): "\(path): \(what)"
        }
    }
}
