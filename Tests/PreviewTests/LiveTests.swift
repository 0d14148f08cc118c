import Files
import Glibc
import TestSupport
import Testing

@testable import Preview

/// A preview as pages see it: over HTTP, with a file that is saved.
@Suite struct LiveTests {
    /// Waits until nothing runs.
    private func settles(_ tab: Tab, _ seconds: Double = 60, _ condition: () -> Bool = { true }) -> Bool {
        waitUntil(seconds) { !tab.isRunning && condition() && !tab.states.contains { ["waiting", "running"].contains($0) } }
    }

    @Test func savingRunsWhatChanged() throws {
        let stage = try Stage(
            "# %% One\n#| About <b>one</b>\nx = 40\nprint(\"x is {x}\")\n# %% Two\nshow heatmap([[1, x]])\n# %% Three\nprint(\"three\")\n")
        defer { stage.close() }
        let tab = Tab(stage)
        #expect(settles(tab) { tab.cell(0).shown.contains("x is 40") && tab.cell(1).shown.contains("<img") })
        #expect(tab.states == ["ran", "ran", "ran"] && tab.cell(0).title == "One")
        #expect(tab.cell(0).html.contains("&lt;b&gt;one") && !tab.cell(0).html.contains("<b>"))
        let picture = picture(tab.cell(1))
        let answer = stage.get(picture)
        #expect(answer.status == 200 && answer.head.contains("image/png") && answer.body.contains("PNG"))

        let before = tab.now.order
        stage.text = stage.text.replacing("x = 40", with: "x = 50")
        #expect(settles(tab) { tab.cell(0).shown.contains("x is 50") })
        #expect(tab.now.order == before, "the cells are the same")
        #expect(tab.states == ["ran", "ran", "kept"])
        #expect(self.picture(tab.cell(1)) != picture)

        // A cell is put in, and one taken out.
        stage.text = "# %% One\nx = 50\nprint(\"x is {x}\")\n# %% New\nprint(x + 1)\n# %% Three\nprint(\"three\")\n"
        #expect(settles(tab) { tab.cell(1).shown.contains("51") })
        #expect(tab.now.order.count == 3 && tab.now.order[0] == before[0] && tab.now.order[2] == before[2])
        #expect(tab.states == ["kept", "ran", "kept"])
        #expect(stage.text.contains("#>") == false, "the file is left alone")

        // A tab that comes late is told everything, and a program that does not parse is told as well.
        stage.text += "# %% Wrong\nprint(\n"
        let late = Tab(stage)
        #expect(settles(late) { late.cell(3).state == "failed" })
        #expect(late.cell(3).shown.contains("error[E01") && late.cell(1).shown.contains("51"))
        #expect(waitUntil { tab.states == late.states && tab.now.order == late.now.order })
    }

    private func picture(_ cell: Tab.Cell) -> String {
        let start = cell.shown.firstRange(of: "src=\"")?.upperBound ?? cell.shown.startIndex
        return String(cell.shown[start...].prefix { $0 != "\"" })
    }

    @Test func otherAddressesAreRefused() throws {
        let stage = try Stage("print(1)\n")
        defer { stage.close() }
        let client = stage.client
        let root = "/\(stage.token)/"
        #expect(stage.get("").status == 200 && stage.get("").head.contains("frame-ancestors 'none'"))
        for name in ["script.js", "style.css", "icon.svg"] { #expect(stage.get(name).status == 200) }
        for name in [
            "x", "picture/", "picture/../../etc/passwd", "file/2f6574632f706173737764", "output/1", "output/99.txt", "file/61", "events/x",
        ] {
            #expect(stage.get(name).status == 404, "\(name)")
        }
        for path in ["/", "/events", "/do", "/0123456789abcdef0123456789abcdef/", "/style.css"] {
            #expect(client.request("GET", path).status == 403, "\(path)")
        }
        #expect(client.request("GET", root + "events", headers: ["Host": "evil.example:\(client.port)"]).status == 403)
        let json = ["Content-Type": "application/json"]
        let stop = #"{"do": "stop"}"#
        #expect(
            client.request("POST", root + "do", headers: json.merging(["Origin": "http://evil.example"]) { $1 }, body: stop).status == 403)
        #expect(client.request("POST", root + "do", headers: ["Content-Type": "text/plain"], body: stop).status == 415)
        #expect(client.request("POST", root + "do", headers: json, body: "{").status == 400)
        #expect(client.request("POST", root + "do", headers: json, body: #"{"do": "format the disk"}"#).status == 400)
        #expect(client.request("GET", root + "do").status == 405 && client.request("DELETE", root).status == 405)
        #expect(client.request("OPTIONS", root + "do", headers: ["Origin": "http://evil.example"]).status == 403)
        #expect(stage.ask(#"{"do": "run cell", "cell": 77}"#) == 409)
    }

