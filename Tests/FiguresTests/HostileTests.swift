import Images
import Testing

@testable import Figures

/// Whatever the numbers are, there is a figure, or an error that says what is wrong.
@Suite struct HostileTests {
    private static let numbers: [[Double]] = [
        [], [.nan], [.infinity, -.infinity], [0], [5, 5, 5], [1e300, -1e300], [1e308, -1e308, 3], [.leastNonzeroMagnitude, 0],
        [1, .nan, 3],
        [-1, -2], [0, 0, 1], [1e-300, 1e300], [1e9, 1e9 + 1e-6], [.greatestFiniteMagnitude, .leastNonzeroMagnitude],
    ]

    @Test(arguments: numbers.indices) func everyNumberIsDrawn(_ index: Int) throws {
        let values = Self.numbers[index]
        for kind in [ScaleKind.linear, .logarithmic(), .logarithmic(keepsZero: true)] {
            for shape in [Series.Shape.line(markers: true), .points, .bars, .bins(width: 1)] {
                let points = values.enumerated().map {
                    Series.Point(Double($0.offset), $0.element, xError: .init(1, .infinity), yError: .init(1, .nan))
                }
                let figure = Examples.chart([Series("a", shape, points)], x: .init(kind: kind), y: .init(kind: kind))
                #expect(try figure.image().size == PixelSize(width: 640, height: 400))
            }
        }
        if !values.isEmpty { _ = try Figure(.heatMap(HeatMap([values]))).image() }
    }

    @Test func missingValuesAreCounted() throws {
        let chart = Chart(y: .init(kind: .logarithmic()), series: [Examples.line("a", [1, .nan, 0, -2, 5])])
        #expect(ChartRange(chart).note == "Not drawn: 1 value is not finite, 2 values are not above 0 (logarithmic axis)")
        #expect(ChartRange(Chart(series: [Examples.line("a", [1, 2])])).note == "")
        #expect(try Examples.chart([Examples.line("", [.nan])]).svg().contains("no finite values"))
    }

    @Test func longLinesAreThinned() {
        let points = (0..<200_000).map { Series.Point(Double($0), Examples.noise($0)) }
        let runs = LineRuns.split(points) { Point($0.x / 400, $0.y * 300) }
        #expect(runs.count == 1 && runs[0].count <= 2100)
        // The extremes stay.
        #expect(runs[0].map(\.y).max() == points.map { $0.y * 300 }.max() && runs[0].map(\.y).min() == points.map { $0.y * 300 }.min())
    }

    @Test(arguments: [
        (Figure(.heatMap(HeatMap([]))), "a heat map needs at least one cell"), (Figure(.heatMap(HeatMap([[], []]))), "at least one cell"),
        (Figure(.heatMap(HeatMap([[1, 2], [3]]))), "row 0 has 2, row 1 has 1"),
        (Figure(.heatMap(HeatMap([[1, 2]], columns: ["a"]))), "1 names for 2 columns"),
        (Figure(.heatMap(HeatMap([[1, 2]], low: 2, high: 1))), "low is the smaller number"),
        (Figure(.heatMap(HeatMap([[1]], low: .nan))), "finite"),
        (Figure(.pictures(PictureGrid([]))), "at least one picture"),
        (Figure(.pictures(PictureGrid([Examples.photo], titles: ["a", "b"]))), "2 titles for 1 pictures"),
        (Figure(.pictures(PictureGrid([Examples.photo], rowTitles: ["a", "b"]))), "2 row titles for 1 row"),
        (Figure(.pictures(PictureGrid([Examples.photo], columns: 2, columnTitles: ["a"]))), "1 column titles for 2 columns"),
        (Figure(.pictures(PictureGrid([Examples.photo], columns: 0))), "at least 1 column"),
        (Figure(.chart(Chart(series: [])), size: PixelSize(width: 10, height: 10)), "120…4096"),
    ])
    func whatCannotBeDrawnIsSaid(_ figure: Figure, _ message: String) {
        let error = #expect(throws: FigureError.self) { try figure.image() }
        #expect("\(error.map { "\($0)" } ?? "")".contains(message))
        #expect(throws: FigureError.self) { try figure.svg() }
    }

    @Test(arguments: [0, -1, .nan, .infinity, 100]) func oddScalesAreErrors(_ scale: Double) {
        #expect(throws: FigureError.self) { try Examples.losses.image(scale: scale) }
    }

    @Test func cairoErrorsAreThrown() {
        #expect(throws: FigureError.self) { try Canvas(width: 1e6, height: 1e6, .pixels(scale: 1)) }
    }
}
