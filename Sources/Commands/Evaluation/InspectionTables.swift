import BreakAScene
import Language

extension InspectionValue {
    /// Returns the counts of a handle, with the names of their columns.
    private func counts(_ handle: Int) -> [(name: String, count: InspectionReport.Count)] {
        InspectionReport.Question.allCases.map { ($0.rawValue, report.trials($0, handle).count) }
    }

    /// A row for each handle: rates with their Wilson intervals, likeness with Student's, whose ends `plot` and `bars` draw as error bars.
    var table: TableValue {
        let rows = handles.map { handle -> [(String, Value)] in
            let asked: [(String, Value)] = [
                ("handle", .string(report.tokens[handle])), ("thing", .string(report.names[handle])),
                ("asked", .int(report.present(handle).trials)),
            ]
            let rates = counts(handle).flatMap { name, count -> [(String, Value)] in
                let interval = count.interval
                return [
                    (name, interval.map { .float($0.rate) } ?? .none), (name + "_low", interval.map { .float($0.low) } ?? .none),
                    (name + "_high", interval.map { .float($0.high) } ?? .none),
                ]
            }
            let likeness = LikenessMeasure.all.enumerated().flatMap { place, measure -> [(String, Value)] in
                let mean = mean(handle, place)
                func end(_ sign: Double) -> Value { mean.flatMap { mean in mean.half.map { .float(mean.mean + sign * $0) } } ?? .none }
                return [
                    (measure.name, mean.map { .float($0.mean) } ?? .none), (measure.name + "_low", end(-1)),
                    (measure.name + "_high", end(1)),
                ]
            }
            return asked + rates + likeness
        }
        return TableValue(columns: rows.first?.map(\.0) ?? [], rows: rows.map { $0.map(\.1) }, settings: ["handle", "thing"])
    }

    /// A row for each pair of picture and handle.
    var pictureTable: TableValue {
        let columns = ["picture", "prompt", "seed", "handle", "asked", "copies", "evidence"] + LikenessMeasure.all.map(\.name)
        let rows = report.pictures.enumerated().flatMap { place, picture in
            handles.map { handle -> [Value] in
                let likeness = picture.likeness[handle]
                return [
                    .int(place), .string(picture.prompt), .int(picture.entry.seed), .string(report.tokens[handle]),
                    .bool(picture.entry.asked.contains(handle)), .int(picture.copies(handle)), .float(picture.evidence(handle)),
                ] + LikenessMeasure.all.indices.map { likeness.indices.contains($0) ? .float(likeness[$0]) : .none }
            }
        }
        return TableValue(columns: columns, rows: rows, settings: ["picture", "prompt", "seed", "handle", "asked"])
    }
}

/// An inspection in words: only what was counted, and what was not.
struct InspectionText {
    let value: InspectionValue
    private var report: InspectionReport { value.report }

    func lines(_ width: Int) -> [String] {
        guard !report.pictures.isEmpty else { return ["no pictures"] }
        let blocks = [TextLines.wrapped(head, width: width), rates.lines(width: width), likeness.lines(width: width)]
        return blocks.joined() + notes.flatMap { TextLines.wrapped($0, width: width) }
    }

    private var head: String {
        let (plan, drawn) = (report.plan, report.pictures.count)
        guard !plan.subsets.isEmpty else { return "\(drawn) given picture\(drawn == 1 ? "" : "s"), with the things of \(value.scene)" }
        let sets =
            Double(plan.subsets.count) < plan.possible
            ? "\(plan.subsets.count) of the possible sets of handles" : "every set of handles (\(plan.subsets.count))"
        let stopped = drawn < plan.entries.count ? ", stopped after \(drawn) of \(plan.entries.count)" : ""
        return
            "\(drawn) picture\(drawn == 1 ? "" : "s") of \(value.scene): \(sets) in \(plan.contexts.count) prompt\(plan.contexts.count == 1 ? "" : "s")\(stopped)"
    }

    /// What is counted, with the titles of its columns.
    static let questions: [(question: InspectionReport.Question, title: String)] = [
        (.present, "present"), (.others, "others too"), (.unasked, "unasked"), (.doubled, "doubled"),
    ]

    /// Returns a count with its interval: "9/10 .60–.98".
    private func cell(_ count: InspectionReport.Count) -> String {
        guard let interval = count.interval else { return "–" }
        return "\(count.hits)/\(count.trials) \(NumberText.share(interval.low))–\(NumberText.share(interval.high))"
    }

    private var rates: TextTable {
        TextTable(
            columns: [.init(""), .init("thing")] + Self.questions.map { .init($0.title, number: true) },
            rows: value.handles.map { handle in
                [report.tokens[handle], report.names[handle]] + Self.questions.map { cell(report.trials($0.question, handle).count) }
            })
    }

    private var likeness: TextTable {
        TextTable(
            columns: [.init("likeness")] + LikenessMeasure.all.map { .init($0.name, number: true) },
            rows: value.handles.map { handle in
                [report.labels[handle].short]
                    + LikenessMeasure.all.indices.map { measure in
                        guard let (mean, half) = value.mean(handle, measure) else { return "–" }
                        return NumberText.share(mean) + (half.map { " ±\(NumberText.share($0))" } ?? "")
                    }
            })
    }

    private var notes: [String] {
        [
            "Pictures, of those it could be in, with 95 % intervals: present where its prompt names it; another handle's thing there though not named; "
                + "there though not named itself; there more than once. Likeness to the photo's thing, where it is present: 0 nothing alike, 1 the same."
        ]
            + [missing, leaking].compactMap(\.self)
            + [
                "Not measured: identity beyond colours and structure, whether the place is as asked, how good the pictures are. \(PresenceAgreement.text(foundBy: value.foundBy))"
            ]
    }

    /// A sentence on the handle that is missing most often.
    private var missing: String? {
        let counts = value.handles.map { report.present($0) }
        let order = value.handles.filter { counts[$0].hits < counts[$0].trials }
        let worst = order.min { Double(counts[$0].hits) * Double(counts[$1].trials) < Double(counts[$1].hits) * Double(counts[$0].trials) }
        guard let worst else { return "Every handle's thing was found in every picture that asks for it." }
        return
            "\(report.labels[worst].short) is missing in \(counts[worst].trials - counts[worst].hits) of the \(counts[worst].trials) pictures that ask for it."
    }

    /// A sentence on the pair in which one handle brings the other along most often.
    private var leaking: String? {
        let pairs = value.handles.flatMap { i in value.handles.filter { $0 != i }.map { (i, $0, report.brings(i, $0)) } }.filter {
            $0.2.trials > 0
        }
        guard let worst = pairs.max(by: { Double($0.2.hits) * Double($1.2.trials) < Double($1.2.hits) * Double($0.2.trials) }) else {
            return nil
        }
        guard worst.2.hits > 0 else { return "No handle's thing was found in a picture that does not ask for it." }
        return
            "\(report.labels[worst.0].short) brings \(report.labels[worst.1].short) along in \(worst.2.hits) of \(worst.2.trials) pictures that do not ask for it."
    }
}
