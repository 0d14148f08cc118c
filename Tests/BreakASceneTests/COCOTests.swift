import Images
import Tensors
import TestSupport
import Testing

@testable import BreakAScene

/// COCO's annotations: outlines as `pycocotools` reads them (its answers stand here; `Tests/Conformance/coco.py` asks it live), and the rule
/// by which pictures become scenes.
@Suite struct COCOTests {
    private static let size = PixelSize(width: 6, height: 5)

    private func rows(_ mask: Mask?) -> [String] {
        guard let mask else { return [] }
        return (0..<mask.height).map { y in (0..<mask.width).map { mask.values[y * mask.width + $0] > 0.5 ? "#" : "." }.joined() }
    }

    @Test func runsGoDownTheColumns() throws {
        let counts = try #require(COCOShape(["size": [5, 6], "counts": [6, 3, 2, 3, 16]]))
        #expect(rows(counts.mask(Self.size)) == ["......", ".##...", ".##...", ".##...", "......"])
        // The same, compressed by pycocotools.mask.encode.
        let text = try #require(COCOShape(["size": [5, 6], "counts": .string("6320>")]))
        #expect(text == counts)
        #expect(counts.mask(PixelSize(width: 5, height: 6)) == nil)
    }

    @Test(arguments: [
        JSON.array([]), [[1, 2, 3, 4]], [[1, 2, 3, 4, 5]], [[1, 2, 3, 4, 5, "x"]], [[1, 2, 3, 1e9, 5, 6]],
        ["size": [5, 6], "counts": [6, 3]],
        ["size": [5, 6], "counts": [-1, 31]], ["size": [5, 0], "counts": []], ["size": [5, 6], "counts": "~~"],
        ["size": [5, 6], "counts": "o"],
        ["size": [5, 6], "counts": "oooooooooooooooo"], ["size": [99999, 99999], "counts": [1]], 7, ["counts": [30]],
    ])
    func badOutlinesAreRefused(_ json: JSON) { #expect(COCOShape(json) == nil) }

    @Test func polygonsAreUnions() throws {
        let shape = try #require(COCOShape([[1, 1, 4, 1, 4, 4, 1, 4], [3, 0, 6, 0, 6, 2, 3, 2]]))
        #expect(rows(shape.mask(Self.size)) == ["...###", ".#####", ".###..", ".###..", "......"])
        // Outside of the picture, and without area.
        let outside = try #require(COCOShape([[-9, -9, -5, -9, -5, -5], [2, 2, 2, 2, 2, 2]]))
        #expect(rows(outside.mask(Self.size)) == Array(repeating: "......", count: 5))
    }

    // MARK: files

    private static func photo(_ width: Int, _ height: Int, _ path: String) throws {
        try Image(width: width, height: height, color: Color(200, 90, 10)).write(to: path)
    }

    private static func box(_ id: Int, _ image: Int, _ category: Int, _ x: Int, _ y: Int, _ w: Int, _ h: Int, crowd: Int = 0) -> String {
        """
        {"id": \(id), "image_id": \(image), "category_id": \(category), "iscrowd": \(crowd), "area": \(w * h), "bbox": [\(x), \(y), \(w), \(h)],
         "segmentation": [[\(x), \(y), \(x + w), \(y), \(x + w), \(y + h), \(x), \(y + h)]]}
        """
    }

    private static func instances(_ annotations: [String], images: [(Int, Int, Int)]) -> String {
        let pictures = images.map { "{\"id\": \($0), \"file_name\": \"\($0).png\", \"width\": \($1), \"height\": \($2)}" }
        return """
            {"info": {"a": "} ] \\" {"}, "annotations": [\(annotations.joined(separator: ", "))],
             "images": [\(pictures.joined(separator: ","))],
             "categories": [{"id": 1, "name": "cat"}, {"id": 2, "name": "dog"}, {"id": 3, "name": "zebra"}]}
            """
    }

    private func scenes(_ json: String, images: [(Int, Int, Int)], count: Int = 10, exclude: Set<String> = ["zebra"]) throws -> [Scene] {
        let folder = try TemporaryFolder()
        for (id, width, height) in images { try Self.photo(width, height, "\(folder.path)/\(id).png") }
        try AtomicFile.write("\(folder.path)/a.json", text: json)
        let rule = COCOAnnotations.Rule(share: 0.15, excluded: exclude)
        var maker = COCOScenes(try COCOAnnotations("\(folder.path)/a.json", rule: rule), rule: rule, photos: folder.path, maps: folder.path)
        var found: [Scene] = []
        _ = try maker.forEach(count, seed: 1) { found.append($0) }
        return found.sorted { $0.title < $1.title }
    }

    @Test func picturesOfTwoThingsMakeScenes() throws {
        let images = [(1, 60, 40), (2, 40, 40), (3, 40, 40), (4, 40, 40), (5, 100, 40)]
        let annotations = [
            // Two things: the crop that has most of both is in the middle.
            Self.box(1, 1, 1, 12, 0, 18, 40), Self.box(2, 1, 2, 30, 0, 18, 40),
            // Two of one class, a small one, an excluded one, a crowd.
            Self.box(3, 2, 1, 0, 0, 20, 40), Self.box(4, 2, 1, 20, 0, 20, 40),
            Self.box(5, 3, 1, 0, 0, 20, 40), Self.box(6, 3, 2, 30, 0, 5, 40),
            Self.box(7, 4, 1, 0, 0, 20, 40), Self.box(8, 4, 3, 20, 0, 20, 40), Self.box(9, 4, 2, 20, 0, 20, 40, crowd: 1),
            // Two large things that no square has both of.
            Self.box(10, 5, 1, 0, 0, 20, 40), Self.box(11, 5, 2, 80, 0, 20, 40),
        ]
        let found = try scenes(Self.instances(annotations, images: images), images: images)
        #expect(found.map(\.title) == ["coco 1"])
        #expect(found[0].image.size == PixelSize(width: 40, height: 40) && found[0].names == ["cat", "dog"])
        #expect(found[0].masks.map(\.areaFraction) == [0.45, 0.45])
        let all = try scenes(Self.instances(annotations, images: images), images: images, exclude: [])
        #expect(all.map(\.title) == ["coco 1", "coco 4"] && all[1].names == ["cat", "zebra"])
    }

    @Test func missingPhotosArePassedOver() throws {
        let images = [(1, 40, 40), (2, 40, 40)]
        let annotations = [1, 2].flatMap { [Self.box(1, $0, 1, 0, 0, 20, 40), Self.box(2, $0, 2, 20, 0, 20, 40)] }
        let json = Self.instances(annotations, images: images)
        #expect(try scenes(json, images: [images[1]]).map(\.title) == ["coco 2"])
        // A photo of another size does not fit.
        #expect(try scenes(json, images: [(1, 20, 40), images[1]]).map(\.title) == ["coco 2"])
    }

    @Test func panopticSegmentsAreColours() throws {
        let folder = try TemporaryFolder()
        try Self.photo(40, 40, "\(folder.path)/1.png")
        var map = Image(width: 40, height: 40, color: Color(0, 0, 0)).pixels
        // Numbers 3 + 256·2 and 65536·1 at the left and the right.
        for index in 0..<1600 {
            let color: [UInt8] = index % 40 < 20 ? [3, 2, 0] : [0, 0, 1]
            map.replaceSubrange(3 * index..<3 * index + 3, with: color)
        }
        try FileSystem.createFolder("\(folder.path)/maps")
        try Image(width: 40, height: 40, pixels: map).write(to: "\(folder.path)/maps/1.png")
        try AtomicFile.write(
            "\(folder.path)/p.json",
            text: """
                {"images": [{"id": 1, "file_name": "1.png", "width": 40, "height": 40}],
                 "categories": [{"id": 1, "name": "cat", "isthing": 1}, {"id": 2, "name": "dog", "isthing": 1}, {"id": 3, "name": "sky", "isthing": 0}],
                 "annotations": [{"image_id": 1, "file_name": "1.png", "segments_info": [
                  {"id": 515, "category_id": 1, "area": 800, "iscrowd": 0}, {"id": 65536, "category_id": 2, "area": 800, "iscrowd": 0},
                  {"id": 7, "category_id": 3, "area": 1600, "iscrowd": 0}]}]}
                """)
        let rule = COCOAnnotations.Rule(share: 0.15, excluded: [])
        let annotations = try COCOAnnotations("\(folder.path)/p.json", rule: rule)
        var maker = COCOScenes(annotations, rule: rule, photos: folder.path, maps: "\(folder.path)/maps")
        var found: [Scene] = []
        _ = try maker.forEach(1, seed: 0) { found.append($0) }
        #expect(found.map(\.names) == [["cat", "dog"]] && found[0].masks.map(\.areaFraction) == [0.5, 0.5])
        #expect(found[0].masks[0].values[0] == 1 && found[0].masks[1].values[39] == 1)
        var astray = COCOScenes(annotations, rule: rule, photos: folder.path, maps: "\(folder.path)/nowhere")
        #expect(throws: COCOError.self) { try astray.forEach(1, seed: 0) { _ in } }
    }

    @Test(arguments: [
        "", "[]", "{", "{\"images\": [", "{\"images\": [{\"id\": 1}", "{\"images\": [], \"categories\": []}", "{\"a\": \"",
        "{\"images\": [{]}]}",
    ])
    func otherFilesAreRefused(_ text: String) throws {
        let folder = try TemporaryFolder()
        try AtomicFile.write("\(folder.path)/x.json", text: text)
        #expect(throws: COCOError.self) { try COCOAnnotations("\(folder.path)/x.json", rule: .init(share: 0.15, excluded: [])) }
    }

    /// Elements are the same wherever the pieces of the file end.
    @Test(arguments: [1, 2, 3, 7, 64, 1 << 20])
    func piecesDoNotMatter(_ size: Int) throws {
        let folder = try TemporaryFolder()
        let text = #"{"x": [1, "a\"]\\", {"b": [true, null], "skip": {"c": "}"}}], "y": {"x": [5]}, "z\u0041": [ ], "w": [-1.5e3]}"#
        try AtomicFile.write("\(folder.path)/x.json", text: text)
        var file = try JSONElementFile("\(folder.path)/x.json", pieceSize: size)
        var found: [JSON] = []
        try file.forEach(of: ["x", "zA", "w"], omitting: ["skip"]) { key, index, json in found.append([.string(key), JSON(index), json]) }
        #expect(found == [["x", 0, 1], ["x", 1, "a\"]\\"], ["x", 2, ["b": [true, nil], "skip": nil]], ["w", 0, -1500.0]])
    }
}
