/// Why a figure cannot be drawn. Data only: `description` is the one renderer.
public enum FigureError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What cairo says.
    case drawing(String)
    /// What the figure holds cannot be drawn; `part` names what is wrong ("titles", "x").
    case content(part: String, reason: String)

    public var description: String {
        switch self {
        case .drawing(let reason): "the figure could not be drawn: \(reason)"
        case .content(_, let reason): reason
        }
    }
}
