import Testing

@testable import Pages

@Suite struct MarkdownTests {
    private func html(_ markdown: String, picture: @escaping CellHTML.PictureLink = { _ in nil }) -> String {
        MarkdownHTML(picture: picture).html(markdown).split(separator: "\n").joined(separator: "\n")
    }

    /// Pairs of Markdown and HTML, most of them CommonMark's and GitHub's own examples in small.
    @Test(arguments: [
        ("a\nb", "<p>a\nb</p>"), ("a  \nb", "<p>a  <br>\nb</p>"), ("a\\\nb", "<p>a<br>\nb</p>"), ("a\n\nb", "<p>a</p>\n<p>b</p>"),
        ("# A #", "<h3>A</h3>"), ("#5 bolt", "<p>#5 bolt</p>"), ("A\n===\nB\n---", "<h3>A</h3>\n<h4>B</h4>"), ("***", "<hr>"),
        ("*a* _b_ **c** __d__", "<p><em>a</em> <em>b</em> <strong>c</strong> <strong>d</strong></p>"),
        ("***a***", "<p><em><strong>a</strong></em></p>"), ("*a **b** c*", "<p><em>a <strong>b</strong> c</em></p>"),
        ("**a *b***", "<p><strong>a <em>b</em></strong></p>"), ("snake_case_name", "<p>snake_case_name</p>"),
        ("2 * 3 * 4", "<p>2 * 3 * 4</p>"), ("a*\"b\"*", "<p>a*&quot;b&quot;*</p>"), ("*a", "<p>*a</p>"), ("**a*", "<p>*<em>a</em></p>"),
        ("~~a~~ ~b~", "<p><del>a</del> ~b~</p>"), ("`a*b*`", "<p><code>a*b*</code></p>"), ("`` a`b ``", "<p><code>a`b</code></p>"),
        ("`a", "<p>`a</p>"), ("\\*a\\*", "<p>*a*</p>"), ("&amp; &#65; &#x42; &nope; &", "<p>&amp; A B &amp;nope; &amp;</p>"),
        ("$a_1*b*c_2$ and 5$ or $6", "<p><span class=\"math\">$a_1*b*c_2$</span> and 5$ or $6</p>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"), ("- a\n\n- b", "<ul>\n<li><p>a</p></li>\n<li><p>b</p></li>\n</ul>"),
        ("1. a\n2. b\n   - c", "<ol>\n<li>a</li>\n<li>b\n<ul>\n<li>c</li>\n</ul></li>\n</ol>"),
        ("3) a", "<ol start=\"3\">\n<li>a</li>\n</ol>"), ("a\n2. b", "<p>a\n2. b</p>"),
        ("- [x] a\n- [ ] b", "<ul>\n<li><span class=\"task\">☑</span> a</li>\n<li><span class=\"task\">☐</span> b</li>\n</ul>"),
        ("> a\nb\n>\n> - c", "<blockquote>\n<p>a\nb</p>\n<ul>\n<li>c</li>\n</ul>\n</blockquote>"),
        ("```bas\n<x>\n```", "<pre><code>&lt;x&gt;</code></pre>"), ("~~~\n```\n~~~", "<pre><code>```</code></pre>"),
        ("```\nopen", "<pre><code>open</code></pre>"), ("    a\n    b", "<pre><code>a\nb</code></pre>"),
        ("- ```\n  a\n\n  b\n  ```", "<ul>\n<li><pre><code>a\nb</code></pre></li>\n</ul>"),
        (
            "a | b\n--|:-:\n1 | 2",
            "<div class=\"table\"><table>\n<thead>\n<tr><th>a</th><th class=\"center\">b</th></tr>\n</thead>\n<tbody>\n"
                + "<tr><td>1</td><td class=\"center\">2</td></tr>\n</tbody>\n</table></div>"
        ),
        ("a | b\n--", "<h4>a | b</h4>"), ("<b>x</b> <!-- y -->", "<p>&lt;b&gt;x&lt;/b&gt; &lt;!-- y --&gt;</p>"),
    ])
    func blocksAndInlines(_ markdown: String, _ expected: String) { #expect(html(markdown) == expected) }

    @Test(arguments: [
        (
            "[a *b*](http://x.org/?a=1&b=2 \"t\")",
            "<a href=\"http://x.org/?a=1&amp;b=2\" title=\"t\" rel=\"noopener noreferrer\">a <em>b</em></a>"
        ),
        ("[a](<b c.html>)", "<a href=\"b%20c.html\" rel=\"noopener noreferrer\">a</a>"),
        ("[a](x(y).bas)", "<a href=\"x(y).bas\" rel=\"noopener noreferrer\">a</a>"),
        ("[a](#cell-2)", "<a href=\"#cell-2\" rel=\"noopener noreferrer\">a</a>"),
        ("[a][N]\n\n[n]: other.html", "<a href=\"other.html\" rel=\"noopener noreferrer\">a</a>"),
        ("[n]\n\n[n]: mailto:a@b.c 'T'", "<a href=\"mailto:a@b.c\" title=\"T\" rel=\"noopener noreferrer\">n</a>"),
        ("<https://x.org>", "<a href=\"https://x.org\" rel=\"noopener noreferrer\">https://x.org</a>"),
        ("<a@b.c>", "<a href=\"mailto:a@b.c\" rel=\"noopener noreferrer\">a@b.c</a>"),
        ("(see https://x.org/a_(b).)", "(see <a href=\"https://x.org/a_(b)\" rel=\"noopener noreferrer\">https://x.org/a_(b)</a>.)"),
        ("[a [b](c) d](e)", "[a <a href=\"c\" rel=\"noopener noreferrer\">b</a> d](e)"), ("[a]", "[a]"), ("[a] (b)", "[a] (b)"),
    ])
    func links(_ markdown: String, _ expected: String) { #expect(html(markdown) == "<p>\(expected)</p>") }

    @Test(arguments: [
        "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java&#10;script:alert(1)", "java&#x09;script:alert(1)", "&#106;avascript:alert(1)",
        "&#1;javascript:alert(1)", "javascript&colon;alert(1)".replacing("&colon;", with: "&#58;"), "data:text/html,x",
        "file:///etc/passwd",
        "vbscript:x", "//evil.org/x", "/etc/passwd", "\\\\\\\\evil.org", "blob:x", "about:blank",
    ])
    func harmfulLinksAreRefused(_ address: String) {
        let result = html("[words](<\(address)>) [words](\(address))")
        // A backslash comes out as a code, which leads nowhere; all else is no link.
        #expect(!result.contains("href=") || result.contains("href=\"%5C"))
        #expect(!html("[words]\n\n[words]: \(address)").contains("href=\"\(address)"))
        #expect(!html("<\(address)>").contains("href="))
    }

    @Test func picturesComeFromTheFolderAlone() {
        var asked: [String] = []
        func render(_ markdown: String) -> String {
            html(markdown) { name in
                asked.append(name)
                return "url:" + name
            }
        }
        #expect(render("![a *b*](sub/a%20b.png \"t\")") == "<p><img src=\"url:sub/a b.png\" alt=\"a b\" title=\"t\"></p>")
        #expect(render("![](./x.png)").contains("<img src=\"url:x.png\" alt=\"\">"))
        #expect(asked == ["sub/a b.png", "x.png"])
        asked = []
        for address in [
            "/etc/x.png", "../x.png", "a/../../x.png", "%2e%2e/x.png", "http://x.org/a.png", "data:image/png;base64,AA", "file:x.png",
            "a\\\\..\\\\x.png",
            "//x/y.png", "a%00b.png", "..%2fx.png", "a//b.png",
        ] {
            let result = render("![words](<\(address)>)")
            #expect(result.contains("<span class=\"absent\">words") && !result.contains("<img"))
        }
        #expect(asked.isEmpty)
    }

    @Test func titlesHaveNoLinksAndPictures() {
        #expect(
            MarkdownHTML.title("a `b` *c* [d](http://e) ![f](g.png) <h>")
                == "a <code>b</code> <em>c</em> [d](http://e) ![f](g.png) &lt;h&gt;")
    }

    /// Texts that make simple readers take quadratic time or nest without end. All of them take a third of a second together.
    @Test(
        .timeLimit(.minutes(5)),
        arguments: [
            String(repeating: "[", count: 50_000), String(repeating: "*a ", count: 20_000), String(repeating: "**a*", count: 10_000),
            String(repeating: "> ", count: 5_000) + "x", String(repeating: "`", count: 3) + String(repeating: "`a``b", count: 8_000),
            String(repeating: "[a](", count: 8_000), String(repeating: "![](<", count: 8_000), String(repeating: "$", count: 20_000),
            String(repeating: "<a ", count: 10_000),
            (0..<500).map { String(repeating: " ", count: min($0, 200)) + "- x" }.joined(separator: "\n"),
            "> a\n" + String(repeating: "b\n", count: 10_000), String(repeating: "https://", count: 5_000),
            String(repeating: "[a](b)", count: 3_000),
            String(repeating: "a_b*c", count: 10_000),
            String(repeating: "|", count: 20_000) + "\n" + String(repeating: "|-", count: 10_000),
        ])
    func hostileLengthsEnd(_ markdown: String) {
        #expect(!html(markdown).isEmpty)
    }
}
