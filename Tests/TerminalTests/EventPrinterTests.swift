import Language
import Synchronization
import Testing

@testable import Terminal

/// A clock that the test sets.
final class TestClock: Sendable {
    private let time = Mutex(0.0)
    var now: Double { time.withLock { $0 } }
    func advance(_ seconds: Double) { time.withLock { $0 += seconds } }
}

/// A printer into buffers.
struct PrinterHarness {
    let output = BufferSink()
    let errors = BufferSink()
    let clock = TestClock()
    let printer: EventPrinter

    init(
        terminal: Bool = false, width: Int = 100, color: Bool = false, unicode: Bool = true,
        format: ErrorFormat = .text, quiet: Bool = false,
        pictures: any PictureShower = PictureFolder(path: "/dev/null"), canvas: TerminalPictures? = nil
    ) {
        let clock = clock
        let traits = ScreenTraits(
            outputIsTerminal: terminal, errorsAreTerminal: terminal, color: color, unicode: unicode
        ) { width }
        printer = EventPrinter(
            output: output, errors: errors, traits: traits, pictures: pictures, canvas: { canvas }, errorFormat: format,
            quiet: quiet
        ) { clock.now }
    }

    /// Steps of a training, `seconds` apart.
    func train(_ steps: ClosedRange<Int>, of total: Int = 40, seconds: Double = 0.2, finish: Bool = false) {
        for step in steps {
            clock.advance(seconds)
            let detail = [("rec", ".031"), ("prior", ".093"), ("attn", ".088")]
            let progress = Progress(
                id: 1, title: "phase 1  textual inversion", completed: step, total: total, detail: detail,
                finished: finish && step == total)
            printer.handle(.progress(progress))
        }
    }
}

struct EventPrinterTests {
    @Test func textAndResultsGoToStandardOutput() {
        let harness = PrinterHarness()
        harness.printer.handle(.stream("no line end"))
        harness.printer.handle(.result(.int(3), Display("3")))
        harness.printer.handle(.stream("line\n"))
        harness.printer.handle(.display(Display("shown")))
        harness.printer.handle(.finished(.ok, seconds: 1))
        #expect(harness.output.text == "no line end\n3\nline\nshown\n")
        #expect(harness.errors.text == "")
    }

    @Test func aPromptLabelsResults() {
        let harness = PrinterHarness()
        harness.printer.setLabel("Out[3]:")
        harness.printer.handle(.result(.int(3), Display("3")))
        harness.printer.handle(.result(.int(3), Display("a table\n  of lines")))
        #expect(harness.output.text == "Out[3]: 3\nOut[3]:\na table\n  of lines\n")
    }

    @Test func terminalsAreNotSteeredByText() {
        let terminal = PrinterHarness(terminal: true)
        terminal.printer.handle(.stream("a\u{1b}[2J\n"))
        #expect(terminal.output.text == "a^[[2J\n")
        // A file gets what the program wrote.
        let file = PrinterHarness()
        file.printer.handle(.stream("a\u{1b}[2J\n"))
        #expect(file.output.text == "a\u{1b}[2J\n")
    }

    @Test(
        arguments: [
            (false, ErrorFormat.text, "error[E0502]: there is no file \"a\"\n  = help: look elsewhere\n"),
            (
                false, .json,
                "{\"code\":\"E0502\",\"severity\":\"error\",\"message\":\"there is no file \\\"a\\\"\",\"labels\":[],"
                    + "\"notes\":[],\"help\":\"look elsewhere\",\"trace\":[],\"exit\":66}\n"
            ),
            (true, .text, "error[E0502]: there is no file \"a\"\n  = help: look elsewhere\n"),
        ] as [(Bool, ErrorFormat, String)])
    func diagnosticsGoToStandardError(terminal: Bool, format: ErrorFormat, text: String) {
        let harness = PrinterHarness(terminal: terminal, format: format)
        harness.printer.report(Problem(.fileMissing, "there is no file \"a\"", help: "look elsewhere"))
        #expect(harness.errors.text == text)
        #expect(harness.output.text == "")
    }

