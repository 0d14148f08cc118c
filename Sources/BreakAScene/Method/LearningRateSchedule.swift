import Glibc

/// How the learning rate goes down over a phase, in the words of diffusers' training scripts (`--lr_scheduler`). What moves last is small,
/// so that the noise of single steps does not stay in the weights.
public enum LearningRateSchedule: String, Sendable, CaseIterable {
    /// The same rate at every step: the paper and its code.
    case constant
    /// From the rate to 0 in a straight line.
    case linear
    /// From the rate to 0 along half a cosine.
    case cosine

    /// What help says of each word.
    static let meanings = [
        "constant": "the same rate at every step", "linear": "to 0 in a straight line", "cosine": "to 0 along half a cosine",
    ]

    /// The rate of step `step`, from 0, of `steps` as a share of the first step's.
    func factor(step: Int, of steps: Int) -> Double {
        let way = min(1, Double(step) / Double(max(1, steps)))
        return switch self {
        case .constant: 1
        case .linear: 1 - way
        case .cosine: 0.5 * (1 + cos(.pi * way))
        }
    }
}
