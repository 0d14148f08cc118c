import Language
import Testing

@testable import Commands

@Suite struct SummaryTests {
    private static let table: [Builtin] = EvaluationCommands.all + CommandTable.tensorFamilies

    private func session(_ source: String, location: SourceLocation = #_sourceLocation) -> Session {
        let session = Session(builtins: Self.table)
        let outcome = session.run(source: source)
        #expect(outcome.status == .ok, "\(outcome.diagnostics)", sourceLocation: location)
        return session
    }

    private func text(_ source: String) -> String {
        let result = Programs.run(source, table: Self.table)
        return result.first.map { "\($0.code.rawValue): \($0.message)" } ?? result.outcome.value?.literalText ?? "nothing"
    }

    @Test func summariesHaveIntervals() throws {
        let session = session("t = sweep({w: [0, 1], seed: 1..3}, fn(p) { {iou: p.w + p.seed / 10, name: \"n\"} })\ns = summary(t)")
        #expect(session.run(source: "s.columns").value?.literalText == "[\"w\", \"n\", \"iou\", \"iou_low\", \"iou_high\"]")
        #expect(session.run(source: "s.n").value?.literalText == "[3, 3]")
        // Student's t with two degrees of freedom: 4.303 · 0.1 / √3.
        let low = try #require(session.run(source: "s[0].iou_low").value?.number)
        #expect(abs(low - (0.2 - 4.303 * 0.1 / 3.0.squareRoot())) < 1e-9)
        #expect(
            session.run(source: "summary(t, by=[\"w\", \"seed\"])[0]").value?.literalText
                == "{w: 0, seed: 1, n: 1, iou: 0.1, iou_low: none, iou_high: none}")
        #expect(session.run(source: "summary([{a: none, b: 1}, {a: 2.0, b: 3}]).rows").value?.literalText.contains("b: 2.0") == true)
        #expect(session.run(source: "plot(s, x=\"w\", y=\"iou\")").status == .ok)
    }

    /// Beyond the table of quantiles: 2.0395 for 31 degrees of freedom, 1.9801 for 119.
    @Test(arguments: [(32, 2.039513), (120, 1.980100)])
    func manyValuesHaveStudentsInterval(_ count: Int, _ quantile: Double) throws {
        let values = (0..<count).map { Double($0 % 2) }
        let half = try #require(MeanInterval.of(values).half)
        let deviation = (Double(count) * 0.25 / Double(count - 1)).squareRoot()
        #expect(abs(half - quantile * deviation / Double(count).squareRoot()) < 1e-5)
    }

    /// Runs that failed are no values: they are counted apart, and where there are none there is no column for them.
    @Test func failedRunsAreToldApart() {
        let runs = "t = sweep({w: [0, 1], seed: 1..3}, fn(p) { if p.w == 1 and p.seed == 2 { 1 / 0 } else { {iou: p.w + p.seed} } })\n"
        #expect(
            text(runs + "[[r.n, r.failed, r.iou] for r in summary(t)]") == "[[3, 0, 2.0], [2, 1, 3.0]]")
        #expect(text(runs + "summary(t).columns") == "[\"w\", \"n\", \"failed\", \"iou\", \"iou_low\", \"iou_high\"]")
        // The interval is that of two values: 12.706 · (√2 / √2).
        #expect(text(runs + "abs(summary(t)[1].iou_high - (3 + 12.706)) < 1e-9") == "true")
        // A column of lengths of error bars is no column of errors.
        #expect(text("summary([{x: 1, error: 0.5}, {x: 3, error: 0.5}], columns=[\"x\"])[0].n") == "2")
    }

    /// A mean is of the rows that have a number: where these are fewer, a column says how many.
    @Test func gapsAreCounted() {
        let rows = "t = table([{w: 0, a: 1, b: 2}, {w: 0, a: none, b: 4}, {w: 0, a: none, b: 6}])\n"
        #expect(text(rows + "r = summary(t, by=\"w\")[0]; [r.n, r.a, r.a_n, r.b]") == "[3, 1.0, 1, 4.0]")
        #expect(text(rows + "\"b_n\" in summary(t, by=\"w\").columns") == "false")
    }

    private static let methods = """
        t = sweep({method: ["plain", "ours"], scene: ["a", "b"], seed: 1..2}, fn(p) {
            base = { a: 0.1, b: 0.8 }[p.scene] + p.seed / 100
            if p.method == "plain" { { iou: base } } else { { iou: base + [0.1, 0.3][if p.scene == "a" { 0 } else { 1 }] } }
        })

        """

    /// Differences 0.1, 0.1, 0.3, 0.3: mean 0.2, deviation √(0.04 / 3), half the interval 3.182 · that / 2. Side by side
    /// the means lie 0.2 apart in intervals of ± 0.65.
    @Test func pairsCancelWhatTheyShare() {
        #expect(
            text(Self.methods + "summary(t, paired=\"method\", against=\"plain\").columns")
                == "[\"method\", \"against\", \"n\", \"iou\", \"iou_low\", \"iou_high\"]")
        let half = 3.182 * (0.04 / 3).squareRoot() / 2
        #expect(
            text(
                Self.methods + """
                    s = summary(t, paired="method", against="plain")
                    r = s[0]
                    [len(s), r.method, r.against, r.n, abs(r.iou - 0.2) < 1e-9, abs(r.iou_high - r.iou - \(half)) < 1e-9, abs(r.iou - r.iou_low - \(half)) < 1e-9]
                    """) == "[1, \"ours\", \"plain\", 4, true, true, true]")
        #expect(
            text(
                Self.methods
                    + "[[r.scene, r.n, round(1000 * r.iou)] for r in summary(t, paired=\"method\", against=\"plain\", by=\"scene\")]"
            )
            .replacing(".0", with: "") == "[[\"a\", 2, 100], [\"b\", 2, 300]]")
        // The other way round, and with the table's own words for what a pair shares.
        #expect(text(Self.methods + "summary(t, paired=\"method\", against=\"ours\")[0].iou < 0") == "true")
        #expect(text(Self.methods + "summary(t.rows, paired=\"method\", against=\"plain\", within=[\"scene\", \"seed\"])[0].n") == "4")
    }

    @Test func rowsWithoutPartnersAreCounted() {
        let rows = """
            t = table([{m: 0, seed: 1, x: 1}, {m: 0, seed: 2, error: "no"}, {m: 0.0, seed: 3, x: 2},
                {m: 1, seed: 1, x: 4}, {m: 1, seed: 2, x: 9}, {m: 1, seed: 3, x: 4}, {m: 1, seed: 4, x: 9}])

            """
        #expect(
            text(rows + "r = summary(t, paired=\"m\", against=0, within=\"seed\")[0]; [r.m, r.n, r.unpaired, r.x]") == "[1, 2, 2, 2.5]")
    }

    @Test(arguments: [
        ("summary(t, paired=\"methd\", against=\"plain\")", "E0210: summary: there is no column \"methd\""),
        ("summary(t, paired=\"method\")", "E0204: summary: what is \"method\" compared with?"),
        ("summary(t, paired=\"method\", against=\"none\")", "E0213: summary: no row has \"none\" in \"method\""),
        ("summary(t.rows, paired=\"method\", against=\"plain\")", "E0204: summary: what do the rows of a pair share?"),
        (
            "summary(t, paired=\"method\", against=\"plain\", within=\"scene\")",
            "E0213: summary: rows 0 and 1 would be the same half of a pair"
        ),
        (
            "summary(t, paired=\"method\", against=\"plain\", within=[\"method\"])",
            "E0213: summary: the rows of a pair differ in \"method\""
        ),
        ("summary(t, against=\"plain\")", "E0213: summary: against says something of pairs"),
    ])
    func mistakes(_ code: String, _ expected: String) { #expect(text(Self.methods + code) == expected, "\(code)") }
}