    @Test func picturesAreStoredUnderFreeNumbers() throws {
        let folder = try TemporaryFolder()
        let store = PictureFolder(path: folder.path + "/.bas/out")
        let harness = PrinterHarness(pictures: store)
        let image = DisplayImage(png: [1, 2, 3], alt: "four\npictures \u{1b}[1m")
        harness.printer.handle(.display(Display("seeds 1..4", image: image)))
        harness.printer.handle(.display(Display("said once", image: DisplayImage(png: [4], alt: "said once"))))
        #expect(
            harness.output.text == """
                seeds 1..4
                picture: four pictures ^[[1m → \(store.path)/1.png
                picture: said once → \(store.path)/2.png

                """)
        #expect(folder.read(".bas/out/1.png") == "\u{1}\u{2}\u{3}")
        try folder.write(".bas/out/41.png", "")
        try folder.write(".bas/out/note.txt", "")
        harness.output.clear()
        harness.printer.handle(.result(.none, Display("", image: image)))
        #expect(harness.output.text == "picture: four pictures ^[[1m → \(store.path)/42.png\n")
        #expect(harness.printer.failure == nil)
    }

    @Test func aPictureThatCannotBeStoredFailsTheRun() {
        let harness = PrinterHarness(pictures: PictureFolder(path: "/proc/no/out"))
        harness.printer.handle(.display(Display("text", image: DisplayImage(png: [1], alt: "x"))))
        #expect(harness.output.text == "text\n")
        #expect(harness.errors.text.contains("the picture cannot be stored"))
        #expect(harness.printer.failure == .cannotCreate)
    }

    @Test func logsGetALineEachTenth() {
        let harness = PrinterHarness()
        harness.train(0...40, finish: true)
        let lines = harness.errors.text.split(separator: "\n").map(String.init)
        let title = "phase 1  textual inversion"
        let losses = "rec .031  prior .093  attn .088"
        #expect(lines.count == 11)
        #expect(lines[0] == "\(title)  0/40  0 %  \(losses)")
        #expect(lines[1] == "\(title)  4/40  10 %  0.20 s/step  \(losses)  ETA 8 s")
        #expect(lines[9] == "\(title)  36/40  90 %  0.20 s/step  \(losses)  ETA 1 s")
        #expect(lines[10] == "\(title)  40/40  100 %  0.20 s/step  \(losses)  8.0 s")
    }

    @Test func quietAndJSONLogsHaveNoProgress() {
        for harness in [
            PrinterHarness(quiet: true), PrinterHarness(terminal: true, quiet: true),
            PrinterHarness(format: .json),
        ] {
            harness.train(0...40, finish: true)
            #expect(harness.errors.text == "")
        }
    }

    @Test func barsAreDrawnInPlace() {
        let harness = PrinterHarness(terminal: true, width: 120)
        harness.train(1...2)
        let title = "phase 1  textual inversion     "
        let losses = "rec .031  prior .093  attn .088"
        let empty = String(repeating: "░", count: 18)
        #expect(
            harness.errors.text == "\u{1b}[?25l\(title)\(empty)  1/40  \(losses)"
                + "\r\u{1b}[K\(title)\(empty)  2/40  0.20 s/step  \(losses)")
        harness.errors.clear()
        harness.train(20...20)
        let half = String(repeating: "█", count: 9) + String(repeating: "░", count: 9)
        #expect(harness.errors.text.hasPrefix("\r\u{1b}[K\(title)\(half)  20/40  "))
        #expect(harness.errors.text.contains("ETA "))
        harness.errors.clear()
        harness.train(40...40, finish: true)
        #expect(harness.errors.text.hasSuffix("\(losses)  0.6 s\n\u{1b}[?25h"))
    }

    @Test func barsAreRedrawnTenTimesASecondAtMost() {
        let harness = PrinterHarness(terminal: true)
        harness.train(1...1000, of: 2000, seconds: 0.001)
        #expect((9...11).contains(harness.errors.text.split(separator: "\r").count))
    }

    @Test func outputAndErrorsMakeRoomForThemselves() {
        let harness = PrinterHarness(terminal: true)
        harness.train(1...3)
        harness.errors.clear()
        harness.printer.handle(.stream("words\n"))
        #expect(harness.errors.text == "\r\u{1b}[K\u{1b}[?25h")
        #expect(harness.output.text == "words\n")
        // The bar comes back with the next step; an error leaves it standing, with the cursor shown.
        harness.errors.clear()
        harness.train(4...4)
        #expect(harness.errors.text.hasPrefix("\u{1b}[?25lphase 1"))
        harness.printer.handle(.diagnostic(Diagnostic(code: .interrupted, message: "interrupted")))
        #expect(harness.errors.text.hasSuffix("\n\u{1b}[?25herror[E0601]: interrupted\n"))
    }

    @Test func twoBarsStandUnderEachOther() {
        let harness = PrinterHarness(terminal: true, width: 60)
        func step(_ id: Int, _ completed: Int, finished: Bool = false) {
            harness.clock.advance(0.2)
            let progress = Progress(
                id: id, title: "job \(id)", completed: completed, total: 4, finished: finished)
            harness.printer.handle(.progress(progress))
        }
        step(1, 0)
        step(2, 0)
        harness.errors.clear()
        step(2, 4, finished: true)
        // Two lines up, the finished one stays, the other is drawn again below it.
        #expect(harness.errors.text.hasPrefix("\r\u{1b}[1A\u{1b}[Jjob 2"))
        #expect(harness.errors.text.contains("4/4  0.050 s/step  0.2 s\n"))
        #expect(harness.errors.text.contains("job 1"))
    }
}

