/// An error that keeps a figure from being drawn.
public enum FigureError: Error, Sendable, Equatable, CustomStringConvertible {
    /// An error of cairo's, in its words.
    case drawing(String)
    /// The contents of the figure cannot be drawn; `part` names what is wrong ("titles", "x").
    case content(part: String, reason: String)

    /// The error as a message for the user, without a full stop.
    public var description: String {
        switch self {
        case .drawing(let reason): "the figure could not be drawn: \(reason)"
        case .content(_, let reason): reason
        }
    }
}
