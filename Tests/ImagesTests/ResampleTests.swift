import Foundation
import Testing

@testable import Images

/// Bit for bit against Pillow and PyTorch (Fixtures/images/make_image_fixtures.py).
@Suite struct ResampleTests {
    static let sizes = [(16, 16), (64, 48), (37, 10), (12, 29), (5, 7), (100, 3), (1, 1)]
        .map { PixelSize(width: $0.0, height: $0.1) }

    @Test(arguments: Resample.allCases)
    func equalsPillow(filter: Resample) throws {
        let picture = try Image(contentsOf: fixture("pattern.png"))
        let expected = try Image(contentsOf: fixture("resize_\(filter.rawValue).png")).pixels
        var at = 0
        for size in Self.sizes {
            let mine = try picture.resized(to: size, filter).pixels
            #expect(mine == Array(expected[at..<(at + mine.count)]), "\(filter) to \(size)")
            at += mine.count
        }
        #expect(at == expected.count)
    }

    @Test func maskBoxEqualsPillow() throws {
        let mask = try Mask(contentsOf: fixture("pattern_mask.png"))
        let expected = try Mask(contentsOf: fixture("resize_mask_box.png")).values
        var at = 0
        for size in Self.sizes {
            let mine = try mask.resized(to: size, .box).values
            #expect(mine == Array(expected[at..<(at + mine.count)]), "to \(size)")
            at += mine.count
        }
        #expect(at == expected.count)
    }

    struct Picks: Decodable {
        var from: Int
        var to: Int
        var picks: [Int]
    }

    @Test func maskNearestEqualsTorch() throws {
        let rows = try JSONDecoder().decode([Picks].self, from: Data(fixtureBytes("nearest.json")))
        #expect(rows.count == 10)
        for row in rows {
            let ramp = Mask(width: row.from, height: 1, values: (0..<row.from).map { Float($0) / 1024 })
            let mine = try ramp.resized(to: PixelSize(width: row.to, height: 1), .nearest)
            #expect(mine.values.map { Int($0 * 1024) } == row.picks, "\(row.from) to \(row.to)")
        }
    }

    @Test func sameSizeIsTheSamePicture() throws {
        let picture = noise(9, 5, seed: 4)
        for filter in Resample.allCases { #expect(try picture.resized(to: picture.size, filter) == picture) }
    }

    @Test(arguments: [(0, 5), (5, -1), (8193, 5)])
    func impossibleSizes(width: Int, height: Int) {
        let size = PixelSize(width: width, height: height)
        #expect(failure { _ = try noise(4, 4, seed: 1).resized(to: size) }?.kind == .badArgument)
        #expect(failure { _ = try Mask.filled(1, size: size) }?.kind == .badArgument)
        #expect(failure { _ = try Mask.filled(1, size: .init(width: 4, height: 4)).resized(to: size) } != nil)
    }
}
