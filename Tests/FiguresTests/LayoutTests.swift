import Images
import Testing

@testable import Figures

/// Texts never lie over each other or over the edge, by their measured extents.
@Suite struct LayoutTests {
    private static func canvas(_ figure: Figure) throws -> Canvas {
        let plan = try FigurePlan(figure)
        let canvas = try Canvas(width: plan.width, height: plan.height, .pixels(scale: 1))
        try plan.draw(on: canvas)
        return canvas
    }

    @Test(arguments: Examples.all.indices) func textsDoNotOverlap(_ index: Int) throws {
        let (name, figure) = Examples.all[index]
        let texts = try Self.canvas(figure).texts.filter { $0.angle.truncatingRemainder(dividingBy: 90) == 0 }
        #expect(!texts.isEmpty || name == "one picture")
        for (place, text) in texts.enumerated() {
            for other in texts[(place + 1)...] {
                #expect(
                    !text.box.overlaps(other.box, slack: 1.5), "\(name): \"\(text.text)\" and \"\(other.text)\" \(text.box) \(other.box)")
            }
        }
    }

    @Test(arguments: Examples.all.indices) func textsStayInside(_ index: Int) throws {
        let (name, figure) = Examples.all[index]
        let canvas = try Self.canvas(figure)
        for text in canvas.texts {
            let (box, slack) = (text.box, 2.0)
            let isInside = box.x >= -slack && box.y >= -slack && box.right <= canvas.width + slack && box.bottom <= canvas.height + slack
            #expect(isInside, "\(name): \"\(text.text)\" at \(box) of \(canvas.width)×\(canvas.height)")
        }
    }

    /// Names that differ only at their end, in their middle or at their beginning stay apart in a legend.
    @Test(arguments: [
        (0..<3).map { "cross-attention loss of the up blocks without prior preservation, run \($0)" },
        (0..<3).map { "a long beginning that all of the names share and then \($0) before an end that they share as well" },
        (0..<3).map { "\($0) and then a long end that all of the names share, whatever they begin with" },
    ])
    func legendsTellNamesApart(_ names: [String]) throws {
        let series = names.map { Series($0, .line(markers: false), [.init(0, 1), .init(1, 2)]) }
        let texts = try Self.canvas(Figure(.chart(Chart(series: series)))).texts.map(\.text)
        let shown = texts.filter { $0.contains("…") }
        #expect(shown.count == 3 && Set(shown).count == 3, "\(texts)")
        for (place, text) in shown.enumerated() { #expect(text.contains("\(place)")) }
    }

    /// Readable on a page: no letters smaller than this at 640 pixels.
    @Test func fontsAreLargeEnough() {
        for font in [Font.title, .label, .tick, .small] { #expect(font.size >= 10) }
    }

    @Test(arguments: [(200, 300), (4096, 4096), (120, 120), (300, 2000)]) func everySizeIsDrawn(_ height: Int, _ width: Int) throws {
        for (_, figure) in Examples.all {
            var figure = figure
            figure.size = PixelSize(width: width, height: height)
            if width > 1000, case .pictures = figure.content { continue }
            let canvas = try Self.canvas(figure)
            #expect(canvas.width == Double(width) && canvas.height == Double(height))
        }
    }

    @Test func ellipsesKeepWhatFits() throws {
        let canvas = try Canvas(width: 1, height: 1, .pixels(scale: 1))
        #expect(canvas.fitted("short", .tick, within: 100) == "short")
        let cut = canvas.fitted(Examples.long, .tick, within: 100)
        #expect(cut.hasSuffix("…") && canvas.measure(cut, .tick).width <= 100 && cut.hasPrefix("a very"))
        let inside = canvas.cutInside("down_blocks.1.attentions.0", .tick, within: 100)
        #expect(inside.hasPrefix("down") && inside.hasSuffix("ns.0") && canvas.measure(inside, .tick).width <= 100)
        // Cut at the end where that tells them apart, inside where it does not.
        let layers = canvas.distinct(["down_blocks.0.attentions.1", "down_blocks.1.attentions.1"], .tick, within: 110)
        #expect(layers.allSatisfy { $0.hasSuffix("…") } && Set(layers).count == 2)
        let numbers = canvas.distinct(["category number 100", "category number 101"], .tick, within: 100)
        #expect(numbers[0].hasSuffix("100") && numbers[1].hasSuffix("101"))
        #expect(canvas.wrapped("one two three four five six", .tick, within: 60, limit: 2).count == 2)
        #expect(canvas.fitted("wide", .tick, within: 0) == "…")
        let layer = canvas.wrapped("up_blocks.2.attentions.1", .tick, within: 90, limit: 3)
        #expect(layer.joined() == "up_blocks.2.attentions.1" && layer.count == 2)
        #expect(canvas.wrapped("one two three four", .tick, within: 40, limit: 1).allSatisfy { $0.hasSuffix("…") })
    }
}
