import Testing

@testable import Images

@Suite struct ReadingTests {
    @Test(arguments: [
        "rgb", "rgba", "grey", "grey_alpha", "bits1", "palette", "palette_clear", "deep", "interlaced",
        "bits2", "bits4",
    ])
    func everyKindOfPNGReadsAsPillowDoes(kind: String) throws {
        let image = try Image(contentsOf: fixture("format_\(kind).png"))
        #expect(image == (try Image(contentsOf: fixture("expected_\(kind).png"))))
    }

    @Test func expectedFilesAreReadRight() throws {
        // The comparison above reads both sides with the same reader; here pixels are known.
        let image = try Image(contentsOf: fixture("texts.png"))
        #expect(image.size == PixelSize(width: 4, height: 3))
        #expect(image[0, 0] == Color(0, 0, 255))
        #expect(image[3, 2] == Color(191, 170, 73))
    }

    @Test func transparencyIsBlendedOverABackground() throws {
        let path = fixture("format_rgba.png")
        let raster = try Raster(
            decoding: fixtureBytes("format_rgba.png"), keepAlpha: true, limits: .standard, path: nil)
        #expect(raster.channels == 4)
        #expect(raster.bytes[3] < 64, "the top of the picture is nearly clear")
        let image = try Image(contentsOf: path, over: .white)
        for i in 0..<image.pixels.count {
            let alpha = Double(raster.bytes[i / 3 * 4 + 3]) / 255
            let expected = 255 * (1 - alpha) + Double(raster.bytes[i / 3 * 4 + i % 3]) * alpha
            #expect(abs(Double(image.pixels[i]) - expected) <= 0.51)
        }
    }

    @Test(arguments: ["full", "half", "progressive", "grey", "cmyk"])
    func jpegIsWithinTwoOfPillow(kind: String) throws {
        let image = try Image(contentsOf: fixture("jpeg_\(kind).jpg"))
        #expect(worst(image, try Image(contentsOf: fixture("expected_jpeg_\(kind).png"))) <= 2)
    }

    @Test func photoIsWithinTwoOfPillowAndSoIsItsResize() throws {
        let photo = try Image(contentsOf: fixture("photo.jpg"))
        #expect(worst(photo, try Image(contentsOf: fixture("expected_photo.png"))) <= 2)
        let small = try photo.resized(to: PixelSize(width: 40, height: 40))
        #expect(worst(small, try Image(contentsOf: fixture("expected_photo_40.png"))) <= 2)
    }

    @Test(arguments: 1...8)
    func photosAreTurnedUpright(orientation: Int) throws {
        let bytes = try fixtureBytes("oriented_\(orientation).jpg")
        #expect(EXIF.orientation(ofJPEG: bytes) == orientation)
        let image = try Image(data: bytes)
        #expect(worst(image, try Image(contentsOf: fixture("expected_oriented_\(orientation).png"))) <= 2)
    }

    @Test func orientationOfNonsenseIsUpright() throws {
        let bytes = try fixtureBytes("oriented_6.jpg")
        for end in stride(from: 0, through: 64, by: 1) {
            #expect([1, 6].contains(EXIF.orientation(ofJPEG: Array(bytes.prefix(end)))))
        }
        var generator = Generator(state: 3)
        for _ in 0..<2000 {
            var broken = bytes
            for _ in 0..<3 {
                broken[Int.random(in: 2..<64, using: &generator)] = UInt8.random(
                    in: 0...255, using: &generator)
            }
            #expect((1...8).contains(EXIF.orientation(ofJPEG: broken)))
        }
    }

    @Test func maskTakesTheFirstChannel() throws {
        let mask = try Mask(contentsOf: fixture("format_rgb.png"))
        let image = try Image(contentsOf: fixture("format_rgb.png"))
        #expect(
            mask.values
                == stride(from: 0, to: image.pixels.count, by: 3).map {
                    Float(Double(image.pixels[$0]) / 255)
                })
        let grey = try Mask(contentsOf: fixture("pattern_mask.png"))
        #expect(
            grey
                == Mask(
                    luminanceOf: try Image(contentsOf: fixture("pattern.png")).cropped(
                        to: PixelRect(x0: 0, y0: 0, x1: 31, y1: 23))))
    }
}
