import Language
import Testing

@testable import Commands

/// `bootstrap`, `kruskal`, `tukey_hsd` and `agreement` as commands: what they read, and what they refuse.
@Suite struct TestCommandTests {
    private static let table: [Builtin] =
        EvaluationCommands.all + [BootstrapCommand.builtin] + TestCommands.all + CommandTable.tensorFamilies

    private func text(_ source: String) -> String {
        let result = Programs.run(source, table: Self.table)
        return result.first.map { "\($0.code.rawValue): \($0.message)" } ?? result.outcome.value?.literalText ?? "nothing"
    }

    private let ratings = """
        t = table([{rater: r, item: i, method: ["a", "b"][m], identity: 1 + (i + r) % 3 + m, prompt: 4} for r in 0..2 for i in 1..6 for m in 0..1])

        """

    @Test func groupsComeFromColumnsAndLists() {
        #expect(
            text(ratings + "kruskal(t, \"identity\", by=\"method\").columns") == #"["measure", "groups", "n", "h", "df", "p", "effect"]"#)
        #expect(text(ratings + "k = kruskal(t, \"identity\", by=\"method\")[0]; [k.groups, k.n, k.df, k.p < 0.01]") == "[2, 36, 1, true]")
        #expect(text("kruskal([[1, 2], [3, 4]])[0].h == kruskal({x: [1, 2], y: [3, 4]})[0].h") == "true")
        #expect(text("kruskal(tensor([[1, 2], [3, 4]]))").hasPrefix("E"))
        #expect(text(ratings + "[[r.first, r.second] for r in tukey_hsd(t, [\"identity\"], by=\"method\")]") == #"[["a", "b"]]"#)
        // Gaps are left out.
        #expect(text("kruskal([{x: 1, g: 0}, {x: none, g: 0}, {x: 2, g: 1}], \"x\", by=\"g\")[0].n") == "2")
        // Two measures get a corrected p-value.
        #expect(text(ratings + "k = kruskal(t, [\"identity\", \"rater\"], by=\"method\"); k[0].p_holm == 2 * k[0].p") == "true")
    }

    @Test(arguments: [
        ("kruskal(t, \"identty\", by=\"method\")", "E0210: kruskal: there is no column \"identty\""),
        ("kruskal(t, \"identity\")", "E0204: kruskal needs by=, a column of the table"),
        ("kruskal(t, by=\"method\")", "E0204: kruskal needs column=, a column of the table"),
        ("kruskal(t, \"method\", by=\"method\")", "E0207: kruskal: the column \"method\" holds no numbers"),
        ("kruskal(t, \"prompt\", by=\"method\")", "kruskal: all values of \"prompt\" are equal"),
        ("kruskal([[1, 2]])", "kruskal compares groups; there is only one"),
        ("kruskal([[1, 2], []])", "group 1 has no number"),
        ("kruskal([[1, 2], [3]], by=\"x\")", "kruskal: by names a column of a table"),
        ("tukey_hsd([[1], [2]])", "tukey_hsd: every group has a single value"),
        ("agreement(t, \"identity\", unit=\"item\")", "agreement: rows 0 and 1 are one rater's ratings of one thing in \"identity\""),
        ("agreement(t, \"identity\", rater=\"who\")", "agreement: there is no column \"who\""),
        ("agreement([{rater: 1, item: 1, x: 3}], \"x\")", "agreement: \"x\" has ratings by one rater only"),
        ("bootstrap(t, by=\"method\", cluster=\"who\")", "bootstrap: there is no column \"who\""),
        ("bootstrap(t, paired=\"method\", against=\"a\", within=[\"rater\", \"item\"], cluster=\"prompt\")", "may differ in \"prompt\""),
        ("bootstrap([\"x\"])", "bootstrap wants records"),
    ])
    func mistakesAreTold(_ source: String, _ expected: String) {
        let found = text(ratings + source)
        #expect(found.contains(expected.split(separator: ": ", maxSplits: 1).last ?? "") && found.hasPrefix("E"), "\(found)")
    }

    @Test func agreementReadsRows() {
        let row = text(ratings + "a = agreement(t, \"identity\", unit=[\"item\", \"method\"])[0]; [a.raters, a.units]")
        #expect(row == "[3, 12]")
        #expect(text(ratings + "agreement(t, \"prompt\", unit=[\"item\", \"method\"])[0].alpha_interval") == "nothing")
        let gaps =
            "fn x(r, i) { if r == 1 and i == 2 { none } else { i } }\ng = table([{rater: r, item: i, x: x(r, i)} for r in 0..1 for i in 1..4])\n"
        #expect(text(gaps + "a = agreement(g, \"x\")[0]; [a.alpha_interval, a.icc_single, a.kendall_w]") == "[1.0, none, none]")
    }

    /// Means and pairs are those of `summary`; only the intervals differ, and the same seed gives the same ones.
    @Test func bootstrapGroupsAsSummary() {
        let runs = ratings + "b = bootstrap(t, by=\"method\", columns=[\"identity\"], cluster=\"rater\", seed=3)\n"
        #expect(
            text(runs + "s = summary(t, by=\"method\", columns=[\"identity\"]); [b.identity == s.identity, b.columns == s.columns]")
                == "[true, true]")
        #expect(text(runs + "b == bootstrap(t, by=\"method\", columns=[\"identity\"], cluster=\"rater\", seed=3)") == "true")
        #expect(
            text(
                ratings
                    + "bootstrap(t, paired=\"method\", against=\"a\", within=[\"rater\", \"item\"], columns=[\"identity\"])[0].identity_low"
            )
                == "1.0")
        #expect(
            text("x = bootstrap([1.0, 2.0, 4.0], method=\"percentile\", level=0.9)[0]; x.value_low < x.value and x.value < x.value_high")
                == "true")
        #expect(text("bootstrap([1.0])[0].value_low") == "nothing")
    }
}
