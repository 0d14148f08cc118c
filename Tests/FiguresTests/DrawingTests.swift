import Images
import Testing

@testable import Figures

@Suite struct DrawingTests {
    @Test func sizes() throws {
        #expect(try Examples.losses.image().size == PixelSize(width: 640, height: 400))
        #expect(try Examples.losses.image(scale: 2).size == PixelSize(width: 1280, height: 800))
        var figure = Examples.losses
        figure.size = PixelSize(width: 300, height: 200)
        #expect(try figure.image().size == PixelSize(width: 300, height: 200))
        #expect(try Examples.grid(12, columns: 12).image().width > 640)
    }

    @Test(arguments: Examples.all.indices) func theSameFigureGivesTheSameBytes(_ index: Int) throws {
        let figure = Examples.all[index].figure
        #expect(try figure.image() == figure.image())
        #expect(try figure.svg() == figure.svg())
    }

    /// The middle of a bar, of the room beside it and of the axes have the colours that they should.
    @Test func barsHaveTheirColours() throws {
        let figure = Figure(
            .chart(
                Chart(
                    x: .init(kind: .categories(["a"])),
                    series: [Series("", .bars, [.init(0, 1)]), Series("", .bars, [.init(0, 1)])])))
        let image = try figure.image()
        let colors = Set((0..<image.width).map { image[$0, 300] })
        #expect(colors.contains(SeriesStyle(0).color) && colors.contains(SeriesStyle(1).color))
        #expect(image[2, 2] == .white && image[638, 398] == .white)
        // Bars are 0.4 of the one category's room each, which is 1.2 wide: a third of the plot.
        let blue = (0..<image.width).count { image[$0, 300] == SeriesStyle(0).color }
        #expect((185...215).contains(blue), "\(blue)")
    }

    @Test(arguments: [1, 1.0471, 1.9]) func edgesAreWhite(_ scale: Double) throws {
        let image = try Examples.grid(3).image(scale: scale)
        #expect((0..<image.width).allSatisfy { image[$0, image.height - 1] == .white && image[$0, 0] == .white })
        #expect((0..<image.height).allSatisfy { image[image.width - 1, $0] == .white && image[0, $0] == .white })
    }

    @Test func cellsHaveTheColoursOfTheirNumbers() throws {
        let figure = Figure(.heatMap(HeatMap([[0, 1], [0.5, .nan]], showsValues: false)))
        let image = try figure.image()
        func cell(_ column: Int, _ row: Int) -> Color { image[10 + 40 * column + 5, 10 + 40 * row + 5] }
        #expect(cell(0, 0) == ColorMap.viridis(0) && cell(1, 0) == ColorMap.viridis(1) && cell(0, 1) == ColorMap.viridis(0.5))
        #expect(cell(1, 1) == Style.missing)
    }

    @Test func largeMapsAreDrawnAsPictures() throws {
        let values = (0..<100).map { row in [Double](repeating: Double(row % 2), count: 100) }
        let image = try Figure(.heatMap(HeatMap(values))).image()
        let colors = Set((20..<200).map { image[200, $0] })
        #expect(colors.contains(ColorMap.viridis(0)) && colors.contains(ColorMap.viridis(1)))
    }

    /// Pictures of a grid keep their pixels, also where many in a row make the figure narrower than they are.
    @Test(arguments: [(2, 200), (5, 128), (4, 300), (3, 16)]) func gridsKeepPixels(_ count: Int, _ side: Int) throws {
        var picture = Image(width: side, height: side, color: .white)
        for y in 0..<side { for x in 0..<side where (x + y) % 2 == 0 { picture[x, y] = Color(UInt8(x % 256), UInt8(y % 256), 7) } }
        let figure = Figure(.pictures(PictureGrid(Array(repeating: picture, count: count), columns: count)))
        let image = try figure.image(scale: figure.naturalScale)
        let found = Set(
            stride(from: 0, to: image.pixels.count, by: 3).map { Color(image.pixels[$0], image.pixels[$0 + 1], image.pixels[$0 + 2]) })
        let wanted = Set((0..<side).flatMap { y in (0..<side).map { picture[$0, y] } })
        let isSame = found == wanted
        #expect(isSame, "\(found.subtracting(wanted).count) colours too many, \(wanted.subtracting(found).count) missing")
    }

    @Test func seriesDifferWithoutColour() {
        let styles = (0..<7).map { SeriesStyle($0) }
        #expect(Set(styles.map(\.color)).count == 7 && Set(styles.map(\.marker)).count == 7)
        for (one, next) in zip(styles, styles.dropFirst()) { #expect(one.dash != next.dash) }
        // Against white, every colour is dark enough to be seen.
        for style in styles { #expect(style.color.luma < 175, "\(style.color)") }
    }
}
