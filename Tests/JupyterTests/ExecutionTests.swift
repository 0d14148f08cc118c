import Files
import Language
import Testing

@testable import Jupyter

/// What a client sees of cells that run.
struct ExecutionTests {
    @Test func showsResultsTextsAndErrors() throws {
        try withKernel { _, client in
            let sum = try client.execute("x = 1\nx + 1")
            #expect(sum.types == ["status", "execute_input", "execute_result", "status"])
            #expect(sum.first("status")?["execution_state"]?.stringValue == "busy")
            #expect(sum.result() == "2" && sum.status == "ok" && sum.reply["execution_count"]?.intValue == 1)

            let text = try client.execute("print(\"a\")\nprint(\"b\")")
            #expect(text.text() == "a\nb\n" && text.types.filter { $0 == "stream" }.count == 1)

            let error = try client.execute("print(\"before\")\nfor i in 0..3 { x = [1][i] }")
            #expect(error.types == ["status", "execute_input", "stream", "error", "status"])
            #expect(error.status == "error" && error.reply["ename"]?.stringValue == "E0307")
            let trace = try #require(error.first("error")?["traceback"]?.arrayValue?.first?.stringValue)
            #expect(trace.contains("error[E0307]") && trace.contains("In [3]:2:") && !trace.contains("\u{1b}"))

            // Names stay, and results are kept by number.
            #expect(try client.execute("[x, Out[1], _1]").result() == "[1, 2, 2]")
        }
    }

    @Test func checksBeforeItRuns() throws {
        try withKernel { _, client in
            let refused = try client.execute("print(1)\nprnt(2)")
            #expect(refused.types == ["status", "execute_input", "error", "status"] && refused.reply["ename"]?.stringValue == "E0201")
        }
    }

    @Test func showsPicturesAndTables() throws {
        try withKernel { _, client in
            let scene = try client.execute("load_scene(\"toys\")")
            #expect(scene.result("image/png")?.hasPrefix("iVBORw0KGgo") == true && scene.result()?.contains("3 masks") == true)
            let shown = try client.execute("show ellipse([4, 4], [2, 2], [8, 8])")
            #expect(shown.first("display_data")?["data"]?["image/png"]?.stringValue != nil)

            let table = try client.execute("[{a: 1, b: \"<b>&'\"}, {a: 2.5, b: \"\\\"\"}]")
            #expect(
                table.result("text/html")
                    == "<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td><td>&lt;b&gt;&amp;&#39;</td></tr>"
                    + "<tr><td>2.5</td><td>&quot;</td></tr></tbody></table>")
            #expect(try client.execute("[{a: 1}, {b: 2}]").result("text/html") == nil)
            let both = try #require(scene.result("text/html"))
            #expect(
                both.contains("<td class=\"number\">") && both.contains("<img src=\"data:image/png"), "its table stands over its picture")
            #expect(shown.first("display_data")?["data"]?["text/html"] == nil, "the picture alone says it")

