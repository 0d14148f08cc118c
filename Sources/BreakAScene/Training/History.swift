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
        /// Handles of the step, in the order of the prompt.
        public let chosen: [Int]

        init(phase: Int, step: Int, reconstruction: Float, prior: Float, attention: Float, gradientNorm: Float, chosen: [Int]) {
            (self.phase, self.step, self.reconstruction, self.prior) = (phase, step, reconstruction, prior)
            (self.attention, self.gradientNorm, self.chosen) = (attention, gradientNorm, chosen)
        }
    }

    public private(set) var entries: [Entry] = []

    public init() {}

    mutating func append(_ entry: Entry) { entries.append(entry) }
}
