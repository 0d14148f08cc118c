import Language
import Testing

@testable import Commands

@Suite struct SweepTests {
    private static let passed = Key<Value>("x", doc: "Passed on.")
    private static let table: [Builtin] =
        EvaluationCommands.all + CommandTable.tensorFamilies + [
            Builtin(
                "stop", family: "test", summary: "Asks for a stop.", parameters: [passed], result: .any,
                run: { call in
                    call.context.interrupt.request()
                    return try call[passed]
                })
        ]

    private func text(_ source: String) -> String {
        let result = Programs.run(source, table: Self.table)
        return result.first.map { "\($0.code.rawValue): \($0.message)" } ?? result.text ?? "nothing"
    }

    @Test func everyCombinationIsRun() {
        #expect(
            text("sweep({a: [1, 2], b: \"same\", seed: 0..1}, fn(p) { {sum: 10 * p.a + p.seed} })") == """
                a  b     seed  sum
                1  same     0   10
                1  same     1   11
                2  same     0   20
                2  same     1   21
                """)
        #expect(text("sweep({f: [len, fn(x) { 3 }]}, fn(p) { p.f([1, 2]) })") == "f    value\nlen      2\nfn       3")
        #expect(text("sweep({a: 1..2}, fn(p) { mean(tensor([p.a, 3])) })") == "a  value\n1    2.0\n2    2.5")
        #expect(text("sweep({a: 1..2}, fn(p) { none })") == "a\n1\n2")
    }

    /// What a run draws does not depend on the runs before it, nor what follows on the sweep.
    @Test func runsDrawTheSame() {
        #expect(text("t = sweep({a: 1..3}, fn(p) { {x: item(randn([1]))} }); len(unique(t.x))") == "1")
        #expect(
            text(
                "a = with seed(7) { sweep({a: 1..3}, fn(p) { {x: item(randn([1]))} }); item(randn([1])) }\nb = with seed(7) { item(randn([1])) }\na == b"
            ) == "true")
    }

    @Test func failuresKeepTheirRows() {
        let run = "sweep({a: [1, 0, 2]}, fn(p) { 1 / p.a }"
        #expect(text(run + ")").hasPrefix("a  value  error\n1    1.0  –\n0      –  division by zero ("))
        #expect(text(run.replacing("[1, 0, 2]", with: "[0, 1]") + ")") == "E0303: division by zero")
        // Done runs are taken as they are, failed ones run again.
        #expect(text("t = \(run))\nsweep({a: [2, 0, 3]}, fn(p) { {value: 9} }, done=t)") == "a  value\n2    0.5\n0      9\n3      9")
    }

    @Test(arguments: [
        ("sweep({}, fn(p) { 1 })", "E0213: sweep: there is no setting"), ("sweep({a: []}, fn(p) { 1 })", "E0213: sweep: a has no value"),
        ("sweep({a: 1..1001, b: 1..1000}, fn(p) { 1 })", "E0208: sweep: these are more than 1000000 combinations"),
        ("sweep({a: 1}, fn(p) { [1] })", "E0207: sweep: a run gives a record of what it measured, or a number"),
        ("sweep({a: 1}, fn(p) { {a: 2} })", "E0213: sweep: a run gave \"a\", which is a setting"),
        ("sweep({a: 1}, fn(p) { 1 }, done=[{b: 1}])", "E0210: sweep: done has no column \"a\""),
        ("sweep({_run: 1}, fn(p) { 1 })", "E0213: sweep: no setting may be called \"_run\", which the table needs itself"),
        ("sweep({a: 1}, fn(p) { {_run: 2} })", "E0213: sweep: a run gave \"_run\", which is kept for the file"),
        ("summary([{a: \"x\"}])", "E0213: summary: there is no column of numbers to average"),
        ("summary([{a: 1}], by=\"b\")", "E0210: summary: there is no column \"b\""),
        ("summary([{a: \"x\"}], columns=[\"a\"])", "E0207: summary: the column \"a\" holds no numbers"),
    ])
    func mistakes(_ code: String, _ expected: String) { #expect(text(code) == expected, "\(code)") }

    @Test func stopsKeepWhatIsDone() {
        let session = Session(builtins: Self.table)
        let outcome = session.run(source: "t = sweep({a: 1..5}, fn(p) { if p.a == 3 { stop(0) } else { p.a } })")
        #expect(outcome.status == .interrupted)
        #expect(session.run(source: "t").value?.display(DisplayContext()).plain == "a  value\n1      1\n2      2")
        #expect(
            session.run(source: "sweep({a: 1..3}, fn(p) { 0 }, done=t)").value?.display(DisplayContext()).plain
                == "a  value\n1      1\n2      2\n3      0")
        // Nothing is done yet: the stop is an error like any other.
        #expect(session.run(source: "u = sweep({a: 1..5}, fn(p) { stop(0) })").diagnostics.first?.code == .interrupted)
    }
}