    @Test func aLongLoopIsStopped() throws {
        let stage = try Stage(
            "# %% Loop\ni = 0\nfor k in 1..1000000000 { i = i + 1; if k == 3 { print(\"begun\") } }\n# %% Other\nprint(\"other\")\n")
        defer { stage.close() }
        let (tab, second) = (Tab(stage), Tab(stage))
        #expect(waitUntil { tab.cell(0).shown.contains("begun") && second.cell(0).shown.contains("begun") })
        #expect(tab.cell(0).state == "running" && tab.cell(1).state == "waiting")
        // A browser that dies holds nothing.
        second.leave()
        #expect(stage.ask(#"{"do": "stop"}"#) == 204)
        #expect(settles(tab))
        #expect(tab.states == ["stopped", "stale"] && stage.ask(#"{"do": "stop"}"#) == 409)

        // It is left as it is while others are edited, and runs where it is changed; that ends it where it stands.
        stage.text = stage.text.replacing("\"other\"", with: "\"another\"")
        #expect(settles(tab) { tab.cell(1).shown.contains("another") })
        #expect(tab.states == ["stopped", "ran"])
        stage.text = stage.text.replacing("k == 3", with: "k == 4")
        #expect(waitUntil { tab.cell(0).state == "running" && tab.cell(0).shown.contains("begun") })
        stage.text = "# %% Loop\ni = 5\nprint(\"short\")\n# %% Other\nprint(i)\n"
        #expect(settles(tab) { tab.cell(0).shown.contains("short") && tab.cell(1).shown.contains("5") })
        #expect(tab.states == ["ran", "ran"])
    }

    @Test func aCellThatStaysIsNotStopped() throws {
        // Long enough to be seen running, in either build.
        #if DEBUG
            let turns = 300_000
        #else
            let turns = 9_000_000
        #endif
        let stage = try Stage("# %% A\nn = 0\nfor k in 1..\(turns) { n = n + 1 }\nprint(\"n is {n}\")\n# %% B\nprint(\"b {n}\")\n")
        defer { stage.close() }
        let tab = Tab(stage)
        #expect(waitUntil { tab.cell(0).state == "running" })
        stage.text = stage.text.replacing("\"b {n}\"", with: "\"c {n}\"")
        #expect(waitUntil { tab.cell(1).html.contains("c ") })
        #expect(settles(tab, 20) { tab.cell(1).shown.contains("c \(turns)") })
        // The first cell ran once: what it gave stood when the second was reached.
        #expect(tab.cell(0).state == "kept" && tab.cell(0).shown.contains("n is \(turns)"))
    }

