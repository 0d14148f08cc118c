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

    /// What the handles are called.
    public var labels: [HandleLabel] { tokens.indices.map { HandleLabel(token: tokens[$0], name: names[$0], mask: $0) } }

    /// A report on pictures that were drawn for `plan`. `tokens` and `names`: one for each mask of the scene.
    public init(tokens: [String], names: [String], plan: InspectionPlan, pictures: [InspectedPicture]) {
        (self.tokens, self.names, self.plan, self.pictures) = (tokens, names, plan, pictures)
    }

    /// What is counted of a handle in the pictures.
    public enum Question: String, Sendable, CaseIterable {
        /// How often its thing is present in the pictures whose prompts name it.
        case present
        /// How often another handle's thing is present in the pictures whose prompts name this handle and not that one. One picture is one
        /// trial, whatever the number of things that came along.
        case others
        /// How often its thing is present in the pictures whose prompts do not name it.
        case unasked
        /// How often its thing is there more than once, of the pictures that were to show it and do.
        case doubled
    }

    /// The pictures that a count is of, by their places.
    public struct Trials: Sendable, Equatable {
        /// All that qualify.
        public let counted: [Int]
        /// Those of them in which the event occurred.
        public let found: [Int]
        /// Their numbers.
        public var count: Count { Count(hits: found.count, trials: counted.count) }
    }

    private func trials(_ qualifies: (InspectedPicture) -> Bool, _ isHit: (InspectedPicture) -> Bool) -> Trials {
        let counted = pictures.indices.filter { qualifies(pictures[$0]) }
        return Trials(counted: counted, found: counted.filter { isHit(pictures[$0]) })
    }

    /// Returns the pictures that answer a question about a handle.
    public func trials(_ question: Question, _ handle: Int) -> Trials {
        func isAsked(_ picture: InspectedPicture) -> Bool { picture.entry.asked.contains(handle) }
        switch question {
        case .present: return trials(isAsked) { $0.isPresent(handle) }
        case .unasked: return trials({ !isAsked($0) }) { $0.isPresent(handle) }
        case .doubled: return trials({ isAsked($0) && $0.isPresent(handle) }) { $0.copies(handle) > 1 }
        case .others:
            return trials({ isAsked($0) && $0.entry.asked.count < tokens.count }) { picture in
                tokens.indices.contains { !picture.entry.asked.contains($0) && picture.isPresent($0) }
            }
        }
    }

    /// The count of `Question.present`.
    public func present(_ handle: Int) -> Count { trials(.present, handle).count }
    /// The count of `Question.unasked`.
    public func unasked(_ handle: Int) -> Count { trials(.unasked, handle).count }
    /// The count of `Question.others`.
    public func others(_ handle: Int) -> Count { trials(.others, handle).count }
    /// The count of `Question.doubled`.
    public func doubled(_ handle: Int) -> Count { trials(.doubled, handle).count }

    /// Counts how often the thing of `other` is present in the pictures whose prompts name `handle` and not `other`.
    public func brings(_ handle: Int, _ other: Int) -> Count {
        trials({ $0.entry.asked.contains(handle) && !$0.entry.asked.contains(other) }) { $0.isPresent(other) }.count
    }

    /// The likeness 0…1 by a measure (its place in `LikenessMeasure.all`) in each of the pictures that were to show the
    /// thing and do.
    public func likeness(_ handle: Int, _ measure: Int) -> [Double] {
        pictures.filter { $0.entry.asked.contains(handle) && $0.isPresent(handle) }.compactMap {
            $0.likeness[handle].indices.contains(measure) ? $0.likeness[handle][measure] : nil
        }
    }
}
