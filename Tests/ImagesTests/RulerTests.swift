import Testing

@testable import Images

/// Rulers whose numbers are pixels of the original.
@Suite struct RulerTests {
    @Test(arguments: [(512, 512), (4000, 300), (300, 4000), (40, 30), (1, 1), (8192, 8192)])
    func numbersStandApart(_ width: Int, _ height: Int) throws {
        let longer = max(width, height)
        let shown = longer < 768 ? longer * (768 / longer) : 768
        let widest = BitmapFont.width(of: "\(longer)".count, scale: 1)
        let step = Image.rulerStep(longer, pixels: shown, widest: widest)
        #expect(step >= 1 && Double(step) * Double(shown) / Double(longer) >= Double(widest + 14) || step == 1)
        #expect([1, 2, 5].contains(Int(String("\(step)".prefix(1))) ?? 0))
    }

    @Test func thePictureLiesBetweenItsRulers() throws {
        let photo = Image(width: 512, height: 256, color: Color(200, 10, 10))
        let ruled = try photo.ruled()
        // 512 fits once into 768: shown as it is, 29 pixels from the left, 21 from the top.
        #expect(ruled.width == 512 + 29 + 16 && ruled.height == 256 + 21 + 8)
        #expect(ruled[29, 21] == Color(200, 10, 10) && ruled[29 + 511, 21 + 255] == Color(200, 10, 10))
        #expect(ruled[28, 20] == .white || ruled[28, 20] == .ink)
        // A tick at column 100 (numbers of three digits need 31 pixels: steps of 50), none at 125.
        #expect(ruled[29 + 100, 17] == .ink && ruled[29 + 125, 17] == .white)
        #expect(ruled[25, 21 + 200] == .ink && ruled[25, 21 + 210] == .white)
    }
}
