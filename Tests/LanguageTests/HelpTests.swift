import Testing

@testable import Language

@Suite struct HelpTests {
    private let bench = Bench()

    @Test func aBuiltin() {
        #expect(
            bench.session.help("phase1") == """
                phase1(model, steps=400, lr=0.0005, sampling="union", *, init=[], loss=none)
                  Learns handles.

                  model     tensor          The base.
                  steps     int             How many. (default 400, from 1 to 100000 steps)
                  lr        number          Learning rate. (default 0.0005, from 0 to 1)
                  sampling  string          The law. (default "union", "union" | "single")
                  init=     string or list  Words. (default [])
                  loss=     function        Own loss. (optional)

                  gives: record
                  paper: §4.1
                """)
    }

    @Test func valuesCodesKeywordsAndUnknownNames() {
        bench.run("r = {a: 1}\nt = tensor([2, 3])")
        #expect(bench.session.help("r").hasPrefix("r: a record\n\nfields\n  a  1"))
        #expect(
            bench.session.help("t") == """
                t: a tensor [2, 3]
                  a tensor of [2, 3]

                fields
                  shape  [2, 3]
                  fill   0.0000

                commands that take a tensor  (?name tells more)
                  phase1  Learns handles.
                """)
        #expect(bench.session.help("r.a") == "r.a: an int")
        #expect(bench.session.help("e0203").hasPrefix("E0203: Unknown parameter\n"))
        #expect(bench.session.help("while").hasPrefix("while: while condition"))
        #expect(bench.session.help("phse1") == "nothing is called \"phse1\": did you mean phase1?")
        #expect(bench.session.help("r.zz").hasPrefix("r is a record and has no field \"zz\"; it has a"))
        #expect(bench.session.help("t.shap") == "t is a tensor and has no field \"shap\": did you mean shape?")
        bench.run("xs = [1, [2, 3]]")
        #expect(bench.session.help("xs[1][4]") == "xs[1] has 2 items: the first is 0, the last 1 or -1")
    }

    @Test func searchRanksNamesFirst() {
        #expect(bench.session.apropos("textual inversion").hasPrefix("phase1"))
        #expect(bench.session.apropos("\"length\"").contains("len"))
        #expect(bench.session.apropos("how do I get the lengths of zebras").hasPrefix("len"), "most of the words, in another form")
        #expect(bench.session.apropos("zebra") == "nothing speaks of \"zebra\"")
    }

    @Test func theLanguageIsHelp() {
        #expect(bench.session.help("language").hasPrefix("Values and names\n  A line is a statement"))
        #expect(LanguagePage.cells.count > 8 && LanguagePage.cells.allSatisfy { !$0.title.isEmpty && !$0.code.isEmpty })
    }

    @Test func helpAsACommand() {
        bench.run("help len")
        #expect(bench.recorder.printed.hasPrefix("len(x)\n"))
        bench.run("help \"sorted\"")
        #expect(bench.recorder.printed.hasPrefix("sorted(xs, by=none, *, descending=false)\n"))
        #expect(bench.show("len") == "<function len>")
        bench.run("len")
        #expect(bench.recorder.results == ["len(x)\nHow many items, characters or fields a value has."])
    }

    /// The table's own rules, and every example of the core.
    @Test(arguments: CoreBuiltins.all)
    func tableRows(_ row: Builtin) throws {
        #expect(row.name.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "_" })
        #expect(row.summary.hasSuffix(".") && row.summary.count <= 90)
        #expect(!row.examples.isEmpty)
        for parameter in row.parameters {
            #expect(!parameter.doc.isEmpty)
            if let value = parameter.defaultValue { #expect(parameter.type.accept(value) != nil) }
        }
        for example in row.examples {
            let bench = Session()
            let outcome = try inScratchFolder { bench.run(source: example.code) }
            #expect(outcome.status == .ok, "\(example.code)")
            if let shows = example.shows { #expect(outcome.value?.display(DisplayContext()).plain == shows) }
        }
    }

    @Test func namesAreUnique() {
        let names = CoreBuiltins.all.map(\.name)
        #expect(Set(names).count == names.count)
    }
}
