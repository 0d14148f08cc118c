import Testing

@testable import Pages

@Suite struct CodeTests {
    private let colours = CodeColours(builtins: ["show", "print", "mask"])

    @Test(arguments: [
        ("x = 1  # a <b>", "x <span class=\"o\">=</span> <span class=\"n\">1</span>  <span class=\"c\"># a &lt;b&gt;</span>"),
        ("## help", "<span class=\"d\">## help</span>"), ("fn f(a)", "<span class=\"k\">fn</span> <span class=\"f\">f</span>(a)"),
        ("show x.mask", "<span class=\"b\">show</span> x<span class=\"o\">.</span><span class=\"p\">mask</span>"),
        ("f(mask=true)", "f(<span class=\"a\">mask</span><span class=\"o\">=</span><span class=\"l\">true</span>)"),
        ("{ mask: 2 }", "{ <span class=\"p\">mask</span><span class=\"o\">:</span> <span class=\"n\">2</span> }"),
        ("a not b", "a <span class=\"w\">not</span> b"),
        (
            "0..<3",
            "<span class=\"n\">0</span><span class=\"o\">.</span><span class=\"o\">.</span><span class=\"o\">&lt;</span><span class=\"n\">3</span>"
        ),
        ("1.5e-4", "<span class=\"n\">1.5e-4</span>"),
        (
            "\"a{x:.2f}\\n{{\"",
            "<span class=\"s\">&quot;</span><span class=\"s\">a</span><span class=\"e\">{</span>x<span class=\"o\">:</span><span class=\"o\">.</span><span class=\"n\">2f</span><span class=\"e\">}</span><span class=\"e\">\\n</span><span class=\"e\">{{</span><span class=\"s\">&quot;</span>"
        ),
        ("r\"{x}\"", "<span class=\"s\">r&quot;{x}&quot;</span>"),
    ])
    func pieces(_ code: String, _ expected: String) { #expect(colours.html(code) == expected) }

    /// The pieces together are the code, whatever it is.
    @Test(arguments: [
        "\"\"\"a\n{f(\"b {c}\")}\n\"\"\" + x", "\"open\nx = 1", "\"{\"{\"{\"", "\"{a", "r\"open", "\"\"\"open", "\\", "\"\\", "{}}}))]]",
        "\u{0}\u{1b}é漢👍",
        String(repeating: "\"{", count: 500), "#", "1.", "x..", "fn", "\"a\n\"b\"",
    ])
    func nothingIsLost(_ code: String) {
        var reader = CodeReader(code)
        var text = ""
        while let piece = reader.next() {
            #expect(!piece.text.isEmpty)
            text += piece.text
        }
        #expect(text == code)
    }

    @Test func aLineEndEndsAString() {
        #expect(colours.html("\"open {f(\nshow x").hasSuffix("<span class=\"b\">show</span> x"))
    }
}
