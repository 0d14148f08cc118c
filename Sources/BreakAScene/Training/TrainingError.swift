/// An error that ends a training.
public enum TrainingError: Error, Equatable, Sendable, CustomStringConvertible {
    /// `what` ("reconstruction loss", "gradient") was NaN or infinite in a step, counted from 1.
    case notFinite(what: String, phase: Int, step: Int, steps: Int, lr: Double)

    /// The step was cancelled.
    case cancelled

    /// A law of zoom gave a part of the photo in which one of the step's things does not appear.
    case unseen

    /// The error as a message for the user, without a full stop.
    public var description: String {
        switch self {
        case .notFinite(let what, let phase, let step, let steps, _):
            "training diverged: the \(what) is not finite in step \(step) of \(steps) of phase \(phase)"
        case .unseen: "this part of the photo does not show all of the step's things"
        case .cancelled: "the training was stopped within a step"
        }
    }
}
