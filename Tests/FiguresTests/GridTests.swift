import Images
import Testing

@testable import Figures

/// Pictures of several sizes in one grid.
@Suite struct GridTests {
    private static func layout(_ sizes: [(Int, Int)], columns: Int? = nil, titles: [String] = [], equal: Bool = true) throws -> GridLayout {
        let pictures = sizes.map { Image(width: $0.0, height: $0.1, color: .black) }
        let ruler = try Canvas(width: 1, height: 1, .pixels(scale: 1))
        return GridLayout(PictureGrid(pictures, titles: titles, columns: columns, hasEqualHeights: equal), width: 600, on: ruler)
    }

    private static func rects(_ layout: GridLayout) -> [Rect] { layout.grid.pictures.indices.map { layout.rect($0, at: Point(0, 0)) } }

    /// One large photo does not leave the small pictures lost in large cells.
    @Test(arguments: [
        [(512, 512), (64, 64), (64, 64)], [(64, 64), (600, 400), (30, 90)], [(16, 16), (512, 300)], [(1000, 2000), (8, 8), (8, 8), (8, 8)],
    ])
    func picturesStandAtOneHeight(_ sizes: [(Int, Int)]) throws {
        let layout = try Self.layout(sizes)
        let rects = Self.rects(layout)
        for (rect, size) in zip(rects, sizes) {
            #expect(abs(rect.height - rects[0].height) < 1e-6 && abs(rect.width / rect.height - Double(size.0) / Double(size.1)) < 1e-6)
        }
        for (one, next) in zip(rects, rects.dropFirst()) {
            #expect(abs(next.x - one.right - GridLayout.gap) < 1e-6, "no holes between them")
        }
    }

    /// True sizes: a pixel measures the same in all.
    @Test func trueSizesAreKept() throws {
        let rects = Self.rects(try Self.layout([(512, 512), (64, 32)], equal: false))
        #expect(abs(rects[1].width / rects[0].width - 0.125) < 1e-6 && abs(rects[1].height / rects[0].height - 0.0625) < 1e-6)
    }

    /// Of equal sizes both are the same, and a very wide picture does not make all others wide.
    @Test func otherGridsAreAsTheyWere() throws {
        let (equal, own) = (try Self.layout([(64, 48), (64, 48)]), try Self.layout([(64, 48), (64, 48)], equal: false))
        #expect(Self.rects(equal) == Self.rects(own) && equal.size == own.size)
        let wide = Self.rects(try Self.layout([(2000, 10), (100, 100)]))
        #expect(abs(wide[0].width / wide[1].width - 20) < 1e-6 && wide[0].height < wide[1].height)
    }

    /// Columns are as wide as what stands in them, and wide enough for a title.
    @Test func columnsFitTheirPictures() throws {
        let layout = try Self.layout([(300, 100), (50, 100), (300, 100), (50, 100)], columns: 2)
        #expect(abs(layout.widths[0] / layout.widths[1] - 6) < 1e-6)
        let titled = try Self.layout([(300, 100), (20, 100)], titles: ["wide", "narrow"])
        #expect(titled.widths[1] >= 96)
    }
}
