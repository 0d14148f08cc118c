/// What was counted on the pictures of an inspection.
public struct InspectionReport: Sendable {
    /// Hits among trials.
    public struct Count: Sendable, Equatable {
        public let hits: Int
        public let trials: Int

        /// nil without a trial.
        public var interval: WilsonInterval? { WilsonInterval(hits, of: trials) }
    }

    /// Of the scene's masks, in their order.
    public let tokens: [String]
    public let names: [String]
    public let plan: InspectionPlan
    /// In the order of the plan; fewer than it has entries where the drawing was stopped.
    public let pictures: [InspectedPicture]

    public init(tokens: [String], names: [String], plan: InspectionPlan, pictures: [InspectedPicture]) {
        (self.tokens, self.names, self.plan, self.pictures) = (tokens, names, plan, pictures)
    }

    private func count(_ trials: [InspectedPicture], _ isHit: (InspectedPicture) -> Bool) -> Count {
        Count(hits: trials.count(where: isHit), trials: trials.count)
    }

    private func asking(_ handle: Int) -> [InspectedPicture] { pictures.filter { $0.entry.asked.contains(handle) } }

    /// Its thing stands in pictures whose prompts name it.
    public func present(_ handle: Int) -> Count { count(asking(handle)) { $0.isPresent(handle) } }

    /// Its thing stands in pictures whose prompts do not name it.
    public func unasked(_ handle: Int) -> Count {
        count(pictures.filter { !$0.entry.asked.contains(handle) }) { $0.isPresent(handle) }
    }

    /// Another handle's thing stands in pictures whose prompts name this handle and not that one; one picture is one trial,
    /// whatever the number of things that came along.
    public func others(_ handle: Int) -> Count {
        count(asking(handle).filter { $0.entry.asked.count < tokens.count }) { picture in
            tokens.indices.contains { !picture.entry.asked.contains($0) && picture.isPresent($0) }
        }
    }

    /// The thing of `other` stands in pictures whose prompts name `handle` and not `other`.
    public func brings(_ handle: Int, _ other: Int) -> Count {
        count(asking(handle).filter { !$0.entry.asked.contains(other) }) { $0.isPresent(other) }
    }

    /// It stands there more than once, of the pictures in which it was asked for and stands.
    public func doubled(_ handle: Int) -> Count { count(asking(handle).filter { $0.isPresent(handle) }) { $0.copies(handle) > 1 } }

    /// By a measure (its place in `LikenessMeasure.all`), of the pictures in which it was asked for and stands.
    public func likeness(_ handle: Int, _ measure: Int) -> [Double] {
        asking(handle).filter { $0.isPresent(handle) }.compactMap {
            $0.likeness[handle].indices.contains(measure) ? $0.likeness[handle][measure] : nil
        }
    }
}
