import Images

@testable import Figures

/// Figures of every kind, ordinary and odd.
enum Examples {
    static func noise(_ index: Int) -> Double { Double((index &* 2_654_435_761) & 0xFFFF) / 65536 }

    static func line(_ name: String, _ values: [Double], markers: Bool = false) -> Series {
        Series(name, .line(markers: markers), values.enumerated().map { Series.Point(Double($0.offset), $0.element) })
    }

    static func chart(_ series: [Series], x: Chart.Axis = .init(), y: Chart.Axis = .init(), title: String = "") -> Figure {
        Figure(.chart(Chart(x: x, y: y, series: series)), title: title)
    }

    static func bars(_ names: [String], _ count: Int = 1, title: String = "") -> Figure {
        let series = (0..<count).map { place in
            Series(
                "series \(place)", .bars,
                names.indices.map { Series.Point(Double($0), noise($0 * 7 + place) - 0.2, yError: .init(0.05, 0.1)) })
        }
        return chart(series, x: .init(label: "what", kind: .categories(names)), y: .init(label: "share"), title: title)
    }

    static func heatMap(_ rows: Int, _ columns: Int, names: (Int) -> String = { "name \($0)" }, scale: Double = 1) -> Figure {
        Figure(
            .heatMap(
                HeatMap(
                    (0..<rows).map { row in (0..<columns).map { scale * noise(row * 31 + $0) } }, columns: (0..<columns).map(names),
                    rows: (0..<rows).map(names), xLabel: "columns", yLabel: "rows", valueLabel: "value")), title: "a heat map")
    }

    static let photo: Image = {
        var image = Image(width: 40, height: 30, color: .white)
        for y in 0..<30 { for x in 0..<40 { image[x, y] = Color(UInt8(x * 6), UInt8(y * 8), UInt8((x * y) % 256)) } }
        return image
    }()

    static func grid(_ count: Int, columns: Int? = nil, rows: Int = 0, title: String = "") -> Figure {
        let titles = (0..<count).map { $0 % 2 == 0 ? "picture \($0)" : "picture \($0) with a title that goes on and on" }
        return Figure(
            .pictures(
                PictureGrid(
                    Array(repeating: photo, count: count), titles: rows == 0 ? titles : [], columns: columns,
                    columnTitles: rows == 0 ? [] : (0..<(columns ?? 4)).map { "column \($0)" }, rowTitles: (0..<rows).map { "row \($0)" })),
            title: title)
    }

    static let losses: Figure = {
        let names = ["reconstruction", "prior", "attention"]
        let series = names.enumerated().map { place, name in
            let raw = (1...400).map { Series.Point(Double($0), Double(place + 1) * 0.05 * (0.5 + noise($0 * 3 + place))) }
            return Series(name, .line(markers: false), raw.map { Series.Point($0.x, Double(place + 1) * 0.05) }, raw: raw)
        }
        return Figure(
            .chart(
                Chart(
                    x: .init(label: "step", wholeNumbers: true), y: .init(label: "loss", kind: .logarithmic()), series: series,
                    marks: [.init(x: 1, label: "phase 1"), .init(x: 201, label: "phase 2")])), title: "losses")
    }()

    static let long =
        "a very long text that nobody would put into a figure, but somebody does, and then it must not run over the edge of it"

    static let all: [(name: String, figure: Figure)] = [
        ("losses", losses),
        (
            "long words",
            chart([line(long, [1, 2]), line(long + long, [2, 1])], x: .init(label: long), y: .init(label: long), title: long + long)
        ),
        ("twenty series", chart((0..<20).map { place in line("curve number \(place)", [Double(place), 1]) })),
        ("negative numbers", chart([line("", [-1e-5, 3e-5, 2e-5])], x: .init(label: "x"), y: .init(label: "y"))),
        ("large numbers", chart([line("", [1e9, 1e9 + 1, 1e12])])),
        ("whole numbers", chart([line("", [0, 1, 2], markers: true)], y: .init(wholeNumbers: true))),
        ("zero on a logarithmic axis", chart([line("a", [0.1, 0.2, 0.4, 0.3])], x: .init(kind: .logarithmic(keepsZero: true)))),
        ("many decades", chart([line("a", [1e-12, 1, 1e12])], y: .init(kind: .logarithmic()))),
        ("one bar", bars(["alone"])), ("bars", bars(["all parts", "no phase one", "one thing at a time"], 3, title: "ablations")),
        ("long names", bars((0..<12).map { "down_blocks.\($0).attentions.1" })),
        ("two hundred bars", bars((0..<200).map { "category \($0)" })),
        ("short names", bars((0..<60).map(String.init))),
        (
            "points",
            chart([
                Series("", .points, (0..<9).map { Series.Point(noise($0), noise($0 * 5), xError: .init(0.1, 0.1), name: "point \($0)") })
            ])
        ),
        (
            "bins",
            chart([Series("a", .bins(width: 1), [.init(0, 3), .init(1, 5)]), Series("b", .bins(width: 1), [.init(0, 1), .init(1, 9)])])
        ),
        ("small map", heatMap(3, 4)), ("one cell", heatMap(1, 1)), ("tall map", heatMap(60, 2)), ("wide map", heatMap(2, 60)),
        ("long names in a map", heatMap(5, 5, names: { "up_blocks.\($0).attentions.1.transformer_blocks.0" })),
        ("small numbers in a map", heatMap(4, 4, scale: 1e-7)), ("large map", heatMap(100, 120)),
        ("grid", grid(5)), ("one picture", grid(1, title: long)), ("wide grid", grid(12, columns: 12)),
        ("rows and columns", grid(6, columns: 3, rows: 2)),
    ]
}
