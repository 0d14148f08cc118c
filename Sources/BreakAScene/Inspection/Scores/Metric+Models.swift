// Metrics of attention and of parameters.
extension Metric {
    /// One score for each handle: its mean over the maps of prompts that were held out, or of all where none were.
    static let attentionMetrics: [Metric] =
        MapMetric.all.enumerated().filter { $1.name != "best_threshold" }.map { place, measure in
            Metric(
                "attention_\(measure.name)", better: measure.isHigherBetter ? .higher : .lower, range: measure.range,
                measure.summary + " Of attention maps of held-out prompts, where there are any.", source: measure.source,
                needs: [.attention]
            ) { subject in
                guard let scores = subject.attention else { return [] }
                let heldOut = scores.rows.filter { $0.conditions == AttentionScores.heldOut }
                let rows = heldOut.isEmpty ? scores.rows : heldOut
                return AttentionScores(labels: scores.labels, rows: rows).averaged(by: [.handle]).rows.compactMap { row in
                    row.values[place].map { Score($0, handle: row.handle) }
                }
            }
        } + [
            Metric(
                "attention_own", better: .higher, range: -Double.infinity...1,
                "(share of a handle's attention in its own mask − its area) / (1 − its area): 0 is chance, 1 all.",
                source: "LeakageMatrix", needs: [.leakage]
            ) { subject in
                guard let matrix = subject.leakage else { return [] }
                return matrix.shares.indices.map { Score(Metrics.aboveChance(matrix.shares[$0][$0], matrix.chance[$0]), handle: $0) }
            },
            Metric(
                "attention_leakage", better: .lower, "The largest share of a handle's attention in another handle's mask.",
                source: "LeakageMatrix", needs: [.leakage]
            ) { subject in
                guard let matrix = subject.leakage else { return [] }
                return matrix.shares.indices.compactMap { i in
                    matrix.shares.indices.filter { $0 != i }.map { matrix.shares[i][$0] }.max().map { Score($0, handle: i) }
                }
            },
        ]

    /// Metrics of what the parameters became.
    static let modelMetrics: [Metric] = [
        Metric(
            "handle_angle", better: .lower, range: 0...180, "The angle between a handle and its initialiser, in degrees.",
            source: "semantic collapse, arXiv 2506.22685", needs: [.handles]
        ) { subject in subject.handleScores(\.angle) },
        Metric(
            "handle_norm_ratio", better: .lower, range: 0...Double.infinity,
            "The norm of a handle by that of its initialiser; 1 is unchanged, and far above 1 a handle dominates its prompt.",
            source: "semantic collapse, arXiv 2506.22685", needs: [.handles]
        ) { subject in subject.handleScores { $0.startNorm > 0 ? $0.norm / $0.startNorm : nil } },
        Metric(
            "handle_cosine", better: .lower, range: -1...1, "The largest cosine of a handle with another of the model.",
            source: "MCPL, arXiv 2310.12274", needs: [.handles]
        ) { subject in
            subject.handleScores { row in row.cosines.indices.filter { $0 != row.handle }.map { row.cosines[$0] }.max() }
        },
        Metric(
            "prior_loss_ratio", better: .lower, range: 0...Double.infinity,
            "The prior loss of the tuned model by that of its base on the base's own pictures; 1 is unchanged.",
            source: "language drift, DreamBooth", needs: [.base]
        ) { subject in (subject.base?.rows ?? []).compactMap { $0.baseLoss > 0 ? Score($0.tunedLoss / $0.baseLoss) : nil } },
        Metric(
            "base_change", better: .lower, range: 0...Double.infinity,
            "How much pictures of prompts without handles changed by tuning, as a share of the difference between two seeds.",
            source: "language drift, DreamBooth", needs: [.base]
        ) { subject in (subject.base?.rows ?? []).map { Score($0.relative) } },
    ]
}

extension MetricSubject {
    /// One score for each handle: the mean over its layers where it has an embedding for each.
    fileprivate func handleScores(_ value: (HandleDrift.Row) -> Double?) -> [Metric.Score] {
        let rows = handles?.rows ?? []
        return Set(rows.map(\.handle)).sorted().compactMap { handle in
            let values = rows.filter { $0.handle == handle }.compactMap(value)
            return values.isEmpty ? nil : Metric.Score(values.reduce(0, +) / Double(values.count), handle: handle)
        }
    }
}

extension AttentionScores {
    /// The names of the two conditions under which attention is looked at.
    public static let (training, heldOut) = ("training", "held out")
}
