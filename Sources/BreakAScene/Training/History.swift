/// The losses of every step of a run, both phases one after the other.
public struct History: Sendable, Equatable {
    public struct Entry: Sendable, Equatable {
        public let phase: Int
        /// Within its phase, from 1.
        public let step: Int
        public let reconstruction: Float
        public let prior: Float
        public let attention: Float
        /// Global norm of the gradient before clipping.
        public let gradientNorm: Float
        /// Handles of each photo of the step, in the order of its prompt.
        public let subsets: [[String]]
        /// The attention loss of each of these handles by itself, mean over the photos that name it; empty where a function
        /// of the user's took the loss's place.
        public let handleLosses: [String: Float]

        init(
            phase: Int, step: Int, reconstruction: Float, prior: Float, attention: Float, gradientNorm: Float, subsets: [[String]],
            handleLosses: [String: Float] = [:]
        ) {
            (self.phase, self.step, self.reconstruction, self.prior) = (phase, step, reconstruction, prior)
            (self.attention, self.gradientNorm, self.subsets, self.handleLosses) = (attention, gradientNorm, subsets, handleLosses)
        }
    }

    /// Handles that have a loss of their own in some step, in the order of their names.
    public var handles: [String] {
        Set(entries.flatMap { $0.handleLosses.keys }).sorted { ($0.count, $0) < ($1.count, $1) }
    }

    public private(set) var entries: [Entry] = []

    public init() {}

    mutating func append(_ entry: Entry) { entries.append(entry) }
}