    @Test func whatATrainingHasLearnedCanBeUsed() throws {
        let stage = try Stage(
            """
            # %% Model
            photo = load_scene("mug_rose")
            base = load_model("\(Fixtures.path("models/tiny-collage"))")
            # %% Train
            m = phase1(base, photo, steps=4000, prior_weight=0, seed=1)
            # %% Use
            print("learned {len(m.history)}")

            """)
        defer { stage.close() }
        let tab = Tab(stage)
        #expect(waitUntil { (tab.cell(1).bars.first?["done"]?.intValue ?? 0) >= 2 })
        #expect(tab.cell(1).bars.first?["total"]?.intValue == 4000)
        stage.ask(#"{"do": "stop"}"#)
        #expect(settles(tab))
        #expect(tab.states[1] == "stopped" && tab.cell(1).shown.contains("resume(m)"))
        // The cell below uses what was learned so far, and the training does not begin anew.
        stage.ask("{\"do\": \"run cell\", \"cell\": \(tab.now.order[2])}")
        #expect(settles(tab) { tab.cell(2).shown.contains("learned ") })
        #expect(tab.states[1] == "stopped" && tab.states[2] == "ran" && !tab.cell(2).shown.contains("learned 4000"))
        // What follows from a training that was stopped is not recorded as if it followed from the program.
        stage.ask(#"{"do": "record"}"#)
        #expect(waitUntil { stage.text.contains("#> learned") })
        let marks = stage.text.split(separator: "\n").filter { $0.hasPrefix("#>@") }
        #expect(marks.count == 2 && marks.last?.hasPrefix("#>@ - ") == true)
    }

    @Test func aFloodIsCut() throws {
        let flood = "line = join([\"xxxxxxxxx\" for _ in 1..10], \" \")\nfor k in 1..100000 { print(\"{k} {line}\") }"
        let stage = try Stage("# %% Flood\n\(flood)\n# %% Next\nprint(\"next\")\n")
        defer { stage.close() }
        let tab = Tab(stage)
        #expect(settles(tab, 30) { tab.cell(1).shown.contains("next") && tab.cell(0).shown.contains("left out here") })
        #expect(tab.cell(0).shown.contains("1 xxxxxxxxx") && tab.cell(0).shown.contains("more bytes of output are not kept"))
        let now = tab.now
        #expect(now.largest < 200_000 && tab.cell(0).shown.utf8.count < 150_000)
        // At most ten events a second.
        for (first, next) in zip(now.times, now.times.dropFirst(10)) { #expect(next - first > 0.5) }
        let whole = stage.get("output/\(now.order[0]).txt")
        #expect(whole.status == 200 && whole.body.utf8.count > 400_000 && whole.head.contains("text/plain"))
    }

    @Test func buttonsDoWhatTheySay() throws {
        let text = "# %% A\nx = randn([2], seed=1)\nprint(\"apple\")\n# %% B\nprint(\"banana\")\n"
        let stage = try Stage(text, options: .init(runsOnSave: false))
        defer { stage.close() }
        let tab = Tab(stage)
        #expect(waitUntil { tab.states == ["stale", "stale"] && !tab.isRunning })
        stage.ask("{\"do\": \"run cell\", \"cell\": \(tab.now.order[1])}")
        #expect(settles(tab) { tab.states == ["stale", "ran"] })
        stage.ask(#"{"do": "run"}"#)
        #expect(settles(tab) { tab.states == ["ran", "kept"] })
        stage.ask(#"{"do": "run all"}"#)
        #expect(settles(tab) { tab.states == ["ran", "ran"] })
        // Saving only shows what is stale, until the switch is on.
        stage.text = stage.text.replacing("banana", with: "cherry")
        #expect(waitUntil { tab.states == ["kept", "stale"] })
        #expect(tab.cell(1).shown.contains("banana"))
        stage.ask(#"{"do": "run on save", "on": true}"#)
        #expect(settles(tab) { tab.cell(1).shown.contains("cherry") })
        #expect(tab.now.head["onSave"]?.boolValue == true)
        stage.ask(#"{"do": "record"}"#)
        #expect(waitUntil { stage.text.contains("#> cherry\n#>@ ") && stage.text.contains("#> apple\n#>@ ") })
        #expect(settles(tab) { tab.now.head["notice"]?.stringValue == "recorded" })
        #expect(tab.states == ["kept", "kept"])
        stage.ask(#"{"do": "record"}"#)
        #expect(waitUntil { tab.now.head["notice"]?.stringValue == "the record is up to date" })
        // The file goes and comes back.
        unlink(stage.folder.path + "/page.bas")
        #expect(waitUntil { tab.now.head["problem"]?.stringValue?.contains("gone") == true })
        stage.text = "print(\"back\")\n"
        #expect(settles(tab) { tab.cell(0).shown.contains("back") && tab.now.head["problem"]?.isNull == true })
        stage.ask(#"{"do": "end"}"#)
        #expect(waitUntil { stage.end.withLock { $0 } == .asked })
        #expect(waitUntil { !tab.now.isOpen } && tab.now.head["ended"]?.boolValue == true)
    }

    @Test func recordingGoesOnWithEachRun() throws {
        let stage = try Stage("print(time() > 0)\nprint(\"one\")\n", options: .init(records: true))
        defer { stage.close() }
        let tab = Tab(stage)
        #expect(waitUntil { stage.text.contains("#> one") })
        stage.text = stage.text.replacing("print(\"one\")", with: "print(\"two\")")
        #expect(waitUntil { stage.text.contains("#> two") && !stage.text.contains("#> one") })
        #expect(settles(tab))
    }

    @Test func aFileThatCellsReadCounts() throws {
        let stage = try Stage("print(read_text(\"data.txt\"))\n")
        defer { stage.close() }
        let tab = Tab(stage)
        #expect(settles(tab) { tab.states == ["failed"] })
        try AtomicFile.write(stage.folder.path + "/data.txt", text: "first")
        #expect(settles(tab) { tab.cell(0).shown.contains("first") })
        try AtomicFile.write(stage.folder.path + "/data.txt", text: "second")
        #expect(settles(tab) { tab.cell(0).shown.contains("second") })
    }

    @Test func whatIsNotTrustedIsConfined() throws {
        let (prose, record) = ("#| ![p](p.png)\n", "#> recorded\n#> ![x](page.out/0123456789ab.png)\n")
        let text = "# %% A\n\(prose)print(read_text(\"/etc/hostname\"))\n# %% B\nprint(\"fine\")\n\(record)"
        let stage = try Stage(text, options: .init(runsOnSave: false), confinement: Confinement([]))
        defer { stage.close() }
        try AtomicFile.write(stage.folder.path + "/p.png", text: "\u{89}PNG")
        let tab = Tab(stage)
        #expect(waitUntil { tab.states == ["stale", "stale"] && tab.cell(1).shown.contains("recorded") })
        #expect(!tab.cell(0).html.contains("<img") && !tab.cell(1).shown.contains("<img"))
        #expect(stage.get("file/702e706e67").status == 404)
        stage.ask(#"{"do": "run"}"#)
        #expect(settles(tab) { tab.states == ["failed", "ran"] && tab.cell(1).shown.contains("fine") })
        #expect(tab.cell(0).shown.contains("error[E") && !FileSystem.exists(stage.folder.path + "/.bas"))
        stage.ask(#"{"do": "record"}"#)
        #expect(waitUntil { stage.text.contains("#> fine") })
    }
}
