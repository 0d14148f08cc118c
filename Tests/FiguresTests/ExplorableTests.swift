import Images
import Tensors
import Testing

@testable import Figures

/// What pages let people explore: how it is made, carried by a picture, and read back from a stranger's file.
@Suite struct ExplorableTests {
    /// Maps [timesteps, layers, heads, cells] of a word, all different.
    static func values(_ word: Int, _ steps: Int, _ layers: Int, _ heads: Int, _ cells: Int) -> [Float] {
        (0..<steps * layers * heads * cells).map { Float(($0 * 7 + word * 13) % 101) / 1000 }
    }

    static func panel(words: [String] = ["dog", "grass"], steps: Int = 3, layers: Int = 2, heads: Int = 2, side: Int = 4) throws
        -> AttentionAtlas.Panel
    {
        try #require(
            try AttentionAtlas.Panel(
                title: "dog", words: words, chosen: [0], timesteps: (0..<steps).map { "t = \($0)" },
                layers: (0..<layers).map { "up \($0)" },
                heads: (0..<heads).map { "head \($0)" }, height: side, width: side, picture: Image(width: 8, height: 8, color: .ink)
            ) { values($0, steps, layers, heads, side * side) })
    }

    static func examples() throws -> [Explorable] {
        let pictures = (0..<4).map { Image(width: 16, height: 16, color: Color(UInt8($0 * 60), 10, 20)) }
        let film = try #require(
            try DenoisingFilm([("noisy", pictures), ("guess", pictures.reversed())], steps: ["t = 9", "t = 5", "t = 1", "done"]))
        return [
            .attention(try #require(AttentionAtlas([panel()]))),
            .attention(try #require(AttentionAtlas([panel(), panel(words: ["cat"])]))),
            .film(film), .leakage(try leakage()), .pictures(try counts()), try #require(Examples.losses.explorable),
        ]
    }

    static func counts() throws -> PictureTable {
        try #require(
            try PictureTable(
                rows: ["0: mug", "1: rose"], columns: ["present"],
                cells: [.init(counted: [0, 1], found: [1]), .init(counted: [], found: [])],
                pictures: [Image(width: 12, height: 8, color: .ink), Image(width: 12, height: 8, color: .white)], labels: ["one", "two"]))
    }

    static func leakage() throws -> LeakageTable {
        let maps = [Tensor([0, 0.1, 0.2, 0.05], shape: [2, 2]), Tensor([0, 0, 0, 0], shape: [2, 2])]
        return try #require(
            try LeakageTable(
                rows: ["<asset0>", "<asset1>"], columns: ["mug", "rose", "background"], shares: [[0.5, 0.25, 0.25], [0, 0, 1]],
                chance: [0.25, 0.25, 0.5], maps: maps,
                masks: [Tensor([1, 0, 0, 0], shape: [2, 2]), Tensor([0, 1, 0, 0.5], shape: [2, 2])],
                photo: Image(width: 8, height: 8, color: .ink)))
    }

    static let png = try? Image(width: 5, height: 4, color: Color(1, 2, 3)).pngData(metadata: ["prompt": "a dog"])

    @Test func aPictureCarriesIt() throws {
        let png = try #require(Self.png)
        for explorable in try Self.examples() {
            let carrying = explorable.embedded(in: png)
            #expect(Explorable(png: carrying) == explorable)
            #expect(try Image(data: carrying) == Image(data: png))
            #expect(try PNGMetadata(pngData: carrying) == ["prompt": "a dog"])
            #expect(Explorable.removed(from: carrying) == png)
            // Once, however often it is put in.
            #expect(explorable.embedded(in: carrying) == carrying)
        }
        #expect(Explorable(png: png) == nil)
        #expect(Explorable.removed(from: png) == png)
        #expect(Explorable.removed(from: [1, 2, 3]) == [1, 2, 3])
    }

    // MARK: attention

    @Test func whatFitsIsKeptWhole() {
        let kept = AttentionReduction(words: 11, timesteps: 5, layers: 3, heads: 2, cells: 256)
        #expect(kept.groups.count == 5 && kept.keepsLayers && kept.keepsHeads && kept.words == 11)
    }

    @Test func whatIsTooLargeIsReducedInOrder() {
        func reduced(_ words: Int, _ steps: Int, _ layers: Int, _ heads: Int, _ cells: Int = 256) -> AttentionReduction {
            let result = AttentionReduction(words: words, timesteps: steps, layers: layers, heads: heads, cells: cells)
            let size = result.words * result.groups.count * (result.keepsLayers ? layers : 1) * (result.keepsHeads ? heads : 1) * cells
            #expect(size <= AttentionAtlas.mostBytes)
            #expect(result.groups.first?.lowerBound == 0 && result.groups.last?.upperBound == steps)
            #expect(zip(result.groups, result.groups.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound && !$0.isEmpty })
            return result
        }
        let steps = reduced(11, 30, 3, 2)
        #expect(steps.groups.count == 5 && steps.keepsHeads)
        let heads = reduced(12, 5, 5, 20)
        #expect(!heads.keepsHeads && heads.keepsLayers && heads.groups.count == 5)
        let layers = reduced(75, 30, 16, 8)
        #expect(!layers.keepsHeads && !layers.keepsLayers && layers.groups.count == 5)
        let words = reduced(200, 30, 16, 8, 4096)
        #expect(words.words == 24 && words.groups.count == 1)
    }

    /// The page averages what is kept; that is the mean of everything, to within half a step of a byte.
    @Test(arguments: [(3, 2, 2), (30, 3, 2), (5, 5, 20), (40, 16, 8)]) func meansStay(_ steps: Int, _ layers: Int, _ heads: Int) throws {
        let words = ["a", "b", "c", "d", "e", "f", "g", "h"]
        let panel = try Self.panel(words: words, steps: steps, layers: layers, heads: heads, side: 16)
        let cells = 256
        let maps = panel.timesteps.count * panel.layers.count * panel.heads.count
        #expect(panel.maps.count == words.count * maps * cells && panel.tops.count == words.count * maps)
        for word in words.indices {
            let all = Self.values(word, steps, layers, heads, cells)
            for cell in [0, 100, 255] {
                let count = Double(all.count / cells)
                let mean = stride(from: cell, to: all.count, by: cells).reduce(0.0) { $0 + Double(all[$1]) } / count
                var (sum, weight) = (0.0, 0.0)
                for map in 0..<maps {
                    let (index, share) = (word * maps + map, Double(panel.weights[map / (panel.layers.count * panel.heads.count)]))
                    sum += share * Double(panel.tops[index]) * Double(panel.maps[index * cells + cell]) / 255
                    weight += share
                }
                #expect(abs(sum / weight - mean) < 0.1 / 255, "word \(word), cell \(cell)")
            }
        }
    }

    @Test func mapsThatAreNotThereHaveNoPanel() throws {
        #expect(
            try AttentionAtlas.Panel(
                title: "", words: ["a"], chosen: [], timesteps: ["1"], layers: ["1"], heads: ["1"], height: 65, width: 65, picture: nil
            ) { _ in Array(repeating: 0, count: 65 * 65) } == nil)
        #expect(AttentionAtlas([]) == nil)
        #expect(AttentionAtlas([try Self.panel(), try Self.panel(), try Self.panel()]) == nil)
    }

    @Test func numbersThatAreNotFiniteAreNothing() throws {
        let panel = try #require(
            try AttentionAtlas.Panel(
                title: "", words: ["a"], chosen: [], timesteps: ["1"], layers: ["1"], heads: ["1"], height: 1, width: 3, picture: nil
            ) { _ in [.nan, 0.5, .infinity] })
        #expect(panel.maps == [0, 255, 0] && panel.tops == [0.5])
        let carried = Explorable.attention(try #require(AttentionAtlas([panel])))
        #expect(Explorable(carried.json) == carried)
    }

    // MARK: leakage

    @Test func leakageHasMapsAndMasksAsBytes() throws {
        let table = try Self.leakage()
        #expect(table.maps == [0, 128, 255, 64, 0, 0, 0, 0] && table.masks == [255, 0, 0, 0, 0, 255, 0, 128])
        #expect(table.shares == [0.5, 0.25, 0.25, 0, 0, 1])
        #expect(
            try LeakageTable(
                rows: ["a"], columns: ["b", "background"], shares: [[1]], chance: [1, 0], maps: [Tensor([1], shape: [1, 1])],
                masks: [Tensor([1], shape: [1, 1])], photo: Image(width: 1, height: 1, color: .ink)) == nil)
    }

    // MARK: pictures behind counts

    @Test func countsThatDoNotFitTheirPicturesAreNothing() throws {
        func table(_ cells: [PictureTable.Cell], _ pictures: [Image]) throws -> PictureTable? {
            try PictureTable(rows: ["a"], columns: ["b"], cells: cells, pictures: pictures, labels: pictures.map { "\($0.size)" })
        }
        let picture = Image(width: 4, height: 4, color: .ink)
        #expect(try table([.init(counted: [0], found: [0])], [picture]) != nil)
        #expect(try table([.init(counted: [1], found: [])], [picture]) == nil)
        #expect(try table([.init(counted: [], found: [0])], [picture]) == nil)
        #expect(try table([], [picture]) == nil)
        #expect(try table([.init(counted: [0], found: [])], [picture, Image(width: 5, height: 4, color: .ink)]) == nil)
    }

    @Test func manyPicturesAreMadeSmaller() throws {
        let pictures = try Image.batch(RandomDraw(seed: 1, stream: "test", step: 0).normal([64, 160, 160, 3]))
        let table = try #require(
            try PictureTable(
                rows: ["a"], columns: ["b"], cells: [.init(counted: Array(0..<64), found: [3])], pictures: pictures,
                labels: pictures.indices.map { "\($0)" }))
        #expect(table.pictures.reduce(0) { $0 + $1.count } <= 200 << 10 && table.size.width < 160)
        #expect(Explorable(Explorable.pictures(table).json) == .pictures(table))
    }

    // MARK: film

    @Test func aFilmThatIsTooLargeLosesSteps() throws {
        let noise = RandomDraw(seed: 1, stream: "test", step: 0).normal([40, 128, 128, 3])
        let pictures = try Image.batch(noise)
        let film = try #require(
            try DenoisingFilm([("noisy", pictures), ("again", pictures)], steps: (0..<40).map { "step \($0)" }))
        #expect(film.steps.first == "step 0" && film.steps.last == "step 39" && (4...20).contains(film.steps.count))
        let bytes = film.rows.reduce(0) { $1.frames.reduce($0) { $0 + $1.count } }
        #expect(bytes <= 240 << 10)
        #expect(Explorable.film(film).embedded(in: try #require(Self.png)).count < 400_000)
        #expect(Explorable(Explorable.film(film).json) == .film(film))
        #expect(try DenoisingFilm([("one", [pictures[0]])], steps: ["only"]) == nil)
        #expect(try DenoisingFilm([("odd", [pictures[0], Image(width: 2, height: 2, color: .ink)])], steps: ["a", "b"]) == nil)
    }

    // MARK: charts

    /// The picture has the line's colour where the data say that the line is.
    @Test func placesAreWhereTheLineIsDrawn() throws {
        let points = (0..<40).map { Series.Point(Double($0), Double($0 * $0)) }
        let figure = Figure(.chart(Chart(x: .init(label: "step"), series: [Series("squares", .line(markers: false), points)])))
        guard case .chart(let chart)? = figure.explorable else {
            Issue.record("a chart of lines can be read out")
            return
        }
        let image = try figure.image()
        #expect((chart.width, chart.height) == (image.width, image.height))
        #expect(chart.names[7] == "7" && chart.lines[0].values[7] == 49 && chart.label == "step")
        for place in stride(from: 2, to: 38, by: 5) {
            let y = try #require(chart.lines[0].places[place])
            // Edges are mixed with white: the colour need only be near.
            let near = (-2...2).map { image[Int(chart.places[place]), Int(y) + $0] }
            let line = SeriesStyle(0).color
            let distances = near.map {
                abs(Int($0.red) - Int(line.red)) + abs(Int($0.green) - Int(line.green)) + abs(Int($0.blue) - Int(line.blue))
            }
            #expect((distances.min() ?? 999) < 40, "place \(place)")
        }
    }

    @Test func onlyLinesAreReadOut() throws {
        let bars = Figure(.chart(Chart(x: .init(kind: .categories(["a", "b"])), series: [Series("", .bars, [.init(0, 1), .init(1, 2)])])))
        #expect(bars.explorable == nil)
        #expect(try Examples.grid(3).explorable == nil)
        let gaps = Figure(.chart(Chart(series: [Series("", .line(markers: true), [.init(0, 1), .init(1, .nan), .init(2, 3)])])))
        guard case .chart(let chart)? = gaps.explorable else {
            Issue.record("a line with a gap can be read out")
            return
        }
        #expect(chart.lines[0].values == [1, nil, 3] && chart.lines[0].places[1] == nil)
        #expect(Explorable(Explorable.chart(chart).json) == .chart(chart))
        // One that is too long loses places, not its ends.
        let long = Figure(.chart(Chart(series: [Series("", .line(markers: false), (0..<5000).map { .init(Double($0), 1) })])))
        guard case .chart(let short)? = long.explorable else {
            Issue.record("a long line can be read out")
            return
        }
        #expect(short.names.count == 1500 && short.names.first == "0" && short.names.last == "4999")
    }
}
