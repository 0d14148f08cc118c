import Figures
import Images
import Language
import Tensors
import Testing

@testable import Commands

@Suite(.serialized) struct FigureTests {
    private static let setting = """
        rows = [{w: 0, iou: 0.4, who: "a"}, {w: 0.01, iou: 0.7, who: "a"}, {w: 0.01, iou: 0.9, who: "b"}]
        black = image(-ones([4, 6])); white = image(ones([4, 6]))

        """

    @Test(arguments: [
        ("plot([3, 2, 1])", "figure"), ("plot(1..5)", "figure"), ("plot(tensor([3, 2, 1]), title=\"t\")", "figure: t"),
        ("plot([[1, 2], [3, 4, 5]], labels=[\"a\", \"b\"])", "figure (a, b)"),
        ("plot(zeros([3, 4]), labels=[1, 2, 3])", "figure (1, 2, 3)"),
        ("plot({with: [1, 2], without: [2, 1]})", "figure (with, without)"), ("plot([tensor(1), none, 2.5])", "figure"),
        ("plot([1, 2], x=[\"p\", \"q\"], error=[0.1, 0.2])", "figure"),
        ("plot([1, 2, 3], x=[0, 0.1, 1], log_x=true, log_y=true)", "figure"),
        ("plot(rows, x=\"w\", y=\"iou\", log_x=true)", "figure: iou over w"),
        ("plot(rows, x=\"w\", y=\"iou\", by=\"who\")", "figure: iou over w (a, b)"),
        ("plot(table(rows), x=\"who\", y=[\"iou\", \"w\"])", "figure: who (iou, w)"),
        (
            "plot(rand([500], seed=1), smooth=20, marks={begin: 0, middle: 250}, x_label=\"step\", y_label=\"loss\")",
            "figure: loss over step"
        ),
        ("plot([5])", "figure"), ("plot([none, none])", "figure"), ("plot([1e308 * 10, 1])", "figure"),
        ("scatter([1, 2], [3, 4])", "figure"), ("scatter([[1, 2], [3, 4]])", "figure"), ("scatter(rand([9, 2], seed=1))", "figure"),
        ("scatter(x=[1, 2], y=[3, 4], x_error=[0.1, 0.1], y_error=[1, 1], names=[\"p\", \"q\"])", "figure"),
        ("scatter(rows, x=\"w\", y=\"iou\", by=\"who\", names=\"who\")", "figure: iou over w (a, b)"),
        ("bars([1, 2, 3])", "figure"), ("bars({a: 1, b: 2})", "figure"),
        ("bars([[1, 2], [3, 4]], x=[\"p\", \"q\"], labels=[\"s\", \"t\"])", "figure (s, t)"),
        ("bars({s: [1, 2], t: [3, 4]}, error=[[0.1, 0.1], [0.2, 0.2]])", "figure (s, t)"),
        ("bars(rows, x=\"who\", y=\"iou\")", "figure: iou"),
        ("bars(rows, x=\"who\", y=[\"iou\", \"w\"])", "figure (iou, w)"), ("bars(0..199)", "figure"), ("bars([-1, none, 2])", "figure"),
        ("histogram([1, 2, 2, 3])", "figure: count over value"),
        ("histogram({a: rand([50], seed=1), b: [1, 2]}, bins=7)", "figure: count over value (a, b)"),
        ("histogram([[1, 2], [3]], labels=[\"p\", \"q\"])", "figure: count over value (p, q)"),
        ("histogram(zeros([4, 4]))", "figure: count over value"),
        ("heatmap(zeros([2, 3]))", "heat map 2×3"),
        ("heatmap([[1, 0], [0, 1]], x=[\"a\", \"b\"], y=[1, 2], title=\"t\")", "heat map 2×2: t"),
        ("heatmap(ones([1, 4, 5, 1]), numbers=true, low=0, high=2, colors=\"diverging\", label=\"l\")", "heat map 4×5"),
        ("heatmap(box([0, 0], [2, 2], [4, 4]))", "heat map 4×4"), ("heatmap(tensor([[0, 1]]) / tensor([[0, 1]]))", "heat map 1×2"),
        ("grid([black, white], titles=[\"a\", \"b\"])", "2 pictures: a, b"), ("grid(black)", "1 picture"),
        ("grid([[black, white], [white, black]]).width", "218"),
        ("grid([black, white], columns=1, rows=[\"p\", \"q\"], title=\"t\")", "2 pictures: t"),
        ("grid([plot([1, 2]), plot([2, 1])])", "2 pictures"),
        ("plot([1, 2]).size", "[400, 640]"), ("plot([1, 2], size=[300, 500]).size", "[300, 500]"), ("plot([1, 2]) == plot([1, 2])", "true"),
        ("plot([1, 2]) == plot([1, 3])", "false"), ("plot([1, 2]).image.size", "[400, 640]"), ("type(plot([1, 2]))", "\"figure\""),
        ("crop(plot([1, 2]), [0, 0], [10, 20]).size", "[20, 10]"),
    ])
    func draws(_ code: String, _ expected: String) { #expect(Programs.text(Self.setting + code) == expected, "\(code)") }

    @Test(arguments: [
        ("plot([])", "E0213: plot: there is nothing to draw"), ("plot(\"losses\")", "E0207"),
        ("plot([1, \"a\"])", "E0207: plot wants numbers"),
        ("plot(zeros([2, 2, 2]))", "E0301: plot takes a tensor [N] or [series, N]"),
        ("plot([1, 2], x=[1, 2, 3])", "E0213: plot: x and the curve have different lengths"),
        ("plot([[1, 2], [1, 2, 3]], x=[1, 2])", "E0213: plot: x and the curve"),
        ("plot([1, 2], labels=[\"a\", \"b\"])", "E0213: plot: 2 labels for 1 series"),
        ("plot([1, 2], error=[1])", "E0213: plot: error and the values have different lengths"),
        ("plot([1, 2], error=[1, -1])", "E0208: plot: error bars"),
        ("plot([1, 2], x=\"w\")", "E0213: plot: x= names a column"), ("plot([1, 2], smooth=0)", "E0208"),
        ("plot([1, 2], size=[10, 10])", "E0208"),
        ("plot([1, 2], size=[200])", "E0213: plot: size is [height, width]"), ("plot(rows)", "E0204: plot needs x=, the name of a column"),
        ("plot(rows, x=\"w\")", "E0204: plot needs y="), ("plot(rows, x=\"ww\", y=\"iou\")", "E0210: plot: there is no column \"ww\""),
        ("plot(rows, x=\"w\", y=\"iuo\")", "E0210: plot: there is no column \"iuo\""),
        ("plot(rows, x=\"w\", y=\"who\")", "E0207: plot: the column \"who\" holds no numbers"),
        ("plot(rows, x=\"w\", y=\"iou\", by=\"whom\")", "E0210"),
        ("plot(rows, x=\"w\", y=\"iou\", error=\"w\")", "E0213: plot: several rows have the same x"),
        ("plot([1], marks={a: \"b\"})", "E0207: plot: a mark is {name: x}"), ("plot([1, 2], colour=\"red\")", "E0203"),
        ("scatter([1, 2], [1, 2, 3])", "E0213: scatter: x and data have different lengths"),
        ("scatter()", "E0204: scatter needs numbers along x and along y"),
        ("scatter(x=\"a\", y=\"b\")", "E0213: scatter: x= names a column"),
        ("scatter([1, 2], [3, 4], names=[\"a\"])", "E0213: scatter: names and the points"),
        ("scatter([1, 2], [3, 4], y_error=[1, -1])", "E0208"),
        ("scatter(rows, x=\"w\", y=\"who\")", "E0207: scatter: the column \"who\""),
        ("scatter([], [])", "E0213: scatter: there is nothing to draw"),
        ("bars([])", "E0213: bars: there is nothing to draw"), ("bars({})", "E0213: bars: there is nothing to draw"),
        ("scatter([1, 2])", "E0301: scatter: points are [x, y]"),
        ("bars([[1, 2], [1]])", "E0213: bars: the series have different lengths"),
        ("bars([1, 2], x=[\"a\"])", "E0213: bars: x and the series"),
        ("bars(rows, x=\"who\", y=\"io\")", "E0210"), ("bars([1], y=\"iou\")", "E0213: bars: y= names a column"),
        ("histogram([])", "E0213: histogram: there is no finite value"), ("histogram([\"a\"])", "E0207: histogram: a string is no tensor"),
        ("histogram([1, 2], bins=0)", "E0208"), ("heatmap([1, 2])", "E0301: heatmap takes numbers [rows, columns]"),
        ("heatmap(zeros([2, 2, 2]))", "E0301: heatmap takes numbers"), ("heatmap(zeros([0, 2]))", "E0301"),
        ("heatmap([[1, 2], [3]])", "E0301"),
        ("heatmap(zeros([2, 2]), x=[\"a\"])", "E0213: heatmap: 1 names for 2 columns"),
        ("heatmap(zeros([2, 2]), low=2, high=1)", "E0213: heatmap: low"),
        ("heatmap(zeros([2, 2]), colors=\"jet\")", "E0209"), ("grid([])", "E0213: grid: a grid needs at least one picture"),
        ("grid([1])", "E0207: grid wants an image for images"), ("grid([black], titles=[1, 2])", "E0213: grid: 2 titles for 1 pictures"),
        ("grid([[black], [black, white]])", "E0213: grid: the rows have different lengths"),
        ("show [black], columns=0", "E0208"), ("show [black], titles=[1, 2]", "E0213: show: 2 titles"),
        ("save_figure(black, \"a.png\")", "E0207"), ("save_figure(plot([1]), \"a.gif\")", "E0508"),
        ("save_figure(plot([1]), \"/proc/none/a.svg\")", "E0508"),
        ("save_figure(plot([1], size=[4000, 4000]), \"a.png\", scale=12)", "E0213: save_figure: a figure's sides are at most 8192"),
        ("plot([1]).titel", "E0210"), ("plot([1]) + 1", "E0302"),
    ])
    func mistakes(_ code: String, _ expected: String) throws {
        let text = try inTemporaryFolder { _ in Programs.text(Self.setting + code) }
        #expect(text.hasPrefix(expected), "\(code): \(text)")
    }

    @Test func nearestColumnsAreOffered() {
        let result = Programs.run(Self.setting + "plot(rows, x=\"w\", y=\"iuo\")")
        #expect(result.first?.help == "did you mean \"iou\"?" && result.first?.notes == ["there are w, iou, who"])
        #expect(result.first?.labels.isEmpty == false)
    }

    @Test func filesAreWrittenByTheirExtension() throws {
        try inTemporaryFolder { _ in
            let code =
                "make_folder(\"a\");\nf = plot([1, 2], title=\"curve\")\nsave_figure(f, \"a/b.png\"); save_image(f, \"c.svg\"); save_figure(f, \"d.png\", scale=1); save_image(f, \"e.jpg\");"
            #expect(Programs.run(code).outcome.diagnostics.isEmpty)
            #expect(try Image(contentsOf: "a/b.png").size == PixelSize(width: 1280, height: 800))
            #expect(try Image(contentsOf: "d.png").size == PixelSize(width: 640, height: 400))
            #expect(try Image(contentsOf: "e.jpg").size == PixelSize(width: 1280, height: 800))
            let svg = String(decoding: try ReadableFile.contents("c.svg"), as: UTF8.self)
            #expect(svg.hasPrefix("<?xml") && svg.contains("<title>curve</title>"))
        }
    }

    @Test func resultsShowThemselves() {
        let result = Programs.run("show plot([1, 2], title=\"t\"), heatmap(zeros([2, 2]))")
        #expect(result.displays.map(\.plain) == ["figure: t", "heat map 2×2"] && result.displays.allSatisfy { $0.image != nil })
        #expect(result.displays.first?.image?.alt == "figure: t")
        // Rows of pictures are a grid too.
        let grid = Programs.run(Self.setting + "show [[black, white], [white, black]], rows=[\"p\", \"q\"], columns=[\"r\", \"s\"]")
        #expect(grid.displays.map(\.plain) == ["4 pictures: r, s"])
    }

    // MARK: what the numbers become

    private func chart(_ code: String) throws -> Chart {
        let value = Programs.run(Self.setting + code).outcome.value
        guard case .chart(let chart)? = value?.host(as: FigureValue.self)?.figure.content else {
            throw Problem(.failed, "no chart: \(code)")
        }
        return chart
    }

    @Test func rowsWithTheSameXBecomeAMeanWithItsInterval() throws {
        let chart = try chart("plot(rows, x=\"w\", y=\"iou\")")
        let points = chart.series[0].points
        #expect(points.map(\.x) == [0, 0.01] && points[0].y == 0.4 && points[0].yError == nil)
        // Mean .8, standard error .1, t(1) = 12.706.
        #expect(abs(points[1].y - 0.8) < 1e-12 && abs((points[1].yError?.upper ?? 0) - 1.2706) < 1e-9)
        let split = try self.chart("plot(rows, x=\"w\", y=\"iou\", by=\"who\")")
        #expect(split.series.map(\.name) == ["a", "b"] && split.series[1].points.map(\.x) == [0.01])
    }

    @Test func columnsOfIntervalsAreErrorBars() throws {
        let chart = try chart("plot([{w: 1, iou: 0.5, iou_low: 0.4, iou_high: 0.8}], x=\"w\", y=\"iou\")")
        let error = try #require(chart.series[0].points[0].yError)
        #expect(abs(error.lower - 0.1) < 1e-12 && abs(error.upper - 0.3) < 1e-12)
    }

    @Test func smoothingKeepsTheMean() {
        #expect(Smoothing.means([1, 2, 3, 4, 5], window: 3) == [1.5, 2, 3, 4, 4.5])
        #expect(Smoothing.means([1, .nan, 3], window: 3).map { $0.isNaN ? -1 : $0 } == [1, -1, 3])
        #expect(Smoothing.means([1, 2], window: 1_000_000) == [1.5, 1.5])
        #expect(Smoothing.means([], window: 3).isEmpty)
    }

    @Test func smoothedCurvesKeepTheirValues() throws {
        let chart = try chart("plot([0, 2, 0, 2], smooth=2)")
        #expect(chart.series[0].raw.map(\.y) == [0, 2, 0, 2] && chart.series[0].points.map(\.y) == [1, 1, 1, 2])
    }

    @Test(arguments: [0.1, 1, 7, 1e-9, 1e12]) func everyValueFallsIntoABin(_ size: Double) throws {
        let values = (0..<1000).map { Float(size * Double(($0 * 7919) % 997) / 997) }
        for count in [nil, 1, 13, 1000] {
            let bins = try #require(try HistogramBins([values], count: count))
            #expect(try bins.points(values).reduce(0) { $0 + $1.y } == 1000)
            #expect(bins.low <= 0 && bins.low + Double(bins.count) * bins.width >= Double(values.max() ?? 0) * (1 - 1e-12))
        }
    }

    @Test func meansHaveIntervals() {
        #expect(MeanInterval.of([]).mean.isNaN && MeanInterval.of([3]).half == nil && MeanInterval.of([2, 2]).half == 0)
        #expect(MeanInterval.of([1, .nan, 3]).mean == 2)
    }
}
