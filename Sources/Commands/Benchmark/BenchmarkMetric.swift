import BreakAScene
import Glibc

/// What was measured of one trained model.
struct BenchmarkSubject {
    /// The pictures that it drew, and what was found in them.
    let report: InspectionReport
    /// Where its handles look on the photo; nil where the model's attention has no maps.
    let leakage: LeakageMatrix?
    /// How well the pictures' surroundings are those of their prompts; nil where there is one prompt only.
    let place: Double?
}

/// A measure of a trained model: a column of a benchmark's table.
struct BenchmarkMetric: Sendable {
    /// The column's name.
    let name: String
    /// What it says.
    let summary: String
    /// The measure; nil where nothing qualifies.
    let measure: @Sendable (BenchmarkSubject) -> Double?

    /// Every measure, in the order of the columns. All are in 0…1.
    static let all: [BenchmarkMetric] = [prompt, identity] + counts + likeness + attention

    /// The prompt side.
    private static let prompt = BenchmarkMetric(
        name: "place", summary: "How often a picture's surroundings are nearer to its own prompt's than to another prompt's; chance is .5."
    ) { $0.place }

    /// The identity side: what an asked thing is worth in a picture, where a thing that is missing is worth nothing.
    private static let identity = BenchmarkMetric(
        name: "identity",
        summary: "Mean likeness of the things that were asked for, by all measures of likeness; 0 for one that is missing."
    ) { subject in
        mean(
            subject.report.pictures.flatMap { picture in
                picture.entry.asked.map { handle in
                    picture.isPresent(handle) ? mean(picture.likeness[handle]) ?? 0 : 0
                }
            })
    }

    private static let counts = [
        (InspectionReport.Question.present, "Share of the things asked for that are there."),
        (.others, "Share of pictures with a thing of the scene that was not asked for, by handle."),
        (.unasked, "Share of the pictures that do not ask for a thing and have it, by handle."),
        (.doubled, "Share of the things there that are there more than once, by handle."),
    ].map { question, summary in
        BenchmarkMetric(name: question.rawValue, summary: summary) { subject in
            mean(subject.report.tokens.indices.compactMap { subject.report.trials(question, $0).count.interval?.rate })
        }
    }

    private static let likeness = LikenessMeasure.all.enumerated().map { place, measure in
        BenchmarkMetric(name: measure.name, summary: "Likeness to the photo's thing where it is there: \(measure.summary).") { subject in
            mean(subject.report.tokens.indices.flatMap { subject.report.likeness($0, place) })
        }
    }

    private static let attention = [
        BenchmarkMetric(name: "iou", summary: "Soft IoU of a handle's attention with its mask, on the photo.") { subject in
            subject.leakage.flatMap { mean($0.meanIoU) }
        },
        BenchmarkMetric(name: "own", summary: "Share of a handle's attention inside its mask, on the photo.") { $0.leakage?.own },
        BenchmarkMetric(name: "worst_other", summary: "Largest share of a handle's attention in another thing's mask.") {
            $0.leakage?.worstOther
        },
    ]

    private static func mean(_ values: [Double]) -> Double? {
        values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }
}