struct ProgressTextTests {
    private func line(width: Int, unicode: Bool = true, title: String = "phase 2  fine-tuning") -> String {
        var pace = Pace(0, at: 0)
        for step in 1...100 { pace.update(step, at: Double(step) * 0.024) }
        let progress = Progress(
            id: 1, title: title, completed: 100, total: 400, detail: [("rec", ".031"), ("prior", ".093")])
        return ProgressText(progress: progress, pace: pace, now: 2.4).bar(width: width, unicode: unicode)
    }

    @Test func narrowWindowsLoseTheLeast() {
        #expect(
            line(width: 120)
                == "phase 2  fine-tuning           ████░░░░░░░░░░░░░░  100/400  0.024 s/step  rec .031  prior .093  ETA 8 s"
        )
        #expect(
            line(width: 92)
                == "phase 2  fine-tuning  ███░░░░░░░░░  100/400  0.024 s/step  rec .031  prior .093  ETA 8 s")
        #expect(line(width: 80) == "phase 2  fine-tuning  ██░░░░░░  100/400  0.024 s/step  rec .031  ETA 8 s")
        #expect(line(width: 70) == "phase 2  fine-tuning  ██░░░░░░  100/400  0.024 s/step  ETA 8 s")
        #expect(line(width: 50) == "phase 2  fine-tuning  ██░░░░░░  100/400  ETA 8 s")
        #expect(line(width: 40) == "phase 2  fine-tuning  100/400  ETA 8 s")
        #expect(line(width: 10) == "phase 2  f")
    }

    @Test func asciiWhereTheTerminalHasNoBlocks() {
        #expect(line(width: 60, unicode: false) == "phase 2  fine-tuning  ##------  100/400  ETA 8 s")
    }

    @Test func titlesCannotSteerTheTerminal() {
        #expect(line(width: 100, title: "a\u{1b}[2Jb").hasPrefix("a^[[2Jb"))
    }

    @Test(arguments: [
        (0.04, "0.0 s"), (0.31, "0.3 s"), (9.94, "9.9 s"), (42.4, "42 s"), (200, "3 min 20 s"),
        (3900, "1 h 05 min"),
        (-1, "0.0 s"), (1e300, "277777 h 46 min"),
    ])
    func durations(seconds: Double, text: String) {
        #expect(durationText(seconds) == text)
    }

    @Test(arguments: [
        (0.5, "0.50 s/step"), (0.0124, "0.012 s/step"), (2.0, "2.00 s/step"), (0.0004, "2500 step/s"),
    ])
    func rates(seconds: Double, text: String) {
        var pace = Pace(0, at: 0)
        pace.update(1, at: seconds)
        #expect(pace.rateText("step") == text)
    }

    @Test func noForecastBeforeThreeSteps() {
        var pace = Pace(10, at: 0)
        #expect(pace.forecast(total: 20) == nil)
        pace.update(12, at: 2)
        #expect(pace.forecast(total: 20) == nil)
        pace.update(13, at: 3)
        #expect(pace.forecast(total: 20) == 7)
        pace.update(20, at: 10)
        #expect(pace.forecast(total: 20) == nil)
    }
}
