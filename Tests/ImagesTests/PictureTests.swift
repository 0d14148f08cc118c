import Foundation
import Testing

@testable import Images

/// Pictures made for people: tints, heat maps, grids, titles.
@Suite struct PictureTests {
    @Test func geometry() throws {
        let image = noise(6, 4, seed: 8)
        let large = try image.scaled(by: 3)
        #expect(large.size == PixelSize(width: 18, height: 12))
        #expect(large[17, 11] == image[5, 3] && large[3, 2] == image[1, 0])
        #expect(image.flipped().flipped() == image)
        #expect(image.flipped()[0, 2] == image[5, 2])
        let part = try image.cropped(to: PixelRect(x0: 1, y0: 2, x1: 4, y1: 4))
        #expect(part.size == PixelSize(width: 3, height: 2))
        #expect(part[2, 1] == image[3, 3])
        #expect(
            failure { _ = try image.cropped(to: PixelRect(x0: 1, y0: 2, x1: 7, y1: 4)) }?.kind == .badArgument
        )
        #expect(
            failure { _ = try image.cropped(to: PixelRect(x0: 2, y0: 2, x1: 2, y1: 4)) }?.kind == .badArgument
        )
        #expect(failure { _ = try image.scaled(by: 0) }?.kind == .badArgument)
        #expect(failure { _ = try image.scaled(by: .max) }?.kind == .badArgument)
    }

    @Test func pasteMixesByTheMask() throws {
        let (over, under) = (
            Image(width: 3, height: 1, color: .white), Image(width: 3, height: 1, color: .black)
        )
        let mask = Mask(width: 3, height: 1, values: [0, 0.5, 1])
        #expect(try over.pasted(over: under, mask: mask).pixels == [0, 0, 0, 128, 128, 128, 255, 255, 255])
        #expect(failure { _ = try over.pasted(over: noise(3, 2, seed: 1), mask: mask) }?.kind == .badArgument)
    }

    @Test func psnrFollowsItsFormula() throws {
        let a = Image(width: 8, height: 8, color: Color(100, 100, 100))
        let b = Image(width: 8, height: 8, color: Color(110, 90, 100))
        #expect(abs(try a.psnr(b) - 10 * log10(65025 / (200.0 / 3))) < 1e-9)
        #expect(try a.psnr(a) == .infinity)
        #expect(failure { _ = try a.psnr(noise(8, 7, seed: 1)) }?.kind == .badArgument)
    }

    @Test(arguments: [
        (ColorMap.viridis, Float(0), UInt32(0x440154)), (.viridis, 1, 0xFDE725), (.viridis, 0.5, 0x21918C),
        (.inferno, 0, 0x000004), (.inferno, 1, 0xFCFFA4), (.inferno, 0.5, 0xBC3754), (.grey, 0.5, 0x808080),
        (.viridis, -3, 0x440154), (.inferno, 7, 0xFCFFA4), (.grey, .nan, 0xFF00FF),
    ])
    func colorMapsMeetTheirAnchors(map: ColorMap, value: Float, hex: UInt32) {
        #expect(map(value) == Color(hex: hex))
    }

    @Test(arguments: ColorMap.allCases.filter { $0 != .diverging }) func colorMapsBrightenSteadily(map: ColorMap) {
        let luma = (0...100).map { map(Float($0) / 100).luma }
        #expect(zip(luma, luma.dropFirst()).allSatisfy { $1 > $0 - 1 })
        #expect(luma[100] - luma[0] > 150)
    }

    @Test func bilinearMeetsCellCentresAndIsLinearBetween() {
        let out = bilinear([0, 1, 2, 3], width: 2, height: 2, to: PixelSize(width: 8, height: 8))
        #expect(out[0] == 0 && out[7] == 1 && out[56] == 2 && out[63] == 3)
        #expect((0..<8).map { out[$0] } == [0, 0, 0.125, 0.375, 0.625, 0.875, 1, 1])
    }

    @Test func overlayGlowsWhereTheHeatIs() throws {
        var heat = [Float](repeating: 0, count: 256)
        heat[4 * 16 + 11] = 0.03
        let grey = Image(width: 64, height: 64, color: Color(90, 90, 90))
        let shown = try grey.overlay(heat: heat, width: 16, height: 16)
        let brightest = (0..<64 * 64).max { shown[$0 % 64, $0 / 64].luma < shown[$1 % 64, $1 / 64].luma } ?? 0
        #expect((44..<48).contains(brightest % 64) && (16..<20).contains(brightest / 64))
        #expect(try grey.overlay(heat: heat, width: 16, height: 16, opacity: 0) == grey)
        #expect(failure { _ = try grey.overlay(heat: heat, width: 16, height: 15) }?.kind == .badArgument)
        // Nothing to show, or not numbers: still a picture.
        let cold = [Float](repeating: 0, count: 4)
        let odd: [Float] = [.nan, .infinity, -1, 1]
        #expect(try grey.overlay(heat: cold, width: 2, height: 2).size == grey.size)
        #expect(try grey.overlay(heat: odd, width: 2, height: 2).size == grey.size)
    }

    @Test func tintColoursInsideAndOutlines() throws {
        let photo = Image(width: 40, height: 30, color: Color(100, 100, 100))
        let mask = try Mask.box(Point(10, 5), Point(30, 25), size: photo.size)
        let shown = try photo.tinted(masks: [mask])
        #expect(shown[2, 2] == photo[2, 2])
        #expect(shown[20, 15] == photo[20, 15].mixed(with: .series(0), 0.45))
        #expect(shown[10, 15] == .series(0) && shown[29, 24] == .series(0))
        #expect(try photo.tinted(masks: [mask], labels: ["0"]) != shown)
        #expect(
            failure { _ = try photo.tinted(masks: [Mask.filled(1, size: .init(width: 4, height: 4))]) } != nil
        )
        #expect(Color.series(-1) == Color.series(6) && Color.series(7) == Color.series(0))
    }

    @Test func everyGlyphDiffersFromEveryOther() {
        let glyphs = (UInt8(32)...127).map { character in
            (0..<9).map { row in (0..<5).map { BitmapFont.isInk(character, column: $0, row: row) } }
        }
        #expect(Set(glyphs).count == 96)
        #expect(glyphs[0].allSatisfy { !$0.contains(true) })
        #expect(glyphs.dropFirst().allSatisfy { $0.contains { $0.contains(true) } })
    }

    @Test func textOutsideIsCutOff() {
        let image = Image(width: 20, height: 10, color: .white)
        #expect(image.drawing("hello", x: 100, y: 0) == image)
        #expect(image.drawing("hello", x: -100, y: -100) == image)
        #expect(image.drawing("hello", x: -3, y: -2, scale: 2) != image)
        #expect(image.drawing("I", x: 0, y: 0)[2, 3] == .ink)
    }
}
