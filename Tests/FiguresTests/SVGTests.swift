import Images
import Testing

@testable import Figures

@Suite struct SVGTests {
    @Test func namesWhatItShows() throws {
        let svg = try Examples.losses.svg()
        #expect(svg.hasPrefix("<?xml") && svg.contains("</svg>") && svg.contains("role=\"img\""))
        #expect(svg.contains("<title>losses</title>"))
        for label in ["reconstruction", "prior", "attention", "step", "loss", "phase 1", "phase 2", "0.1"] {
            #expect(svg.contains(label), "\(label)")
        }
        #expect(svg.contains("width=\"640px\""))
    }

    @Test func textsAreEscaped() throws {
        let figure = Examples.chart([Examples.line("<asset0> & \u{1}\"more\"", [1, 2])], title: "a < b")
        let svg = try figure.svg(metadata: ["script": "a < b\n\t\"c\"", "k": "<&>\u{1}"])
        #expect(svg.contains("key=\"script\">a &lt; b\n\t&quot;c&quot;</entry>") && svg.contains("key=\"k\">&lt;&amp;&gt; </entry>"))
        let plain = try figure.svg()
        #expect(svg.contains("\n<metadata>") && !plain.contains("<metadata>"))
        #expect(svg.contains("<title>a &lt; b</title>") && svg.contains("&lt;asset0&gt; &amp;"))
        #expect(!svg.contains("<asset0>") && !svg.unicodeScalars.contains("\u{1}"))
    }

    /// What was drawn before in the process does not show.
    @Test func doesNotDependOnOthers() throws {
        let first = try Examples.grid(3).svg()
        for _ in 0..<5 { _ = try Examples.grid(2).svg() }
        #expect(try Examples.grid(3).svg() == first)
    }

    @Test func picturesAreInside() throws {
        #expect(try Examples.grid(2).svg().contains("data:image/png;base64,"))
    }
}
