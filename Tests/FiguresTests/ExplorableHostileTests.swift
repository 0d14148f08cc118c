import Images
import Tensors
import Testing

@testable import Figures

/// Pictures from strangers carry anything: what is not exactly right is no explorable.
@Suite struct ExplorableHostileTests {
    /// Returns the data with a member replaced at a path of keys and places.
    private func replacing(_ json: JSON, _ path: [String], with value: JSON?) -> JSON {
        guard let key = path.first else { return value ?? .null }
        let rest = Array(path.dropFirst())
        if let items = json.arrayValue, let place = Int(key) {
            return .array(items.enumerated().map { $0 == place ? replacing($1, rest, with: value) : $1 })
        }
        let members = json.objectValue.map { Array($0.members) } ?? []
        return .object(
            JSONObject(
                members.compactMap { $0.0 == key ? (rest.isEmpty && value == nil ? nil : ($0.0, replacing($0.1, rest, with: value))) : $0 })
        )
    }

    /// Returns the paths of all members and items, at most the first three of a list.
    private func paths(_ json: JSON) -> [[String]] {
        if let items = json.arrayValue {
            return items.prefix(3).enumerated().flatMap { place, item in [[String(place)]] + paths(item).map { [String(place)] + $0 } }
        }
        return json.objectValue?.members.flatMap { key, value in [[key]] + paths(value).map { [key] + $0 } } ?? []
    }

    @Test func theOwnReplacingReplaces() throws {
        let json: JSON = ["a": [["b": 1]], "c": 2]
        #expect(replacing(json, ["a", "0", "b"], with: 5) == ["a": [["b": 5]], "c": 2])
        #expect(replacing(json, ["c"], with: nil) == ["a": [["b": 1]]])
        #expect(paths(json) == [["a"], ["a", "0"], ["a", "0", "b"], ["c"]])
    }

    /// Whatever any one member becomes, what is read can be written and read again, and holds no more than its limits.
    @Test func everyMemberMayBeAnything() throws {
        let strange: [JSON?] = [
            nil, .null, true, -1, 0, 1e300, 0.5, 9_007_199_254_740_993, "", "x", "\u{0}", "<script>", [], [[]], [:],
            .array(Array(repeating: 1, count: 5000)),
            .string(String(repeating: "A", count: 500_000)), .string(Base64.text(of: Array(repeating: 255, count: 4096))),
        ]
        for explorable in try ExplorableTests.examples() {
            let json = explorable.json
            for path in paths(json) {
                for value in strange {
                    guard let read = Explorable(replacing(json, path, with: value)) else { continue }
                    #expect(Explorable(read.json) == read, "\(path) \(value?.kind ?? "gone")")
                }
            }
        }
    }

    @Test(
        arguments: [
            (["version"], 2), (["version"], nil), (["kind"], "film"), (["kind"], "script"), (["panels"], []),
            (["panels", "0", "words"], []),
            (["panels", "0", "words", "0"], "a\u{1}b"), (["panels", "0", "chosen", "0"], 2), (["panels", "0", "chosen", "0"], -1),
            (["panels", "0", "weights"], [1]), (["panels", "0", "weights", "0"], 0), (["panels", "0", "height"], 65),
            (["panels", "0", "height"], 3),
            (["panels", "0", "width"], 4.5), (["panels", "0", "tops"], []), (["panels", "0", "tops", "0"], -0.1),
            (["panels", "0", "maps"], "AAAA"), (["panels", "0", "maps"], "?"), (["panels", "0", "picture"], "AAAA"),
            (["panels", "0", "pictureWidth"], 9), (["panels", "0", "pictureWidth"], nil), (["panels", "0", "title"], 1),
        ] as [([String], JSON?)])
    func whatIsWrongIsNothing(_ path: [String], _ value: JSON?) throws {
        let atlas = Explorable.attention(try #require(AttentionAtlas([ExplorableTests.panel()])))
        #expect(Explorable(atlas.json) != nil)
        #expect(Explorable(replacing(atlas.json, path, with: value)) == nil)
    }

    @Test func factorsThatOverflowAreNothing() throws {
        let names = JSON.array((0..<256).map { .string("\($0)") })
        var json = Explorable.attention(try #require(AttentionAtlas([ExplorableTests.panel()]))).json
        for key in ["words", "layers", "heads"] { json = replacing(json, ["panels", "0", key], with: names) }
        #expect(Explorable(json) == nil)
    }

    @Test func filesThatAreDamagedAreNothing() throws {
        let png = try #require(ExplorableTests.png)
        let explorable = try #require(try ExplorableTests.examples().last)
        let carrying = explorable.embedded(in: png)
        let start = try #require(carrying.firstRange(of: Array("baSP".utf8))?.lowerBound)
        for change in [
            // The length, the checksum, a byte of the data, the type; and an end in the middle.
            { (bytes: inout [UInt8]) in bytes[start - 4] = 0xFF }, { $0[start - 1] ^= 1 }, { $0[start + 20] ^= 1 },
            { $0[start] = 0x62 ^ 1 },
            { $0.removeSubrange((start + 30)...) }, { $0.removeSubrange((start + 2)...) }, { $0[0] = 0 }, { $0 = [] },
        ] as [(inout [UInt8]) -> Void] {
            var bytes = carrying
            change(&bytes)
            #expect(Explorable(png: bytes) == nil)
            _ = Explorable.removed(from: bytes)
        }
        // Too much of it, and nested too deeply.
        #expect(Explorable(png: PNGChunk.setting("baSP", Array(repeating: 0x20, count: 600_000) + Array("{}".utf8), in: png)) == nil)
        let deep = String(repeating: "[", count: 100_000)
        #expect(Explorable(png: PNGChunk.setting("baSP", Array(deep.utf8), in: png)) == nil)
    }

    @Test func aPictureThatIsLargerThanToldIsNothing() throws {
        let jpeg = try Image(width: 900, height: 700, color: .ink).jpegData()
        #expect(ExplorableReader.picture(jpeg, PixelSize(width: 900, height: 700)) == jpeg)
        #expect(ExplorableReader.picture(jpeg, PixelSize(width: 8, height: 8)) == nil)
        #expect(
            ExplorableReader.picture(try Image(width: 1100, height: 2, color: .ink).jpegData(), PixelSize(width: 1100, height: 2)) == nil)
        #expect(ExplorableReader.picture(try Image(width: 8, height: 8, color: .ink).pngData(), PixelSize(width: 8, height: 8)) == nil)
    }

    @Test func labelsAreOneLine() {
        #expect(ExplorableReader.label("a\nb\u{7F}") == "a b ")
        let long = ExplorableReader.label(String(repeating: "é", count: 1000))
        #expect(long.utf8.count <= 400 && long.hasSuffix("…") && ExplorableReader.text(.string(long)) == long)
    }
}
