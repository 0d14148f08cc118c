/// An error of a folder of checkpoints.
public enum CheckpointError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The folder holds no checkpoint at all, or none that can be read.
    case none(folder: String, damaged: [String])
    /// The file at `path` is damaged; the text says what is wrong with it.
    case damaged(path: String, String)
    /// The file was written by another version of bas, whose format is `found`.
    case version(path: String, found: String)
    /// The base model is not the one that the training started from.
    case otherModel(folder: String, model: String)
    /// The folder belongs to a training with other settings or functions; `differs` says in words what differs.
    case otherRun(folder: String, differs: [String])
    /// That training had the functions `had` of the user's in the place of parts of the method, which no file can hold.
    case otherFunctions(folder: String, had: [String])

    /// The error as a message for the user, without a full stop.
    public var description: String {
        switch self {
        case .none(let folder, let damaged):
            damaged.isEmpty
                ? "\"\(folder)\" holds no checkpoint"
                : "\"\(folder)\" holds no checkpoint that can be read (\(damaged.joined(separator: "; ")))"
        case .damaged(let path, let what): "\(path) is damaged: \(what)"
        case .version(let path, let found): "\(path) was written by another version of bas (format \(found))"
        case .otherModel(let folder, let model): "the training in \(folder) started from another model than this \(model)"
        case .otherRun(let folder, let differs):
            "\(folder) holds checkpoints of another training" + (differs.isEmpty ? "" : ": \(differs.joined(separator: "; "))")
        case .otherFunctions(let folder, let had):
            had.isEmpty
                ? "the training in \(folder) had no function in the place of the method's"
                : "the training in \(folder) had functions of its own: \(had.joined(separator: ", "))"
        }
    }
}