            let printed = try client.execute("show table([{a: 1, b: \"<b>\"}, {a: 2.5, b: \"c\"}])")
            let html = try #require(printed.first("display_data")?["data"]?["text/html"]?.stringValue)
            #expect(html.contains("<th scope=\"col\">b</th>") && html.contains("<td>&lt;b&gt;</td>") && !html.contains("<b>"))
        }
    }

    /// `masks` reaches a person where one runs the cell, and says so where none does.
    @Test func asksWhereSomebodyIsThere() throws {
        try withKernel { _, client in
            let painted = try client.execute("len(masks(load_scene(\"toys\")).masks)", ["allow_stdin": true])
            #expect(painted.result() == "3")
            let alone = try client.execute("masks(load_scene(\"toys\"))", ["allow_stdin": false])
            #expect(alone.reply["evalue"]?.stringValue?.contains("nobody is here to paint") == true)
        }
    }

    /// What people explore stands beside the picture, with a script that needs nothing else.
    @Test func showsWhatPeopleExplore() throws {
        try withKernel { _, client in
            let chart = try client.execute("plot([1, 4, 9], title=\"</script><img src=x onerror=alert(1)>\")")
            #expect(chart.result("image/png")?.hasPrefix("iVBORw0KGgo") == true && chart.result() != nil)
            let html = try #require(chart.result("text/html"))
            #expect(html.contains("<img src=\"data:image/png;base64,iVBORw0KGgo") && html.contains("exploreChart"))
            #expect(html.contains("&quot;values&quot;:[1.0,4.0,9.0]") || html.contains("&quot;values&quot;:[1,4,9]"))
            #expect(html.ranges(of: "</script>").count == 1 && !html.contains("<img src=x") && !html.contains("http"))
            #expect(!html.contains("exploreAttention"), "only the script of its kind")
        }
    }

    /// A bar in characters, and as an element; nothing in its words means anything to HTML.
    @Test func drawsBarsForTextAndForPages() throws {
        var bars = ProgressBars()
        var progress = Progress(id: 1, title: "<b>", completed: 25, total: 50, detail: [("rec", "&")])
        let first = bars.update(progress, at: 0)
        #expect(first?.isFirst == true && first?.text == "<b>  ██████████░░░░░░░░░░  25/50 step  rec &")
        #expect(
            first?.html == "<div>&lt;b&gt; &ensp;<progress value=\"25\" max=\"50\"></progress> &ensp;25/50 step &ensp;rec &amp;</div>")
        (progress.completed, progress.finished) = (50, true)
        let last = bars.update(progress, at: 2)
        #expect(last?.isFirst == false && last?.id == first?.id && last?.html.hasSuffix("&ensp;rec &amp; &ensp;2.0 s</div>") == true)
        let endless = bars.update(Progress(id: 2, title: "reading", completed: 7, total: 0, unit: "row"), at: 3)
        #expect(endless?.text == "reading  7 row" && endless?.html == "<div>reading &ensp;7 row</div>")
    }

    @Test func countsOnlyWhatIsKept() throws {
        try withKernel { _, client in
            let silent = try client.execute("y = 5\ny", ["silent": true])
            #expect(silent.types == ["status", "status"] && silent.reply["execution_count"]?.intValue == 0)
            let unkept = try client.execute("y", ["store_history": false])
            #expect(unkept.result() == "5" && unkept.reply["execution_count"]?.intValue == 0)
            #expect(try client.execute("  \n").reply["execution_count"]?.intValue == 0)
            #expect(try client.execute("y").reply["execution_count"]?.intValue == 1)
        }
    }

    @Test func evaluatesExpressionsWithoutATrace() throws {
        try withKernel { _, client in
            let cell = try client.execute("7", ["user_expressions": ["sum": "_ + 1", "wrong": "nothing_here"]])
            let answers = cell.reply["user_expressions"]
            #expect(answers?["sum"]?["data"]?["text/plain"]?.stringValue == "8")
            #expect(answers?["wrong"]?["status"]?.stringValue == "error" && answers?["wrong"]?["ename"]?.stringValue == "E0201")
            #expect(try client.execute("_").result() == "7")
        }
    }

    @Test func abortsWhatWaitsBehindAnError() throws {
        try withKernel { _, client in
            let ids = try ["1 / 0", "z = 1", "z = 2"].map { try client.begin($0) }
            #expect(try ids.map { try client.end($0).status } == ["error", "aborted", "aborted"])
            let free = try [client.begin("1 / 0", ["stop_on_error": false]), client.begin("z = 3")]
            #expect(try free.map { try client.end($0).status } == ["error", "ok"])
            #expect(try client.execute("z").result() == "3")
        }
    }

    @Test func answersQuestions() throws {
        try withKernel { _, client throws in
            for question in ["?phase1", " phase1? ", "??phase1", "?\"learn handles\""] {
                #expect(try client.execute(question).result()?.contains("phase1") == true, "\(question)")
            }
            #expect(try client.execute(":who").reply["evalue"]?.stringValue?.hasPrefix(":who is a command of the terminal") == true)
            #expect(try client.execute("?phas1").result()?.contains("phase1") == true)
        }
    }

    @Test func limitsWhatACellWrites() throws {
        try withKernel { _, client in
            let flood = try client.execute("for i in 1..100000 { print(\"line {i}\") }")
            #expect(flood.text().utf8.count <= Publisher.mostText && flood.text().utf8.count > Publisher.mostText - 16)
            #expect(flood.text("stderr").contains("is not shown") && flood.types.count < 100 && flood.types.last == "status")
            #expect(try client.execute("2").result() == "2")
        }
    }
}
