/// A metric of a tuned model, as a row of a table: what a benchmark lists and computes by name.
///
/// A metric reads what was measured (`MetricSubject`) and gives one score for each picture and handle, or each handle, that it is about; a
/// benchmark averages them, compares them in pairs by picture, and resamples them.
public struct Metric: Sendable {
    /// Whether more or less of it is better.
    public enum Better: String, Sendable { case higher, lower }

    /// What a metric needs to have been measured.
    public enum Need: String, Sendable, CaseIterable {
        /// The attention of the handles, `MetricSubject.attention`.
        case attention
        /// The leakage matrix of the handles, `MetricSubject.leakage`.
        case leakage
        /// Pictures that were drawn and inspected, `MetricSubject.report`.
        case pictures
        /// Photo and masks at the model's size, `MetricSubject.scene`.
        case scene
        /// Features by an encoder of prompts, `PictureFeatures.prompts`.
        case promptFeatures = "prompt features"
        /// Features by an encoder of identity, `PictureFeatures.detections`.
        case identityFeatures = "identity features"
        /// The handles and their initialisers, `MetricSubject.handles`.
        case handles
        /// The base model beside the tuned one, `MetricSubject.base`.
        case base
    }

    /// One value, and what it is about.
    public struct Score: Sendable, Equatable {
        /// The value.
        public let value: Double
        /// The handle's place among the masks; nil where it is about all.
        public let handle: Int?
        /// The picture's place in the report; nil where it is about none.
        public let picture: Int?

        /// A score of a handle, of a picture, of both, or of neither.
        public init(_ value: Double, handle: Int? = nil, picture: Int? = nil) {
            (self.value, self.handle, self.picture) = (value, handle, picture)
        }
    }

    /// The name: unique, in snake_case.
    public let name: String
    /// Which direction is better.
    public let better: Better
    /// The values that are possible; the ends may be infinite.
    public let range: ClosedRange<Double>
    /// What it tells, in one or two sentences, with its formula.
    public let summary: String
    /// Where it comes from.
    public let source: String
    /// What must have been measured.
    public let needs: [Need]
    /// Whether every score is 0 or 1, so that the mean is a rate with Wilson's interval.
    public let isRate: Bool
    let compute: @Sendable (MetricSubject) -> [Score]

    init(
        _ name: String, better: Better, range: ClosedRange<Double> = 0...1, _ summary: String, source: String, needs: [Need],
        isRate: Bool = false, compute: @escaping @Sendable (MetricSubject) -> [Score]
    ) {
        (self.name, self.better, self.range, self.summary, self.source) = (name, better, range, summary, source)
        (self.needs, self.isRate, self.compute) = (needs, isRate, compute)
    }

    /// The scores; empty where nothing qualifies. Throws `MetricError.missing` where something that it needs was not measured.
    public func scores(_ subject: MetricSubject) throws -> [Score] {
        let missing = needs.filter { !subject.has($0) }
        guard missing.isEmpty else { throw MetricError.missing(metric: name, needs: missing) }
        return compute(subject)
    }

    /// Every metric, in the order of the README.
    public static let all: [Metric] = pictureMetrics + featureMetrics + fixationMetrics + attentionMetrics + modelMetrics

    /// The metric of a name; nil where there is none.
    public static func named(_ name: String) -> Metric? { all.first { $0.name == name } }
}

/// An error of computing a metric.
public enum MetricError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The metric needs what was not measured.
    case missing(metric: String, needs: [Metric.Need])

    /// The error as a message for the user, without a full stop.
    public var description: String {
        switch self {
        case .missing(let metric, let needs): "\(metric) needs \(needs.map(\.rawValue).joined(separator: " and "))"
        }
    }
}
