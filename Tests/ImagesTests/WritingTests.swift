import Foundation
import Testing

@testable import Images

@Suite struct WritingTests {
    @Test(arguments: [(1, 1), (37, 29), (128, 128), (1, 500), (500, 1)])
    func pngRoundTripIsExact(width: Int, height: Int) throws {
        let image = noise(width, height, seed: 5)
        let data = try image.pngData()
        #expect(try Image(data: data) == image)
        #expect(try image.pngData() == data, "the same picture, the same bytes")
        #expect(!data.contains("tIME".utf8))
    }

    @Test func maskRoundTripIsExactInEightBits() throws {
        let mask = Mask(width: 16, height: 16, bytes: (0...255).map { UInt8($0) })
        #expect(try Mask(data: mask.pngData()) == mask)
        #expect(Image(mask)[15, 15] == .white)
    }

    @Test func rgbaRoundTrip() throws {
        let bytes = noise(8, 4, seed: 2).pixels + noise(8, 4, seed: 3).pixels.prefix(32)
        let data = try encodePNG(bytes, width: 8, height: 4, channels: 4, PNGMetadata())
        let raster = try Raster(decoding: data, keepAlpha: true, limits: .standard, path: nil)
        #expect(raster.channels == 4)
        #expect(raster.bytes == bytes)
    }

    @Test func jpegRoundTripIsClose() throws {
        let photo = try Image(contentsOf: fixture("expected_photo.png"))
        let fine = try Image(data: photo.jpegData(quality: 97))
        let coarse = try Image(data: photo.jpegData(quality: 30))
        #expect(try photo.psnr(fine) > 36)
        #expect(try photo.psnr(coarse) > 22)
        #expect(try photo.psnr(coarse) < photo.psnr(fine))
        #expect(try photo.jpegData(quality: 30).count < photo.jpegData(quality: 97).count)
        #expect(try photo.jpegData() == photo.jpegData())
        #expect(failure { _ = try photo.jpegData(quality: 0) }?.kind == .badArgument)
    }

    @Test func writingReplacesTheWholeFileAndLeavesNothingElse() throws {
        try withFolder { folder in
            let path = folder + "/out.png"
            let image = noise(40, 30, seed: 1)
            try put([1, 2, 3], path)
            try image.write(to: path, metadata: ["seed": "1"])
            #expect(try Image(contentsOf: path) == image)
            try image.write(to: folder + "/photo.JPG")
            #expect(
                try PictureFormat(
                    of: FileAccess.read(folder + "/photo.JPG", maximumBytes: 1 << 20), path: nil) == .jpeg)
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == [
                    "out.png", "photo.JPG",
                ])
        }
    }

    @Test func aLinkStaysALink() throws {
        try withFolder { folder in
            try put([], folder + "/real.png")
            try FileManager.default.createSymbolicLink(
                atPath: folder + "/link.png", withDestinationPath: "real.png")
            try noise(3, 3, seed: 1).write(to: folder + "/link.png")
            #expect(try Image(contentsOf: folder + "/real.png").width == 3)
            #expect(
                try FileManager.default.destinationOfSymbolicLink(atPath: folder + "/link.png") == "real.png")
        }
    }

    @Test func whatCannotBeWritten() throws {
        try withFolder { folder in
            let image = noise(4, 4, seed: 1)
            try FileManager.default.createDirectory(
                atPath: folder + "/d.png", withIntermediateDirectories: true)
            let cases: [(String, ImageError.Kind)] = [
                ("/none/x.png", .missing), ("/d.png", .isDirectory), ("/x.gif", .unsupported),
                ("/x", .unsupported),
                ("/\(String(repeating: "n", count: 300)).png", .cannotWrite),
            ]
            for (name, kind) in cases {
                #expect(failure { try image.write(to: folder + name) }?.kind == kind, "\(name)")
            }
            #expect(
                failure { try image.write(to: folder + "/x.jpg", metadata: ["a": "b"]) }?.kind == .unsupported
            )
            #expect(
                failure { try Mask(luminanceOf: image).write(to: folder + "/x.jpg") }?.kind == .unsupported)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["d.png"])
        }
    }

    @Test func aFullDiskIsNamed() {
        // The device that is always full is written to directly, never renamed over.
        #expect(failure { try FileAccess.writeAtomically([1, 2, 3], to: "/dev/full") }?.kind == .diskFull)
        #expect(failure { _ = try FileAccess.read("/dev/full", maximumBytes: 9) }?.kind == .cannotRead)
    }

    @Test func pillowsTextsAreRead() throws {
        let texts = try PNGMetadata(contentsOf: fixture("texts.png"))
        let expected: PNGMetadata = [
            "prompt": "a photo of <asset0>", "latin": "café",
            "packed": String(repeating: "seed 7 ", count: 40),
            "unicode": "猫 on the 🏖, λ=0.01", "packed unicode": String(repeating: "σ ", count: 50),
        ]
        #expect(texts == expected)
    }

    @Test func textsRoundTrip() throws {
        let metadata: PNGMetadata = [
            "prompt": "a photo of {toy} on a beach", "Ünicode".filter(\.isASCII): "naïve 猫 🏖\nsecond line",
            "empty": "",
            "long": String(repeating: "0123456789", count: 50_000), "same": "1", "same": "2",
        ]
        let data = try noise(5, 5, seed: 9).pngData(metadata: metadata)
        #expect(try PNGMetadata(pngData: data) == metadata)
        #expect(try noise(5, 5, seed: 9).pngData(metadata: metadata) == data)
        #expect(try Image(data: data) == noise(5, 5, seed: 9))
        #expect(try PNGMetadata(pngData: noise(5, 5, seed: 9).pngData()).isEmpty)
        for end in stride(from: 0, to: 300, by: 7) {
            #expect(failure { _ = try PNGMetadata(pngData: Array(data.prefix(end))) } != nil)
        }
    }

    @Test(arguments: ["", " a", "a ", "a  b", "café", "a\nb", String(repeating: "k", count: 80)])
    func keysThatAPNGCannotHold(key: String) {
        #expect(failure { _ = try noise(2, 2, seed: 1).pngData(metadata: [key: "x"]) }?.kind == .badArgument)
    }

    @Test func textsThatAPNGCannotHold() throws {
        let image = noise(2, 2, seed: 1)
        let many = PNGMetadata((0...128).map { .init(key: "k\($0)", text: "") })
        let most = PNGMetadata(Array(many.entries.prefix(128)))
        #expect(failure { _ = try image.pngData(metadata: ["a": "x\0y"]) }?.kind == .badArgument)
        #expect(
            failure { _ = try image.pngData(metadata: ["a": String(repeating: "x", count: 1_000_001)]) }
                != nil)
        #expect(failure { _ = try image.pngData(metadata: many) }?.kind == .badArgument)
        #expect(try PNGMetadata(pngData: image.pngData(metadata: most)) == most)
    }

    @Test func metadataByKey() {
        var metadata: PNGMetadata = ["a": "1", "b": "2"]
        metadata["a"] = "3"
        metadata["c"] = "4"
        metadata["b"] = nil
        #expect(metadata == ["a": "3", "c": "4"])
        #expect(metadata["a"] == "3")
        #expect(metadata["none"] == nil)
    }
}
