import Synchronization
import Testing

@testable import Language

@Suite struct DisplayTests {
    private func display(_ source: String, width: Int = 40) -> String {
        let value = Session().run(source: source).value ?? .none
        return value.display(DisplayContext(width: width)).plain
    }

    @Test(arguments: [
        ("1", "1"), ("0.1 + 0.2", "0.30000000000000004"), ("1e-5", "1e-05"), ("3.0", "3.0"),
        ("\"a\\n\"", "\"a\\n\""),
        ("[1, \"b\", none]", "[1, \"b\", none]"), ("{a: 1, \"b c\": 2}", "{a: 1, \"b c\": 2}"),
        ("1..3", "1..3"),
        ("fn(x) { x }", "fn(x)"), ("[]", "[]"), ("{}", "{}"), ("\"\\u{1b}[31m\"", "\"\\u{1b}[31m\""),
    ])
    func shortValues(_ source: String, _ expected: String) {
        #expect(display(source) == expected)
    }

    @Test func longListsFillLines() {
        #expect(
            display("list(100..120)") == """
                [100, 101, 102, 103, 104, 105, 106, 107,
                 108, 109, 110, 111, 112, 113, 114, 115,
                 116, 117, 118, 119, 120]
                """)
    }

    /// Broken at blanks; what comes behind it begins a line of its own.
    @Test func longTextsInListsFillLines() {
        #expect(
            display("[1, \"the quick brown fox jumps over the lazy dog and sleeps\", 2, 3]") == """
                [1,
                 "the quick brown fox jumps over the
                  lazy dog and sleeps",
                 2, 3]
                """)
        #expect(display("[repeat(\"ab \", 1000)]").split(separator: "\n").count <= 12)
        let shown = display("repeat(\"ab \", 100000)")
        #expect(shown.utf8.count < 25_000 && shown.hasSuffix("more; print writes it all"))
    }

    @Test func recordsAreLaidOut() {
        #expect(
            display("{name: \"all parts of the method\", iou: 0.5, rows: [1, 2]}") == """
                {
                  name: "all parts of the method",
                  iou:  0.5,
                  rows: [1, 2]
                }
                """)
    }

    @Test func textWithoutUTF8() {
        let value = Value.list((1...500).map { .int($0) })
        #expect(value.display(DisplayContext(width: 40)).plain.contains("…"))
        #expect(value.display(DisplayContext(width: 40, unicode: false)).plain.contains("... 420 more"))
        #expect(asciiText("⚠ 5 × 6 → ▁▃█ ∈ μ é") == "! 5 x 6 -> _-#  in  mean é")
    }

    /// A session asks for the width whenever it shows something.
    @Test func theWidthIsAskedAnew() {
        let width = Mutex(40)
        let shown = Mutex<[String]>([])
        let options = SessionOptions(display: { DisplayContext(width: width.withLock { $0 }) })
        let session = Session(options: options) { event in
            if case .result(_, let display) = event { shown.withLock { $0.append(display.plain) } }
        }
        session.run(source: "list(100..120)")
        width.withLock { $0 = 200 }
        session.run(source: "list(100..120)")
        #expect(shown.withLock { $0.map { $0.split(separator: "\n").count } } == [3, 1])
    }

    @Test func hugeValuesAreCut() {
        let text = display("[[i, i * i] for i in 1..100000]")
        #expect(text.count < 2000 && text.contains("more"))
        #expect(display("list(1..1000000)").count < 2000)
        #expect(display("{\"k{1}\": list(1..100000)}").count < 2000)
    }

    @Test(arguments: [("a", 1), ("日", 2), ("é", 1), ("e\u{301}", 1), ("👩‍👩‍👧", 2), ("", 0), ("…", 1)])
    func widths(_ text: String, _ expected: Int) {
        #expect(displayWidth(text) == expected)
    }

    @Test func recordsKeepOrderAndCopies() {
        var record = Record()
        for index in 0..<30 { record["k\(index)"] = .int(index) }
        let copy = record
        record["k3"] = nil
        record["k4"] = 44
        record["new"] = 1
        #expect(copy.count == 30 && copy["k3"]?.literalText == "3" && copy["k4"]?.literalText == "4")
        #expect(record.count == 30 && record["k3"] == nil && record["k4"]?.literalText == "44")
        #expect(record.keys.last == "new" && record.keys[3] == "k4" && record["k29"]?.literalText == "29")
    }

    @Test(arguments: [
        (RangeValue(start: 1, end: 8, inclusive: true), 8),
        (RangeValue(start: 0, end: 0, inclusive: false), 0),
        (RangeValue(start: 0, end: 0, inclusive: true), 1),
        (RangeValue(start: 5, end: 1, inclusive: true), 0),
        (RangeValue(start: Int.min, end: Int.max, inclusive: true), Int.max),
    ])
    func rangeCounts(_ range: RangeValue, _ expected: Int) {
        #expect(range.count == expected)
    }
}
