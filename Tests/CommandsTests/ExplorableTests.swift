import Figures
import Images
import Language
import Testing

@testable import Commands

/// What values give pages to explore, with the embedded model.
@Suite(.serialized) struct ExplorableValueTests {
    private static let start = "base = load_model(\"collage\")\np = \"a photo of a dog on the grass\"\n"

    /// Runs a program and returns its last value as a page, or as a terminal, shows it.
    private func display(_ source: String, forPages: Bool = true) throws -> Display {
        let session = Session(builtins: CommandTable.all, options: SessionOptions(standardLibrary: [Programs.root + "/stdlib"]))
        session.context.isForPages = forPages
        let outcome = session.run(source: Self.start + source)
        return try #require(outcome.value, "\(outcome.diagnostics.first?.message ?? "")").display(session.context.displayContext)
    }

    private func atlas(_ display: Display) throws -> AttentionAtlas {
        guard case .attention(let atlas)? = Explorable(png: try #require(display.image).png) else { throw CancellationError() }
        return atlas
    }

    @Test func attentionHasAllWordsByTimestepLayerAndHead() throws {
        let source = "attention(base, p, token=\"dog\", image=image(zeros([128, 128])), timesteps=[200, 700])"
        let shown = try display(source)
        let panel = try atlas(shown).panels[0]
        #expect(panel.words == ["a", "photo", "of", "a", "dog", "on", "the", "grass"] && panel.chosen == [4])
        #expect(panel.timesteps == ["t = 200", "t = 700"] && panel.layers.count == 3 && panel.heads == ["head 0", "head 1"])
        #expect((panel.height, panel.width) == (16, 16) && panel.picture?.size == PixelSize(width: 128, height: 128))
        // A terminal shows the same picture, and computes none of it.
        let plain = try display(source, forPages: false)
        let (still, whole) = (try #require(plain.image), try #require(shown.image))
        #expect(plain.plain == shown.plain && Explorable(png: still.png) == nil)
        #expect(still.png == Explorable.removed(from: whole.png))
    }

    /// The maps are those that the value has where the same axes are kept.
    @Test func theMapsAreThoseOfTheValue() throws {
        let call = "attention(base, p, token=\"dog\", image=image(zeros([128, 128])), timesteps=[200, 700]"
        let panel = try atlas(display(call + ")")).panels[0]
        let session = Session(builtins: CommandTable.all, options: SessionOptions(standardLibrary: [Programs.root + "/stdlib"]))
        let kept = session.run(source: Self.start + call + ", keep=[\"timestep\", \"layer\", \"head\"])").value?.host(
            as: AttentionValue.self)
        let values = try #require(kept).maps.values
        let (count, cells) = (12, 256)
        for map in 0..<count {
            let index = panel.chosen[0] * count + map
            for cell in stride(from: 0, to: cells, by: 37) {
                let shown = panel.tops[index] * Float(panel.maps[index * cells + cell]) / 255
                #expect(abs(shown - values[map * cells + cell]) <= panel.tops[index] / 500, "map \(map), cell \(cell)")
            }
        }
    }

    @Test func twoValuesStandSideBySide() throws {
        let one = "attention(base, p, token=\"dog\", image=image(zeros([128, 128])), timesteps=[500])"
        let other = "attention(base, \"a photo of a cat\", token=\"cat\", image=image(zeros([128, 128])), timesteps=[500])"
        let panels = try atlas(display("[\(one), \(other)]")).panels
        #expect(panels.map(\.title) == ["a photo of a dog on the grass", "a photo of a cat"])
        #expect(panels.map { panel in panel.chosen.map { panel.words[$0] } } == [["dog"], ["cat"]])
        #expect(throws: CancellationError.self) { try atlas(display("[\(one), \(other), \(one)]")) }
    }

    @Test func headsAndTokensAreThoseThatWereAskedFor() throws {
        let panel = try atlas(
            display("attention(base, p, token=[\"grass\", 0], image=image(zeros([128, 128])), timesteps=[500], heads=[1])")
        ).panels[0]
        #expect(panel.heads == ["head 1"] && panel.words.first == "(begin)" && panel.chosen == [8, 0])
    }

    // MARK: leakage

    @Test func leakageLeadsToItsMaps() throws {
        let source = "leakage(add_handles(base, 2), load_scene(\"mug_rose\"), timesteps=[500])"
        let shown = try display(source)
        guard case .leakage(let table)? = Explorable(png: try #require(shown.image).png) else {
            Issue.record("a leakage can be explored in a page")
            return
        }
        #expect(table.rows.count == 2 && table.columns.count == 3 && table.columns.last == "background")
        #expect(table.maps.count == 2 * 256 && table.masks.count == 2 * 256)
        // The shares are those of the maps in the masks, where masks do not overlap.
        for row in 0..<2 {
            let map = table.maps[row * 256..<(row + 1) * 256].map(Double.init)
            for column in 0..<2 {
                let mask = table.masks[column * 256..<(column + 1) * 256].map { Double($0) / 255 }
                let share = zip(map, mask).reduce(0) { $0 + $1.0 * $1.1 } / map.reduce(0, +)
                #expect(abs(share - table.shares[row * 3 + column]) < 0.01)
            }
        }
        let plain = try display(source, forPages: false)
        #expect(plain.image == nil && plain.plain == shown.plain)
    }

    // MARK: histories

    @Test func aHistoryIsAChartInAPage() throws {
        let training =
            "h = phase2(phase1(base, load_scene(\"mug_rose\"), steps=3, prior_weight=0), "
            + "load_scene(\"mug_rose\"), steps=2, prior_weight=0, train=\"lora\").history\nh"
        let shown = try display(training)
        guard case .chart(let chart)? = Explorable(png: try #require(shown.image).png) else {
            Issue.record("a history is a chart in a page")
            return
        }
        #expect(chart.names == ["1", "2", "3", "4", "5"] && chart.parts.map(\.name) == ["phase 1", "phase 2"])
        #expect(chart.parts.map(\.from) == [0, 3] && chart.lines.map(\.name).contains("reconstruction"))
        // A terminal shows the curves as text, as before.
        #expect(try display(training, forPages: false).image == nil)
    }
}
