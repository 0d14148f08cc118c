import Images

/// The losses of every step of a run, both phases one after the other, and the pictures that were drawn between the steps.
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

    /// What the model drew of all handles after a step (`TrainingOptions.previews`).
    public struct Preview: Sendable, Equatable {
        /// The place of the step's entry.
        public let place: Int
        /// The picture, at most `mostPixels` wide and high.
        public let picture: Image
        /// The longest side of a picture that is kept.
        public static let mostPixels = 128

        init(place: Int, picture: Image) { (self.place, self.picture) = (place, picture) }
    }

    /// The handles that have a loss of their own in some step, in the order of their names, shorter names first.
    public var handles: [String] {
        Set(entries.flatMap { $0.handleLosses.keys }).sorted { ($0.count, $0) < ($1.count, $1) }
    }

    /// One entry for each step, in the order in which the steps were done.
    public private(set) var entries: [Entry] = []

    /// The pictures that were drawn, in the order of their steps.
    public private(set) var previews: [Preview] = []

    /// A history without steps.
    public init() {}

    mutating func append(_ entry: Entry) { entries.append(entry) }

    /// Appends a picture of the model after the last step, or after that of `place`.
    mutating func append(preview picture: Image, place: Int? = nil) {
        previews.append(Preview(place: place ?? entries.count - 1, picture: picture))
    }

    /// This history with that of another training behind it.
    func followed(by other: History) -> History {
        var result = self
        other.entries.forEach { result.append($0) }
        for preview in other.previews { result.append(preview: preview.picture, place: entries.count + preview.place) }
        return result
    }
}
