// Metrics of pictures that the model drew.
extension Metric {
    /// Scores of one picture and handle each, of those that answer a question of the inspection.
    private static func counted(_ question: InspectionReport.Question, hit: Double, miss: Double) -> @Sendable (MetricSubject) -> [Score] {
        { subject in
            guard let report = subject.report else { return [] }
            return report.tokens.indices.flatMap { handle in
                let trials = report.trials(question, handle)
                let found = Set(trials.found)
                return trials.counted.map { Score(found.contains($0) ? hit : miss, handle: handle, picture: $0) }
            }
        }
    }

    /// What stands in the pictures: counts of the inspection.
    static let pictureMetrics: [Metric] =
        [
            Metric(
                "omission", better: .lower, "The share of pictures without a thing that the prompt names.", source: "P(i missing | asked)",
                needs: [.pictures], isRate: true, compute: counted(.present, hit: 0, miss: 1)),
            Metric(
                "concept_leakage", better: .lower, "The share of pictures with a thing that the prompt does not name.",
                source: "P(j present | not asked)", needs: [.pictures], isRate: true, compute: counted(.unasked, hit: 1, miss: 0)),
            Metric(
                "duplication", better: .lower, "Of the pictures that were to show a thing and do, the share that show it more than once.",
                source: "P(more than one | asked and present)", needs: [.pictures], isRate: true,
                compute: counted(.doubled, hit: 1, miss: 0)),
            Metric(
                "count_error", better: .lower, range: 0...Double.infinity,
                "The number of things of the scene found in a picture, copies included, minus the number asked for, as a magnitude.",
                source: "count error", needs: [.pictures]
            ) { subject in
                guard let report = subject.report else { return [] }
                return report.pictures.enumerated().map { place, picture in
                    let found = report.tokens.indices.reduce(0) { $0 + picture.copies($1) }
                    return Score(Double(abs(found - picture.entry.asked.count)), picture: place)
                }
            },
        ]
        + LikenessMeasure.all.enumerated().map { place, measure in
            Metric(
                "likeness_\(measure.name)", better: .higher,
                "Likeness of a thing that is present to the photo's, without a trained encoder: \(measure.summary).",
                source: "LikenessMeasure", needs: [.pictures]
            ) { subject in
                guard let report = subject.report else { return [] }
                return asked(report).compactMap { picture, handle in
                    let values = report.pictures[picture].likeness[handle]
                    return values.indices.contains(place) ? Score(values[place], handle: handle, picture: picture) : nil
                }
            }
        }

    /// Pairs of picture and handle: those that the prompt names and that are present.
    static func asked(_ report: InspectionReport) -> [(picture: Int, handle: Int)] {
        report.pictures.indices.flatMap { picture in
            report.pictures[picture].entry.asked.filter { report.pictures[picture].isPresent($0) }.map { (picture, $0) }
        }
    }

    // MARK: encoders

    /// What evaluators say of the pictures.
    static let featureMetrics: [Metric] = [
        Metric(
            "prompt_similarity", better: .higher, range: -1...1,
            "Cosine of a picture with its prompt, in which the things' words stand for the handles.", source: "the paper, B.2; CLIP-T",
            needs: [.pictures, .promptFeatures]
        ) { subject in
            (subject.features?.prompts ?? []).enumerated().map { Score($1, picture: $0) }
        },
        Metric(
            "identity", better: .higher, range: -1...1,
            "Masked identity: cosine of a thing that was found with the photo's, both black outside of their masks. Things that are missing "
                + "do not count here but in omission.", source: "the paper, B.2, and google/break-a-scene#32",
            needs: [.pictures, .identityFeatures]
        ) { subject in identity(subject, missing: nil) },
        Metric(
            "identity_or_zero", better: .higher, range: -1...1,
            "The same, a thing that is missing having 0: a model cannot win by drawing only what it draws well.",
            source: "identity", needs: [.pictures, .identityFeatures]
        ) { subject in identity(subject, missing: 0) },
        Metric(
            "detect_and_compare", better: .higher, range: -Double.infinity...1,
            "1 − ‖S − S_GT‖₂ of the cosines of things found and asked for; 0 where their number is wrong. Prompts that name one thing are "
                + "among them.", source: "MuDI, arXiv 2404.04243", needs: [.pictures, .identityFeatures]
        ) { subject in
            guard let report = subject.report, let features = subject.features, let detections = features.detections else { return [] }
            return report.pictures.indices.map { place in
                let asked = report.pictures[place].entry.asked
                let found = detections[place].map { detection in asked.map { detection.cosines[$0] } }
                let references = asked.map { i in asked.map { features.references[i][$0] } }
                return Score(DetectAndCompare.score(found: found, references: references), picture: place)
            }
        },
    ]

    private static func identity(_ subject: MetricSubject, missing: Double?) -> [Score] {
        guard let report = subject.report, let detections = subject.features?.detections else { return [] }
        return report.pictures.indices.flatMap { picture in
            report.pictures[picture].entry.asked.compactMap { handle in
                let found = detections[picture].first { $0.handle == handle }?.identity ?? missing
                return found.map { Score($0, handle: handle, picture: picture) }
            }
        }
    }

    // MARK: fixation

    /// How far photo's pose and light cling to the things.
    static let fixationMetrics: [Metric] = [
        Metric(
            "pose_fixation", better: .lower, range: -1...1,
            "(share of things in the photo's pose − share asked) / (1 − share asked): 1 always the photo's, 0 as prompts ask.",
            source: "the paper's limits; PoseFixation", needs: [.pictures, .scene]
        ) { subject in
            let poses = subject.poses.isEmpty ? subject.things().map { $0.flatMap { PoseFixation($0) } } : subject.poses
            return fixation(subject) { handle, thing in
                (poses.indices.contains(handle) ? poses[handle] : nil).flatMap { pose in pose.estimate(thing).map(pose.score) }
            }
        },
        Metric(
            "light_fixation", better: .lower, range: -Double.infinity...1,
            "(cosine of a thing's direction of light with the photo's − that asked) / (1 − that asked): 1 always the photo's, 0 as prompts ask.",
            source: "the paper's limits; LightFixation", needs: [.pictures, .scene]
        ) { subject in
            let lights = subject.lights.isEmpty ? subject.things().map { $0.flatMap { LightFixation($0) } } : subject.lights
            return fixation(subject) { handle, thing in
                (lights.indices.contains(handle) ? lights[handle] : nil).flatMap { $0.score(thing) }
            }
        },
    ]

    private static func fixation(_ subject: MetricSubject, _ score: (_ handle: Int, _ thing: Appearance) -> Double?) -> [Score] {
        guard let report = subject.report else { return [] }
        return report.pictures.indices.flatMap { place -> [Score] in
            let picture = report.pictures[place]
            guard let measured = picture.measured else { return [] }
            return picture.entry.asked.compactMap { handle in
                picture.appearance(handle, measured).flatMap { score(handle, $0) }.map { Score($0, handle: handle, picture: place) }
            }
        }
    }
}
