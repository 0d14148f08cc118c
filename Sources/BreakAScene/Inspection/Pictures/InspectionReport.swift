/// Counts on the pictures of an inspection. Handles are named by their places among the scene's masks.
public struct InspectionReport: Sendable {
    /// A number of hits among trials.
    public struct Count: Sendable, Equatable {
        /// The trials in which the event occurred.
        public let hits: Int
        /// The number of trials; 0 where no picture qualifies.
        public let trials: Int

        /// The rate with its 95 % interval; nil without a trial.
        public var interval: WilsonInterval? { WilsonInterval(hits, of: trials) }
    }

    /// The handles' tokens, in the order of the scene's masks.
    public let tokens: [String]
    /// The masks' names.
    public let names: [String]
    /// The pictures that were asked for.
    public let plan: InspectionPlan
    /// The pictures that were drawn, in the order of the plan; fewer than the plan has where the drawing was stopped.
    public let pictures: [InspectedPicture]

    /// A report on pictures that were drawn for `plan`. `tokens` and `names`: one for each mask of the scene.
    public init(tokens: [String], names: [String], plan: InspectionPlan, pictures: [InspectedPicture]) {
        (self.tokens, self.names, self.plan, self.pictures) = (tokens, names, plan, pictures)
    }

    private func count(_ trials: [InspectedPicture], _ isHit: (InspectedPicture) -> Bool) -> Count {
        Count(hits: trials.count(where: isHit), trials: trials.count)
    }

    /// The pictures whose prompts name a handle.
    private func asking(_ handle: Int) -> [InspectedPicture] { pictures.filter { $0.entry.asked.contains(handle) } }

    /// Counts how often a handle's thing is present in the pictures whose prompts name it.
    public func present(_ handle: Int) -> Count { count(asking(handle)) { $0.isPresent(handle) } }

    /// Counts how often a handle's thing is present in the pictures whose prompts do not name it.
    public func unasked(_ handle: Int) -> Count {
        count(pictures.filter { !$0.entry.asked.contains(handle) }) { $0.isPresent(handle) }
    }

    /// Counts how often another handle's thing is present in the pictures whose prompts name this handle and not that one.
    /// One picture is one trial, whatever the number of things that came along.
    public func others(_ handle: Int) -> Count {
        count(asking(handle).filter { $0.entry.asked.count < tokens.count }) { picture in
            tokens.indices.contains { !picture.entry.asked.contains($0) && picture.isPresent($0) }
        }
    }

    /// Counts how often the thing of `other` is present in the pictures whose prompts name `handle` and not `other`.
    public func brings(_ handle: Int, _ other: Int) -> Count {
        count(asking(handle).filter { !$0.entry.asked.contains(other) }) { $0.isPresent(other) }
    }

    /// Counts how often a handle's thing is there more than once, of the pictures that were to show it and do.
    public func doubled(_ handle: Int) -> Count { count(asking(handle).filter { $0.isPresent(handle) }) { $0.copies(handle) > 1 } }

    /// The likeness 0…1 by a measure (its place in `LikenessMeasure.all`) in each of the pictures that were to show the
    /// thing and do.
    public func likeness(_ handle: Int, _ measure: Int) -> [Double] {
        asking(handle).filter { $0.isPresent(handle) }.compactMap {
            $0.likeness[handle].indices.contains(measure) ? $0.likeness[handle][measure] : nil
        }
    }
}
