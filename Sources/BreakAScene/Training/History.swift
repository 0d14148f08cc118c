/// The losses of every step of a run, both phases one after the other.
public struct History: Sendable, Equatable {
    /// The losses and the gradient's norm of one step.
    public struct Entry: Sendable, Equatable {
        /// The phase, 1 or 2.
        public let phase: Int
        /// The step within its phase, counted from 1.
        public let step: Int
        /// Each term of the loss before its weight.
        public let losses: LossValues
        /// The global norm of the gradient before clipping.
        public let gradientNorm: Float
        /// The handles' tokens of each photo of the step, in the order of its prompt.
        public let subsets: [[String]]
        /// The attention loss of each of these handles by itself, averaged over the photos that name it; empty where a
        /// function of the user's took the loss's place.
        public let handleLosses: [String: Float]

        init(phase: Int, step: Int, losses: LossValues, gradientNorm: Float, subsets: [[String]], handleLosses: [String: Float] = [:]) {
            (self.phase, self.step, self.losses) = (phase, step, losses)
            (self.gradientNorm, self.subsets, self.handleLosses) = (gradientNorm, subsets, handleLosses)
        }
    }

    /// The handles that have a loss of their own in some step, in the order of their names, shorter names first.
    public var handles: [String] {
        Set(entries.flatMap { $0.handleLosses.keys }).sorted { ($0.count, $0) < ($1.count, $1) }
    }

    /// One entry for each step, in the order in which the steps were done.
    public private(set) var entries: [Entry] = []

    /// A history without steps.
    public init() {}

    mutating func append(_ entry: Entry) { entries.append(entry) }
}
