import Glibc
import Tensors
import TestSupport
import Testing

@testable import Images

/// Work on large pictures and masks asks again and again whether it is still wanted, and ends where it is not.
@Suite struct CancellationTests {
    private static let size = PixelSize(width: 2048, height: 2048)
    private static let image = Image(
        width: 2048, height: 2048, pixels: (0..<2048 * 2048 * 3).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) })
    private static let mask = Mask(width: 2048, height: 2048, values: (0..<2048 * 2048).map { Float($0 % 977) / 976 })
    private static let small = Image(width: 64, height: 64, color: .ink)

    /// What takes long at the largest sizes, by name.
    private static let works: [(name: String, run: @Sendable () throws -> Void)] = [
        ("resize down", { _ = try image.resized(to: PixelSize(width: 700, height: 700), .lanczos) }),
        ("resize up", { _ = try small.resized(to: size, .bicubic) }), ("resize nearest", { _ = try small.resized(to: size, .nearest) }),
        ("scale", { _ = try small.scaled(by: 32) }), ("flip", { _ = image.flipped() }), ("flip a mask", { _ = mask.flipped() }),
        ("crop", { _ = try image.cropped(to: PixelRect(x0: 1, y0: 1, x1: 2047, y1: 2047)) }),
        ("paste", { _ = try image.pasted(over: image, mask: mask) }), ("psnr", { _ = try image.psnr(image) }),
        ("overlay", { _ = try image.overlay(heat: [0, 1, 2, 3], width: 2, height: 2) }), ("tint", { _ = try image.tinted(masks: [mask]) }),
        ("heat", { _ = try Image(heat: mask.values, width: 2048, height: 2048) }), ("range", { _ = image.range }),
        ("image to tensor", { _ = Tensor(image) }), ("mask to image", { _ = Image(mask) }),
        ("image to mask", { _ = Mask(luminanceOf: image) }),
        ("tensor to image", { _ = try Image(Tensor(mask.values, shape: [2048, 2048])) }),
        ("threshold", { _ = mask.thresholded() }), ("dilate", { _ = try mask.dilated(by: 2) }), ("erode", { _ = try mask.eroded(by: 2) }),
        ("feather", { _ = try mask.feathered(sigma: 2) }), ("union", { _ = try mask | mask }), ("complement", { _ = !mask }),
        ("area", { _ = mask.area }), ("overlap", { _ = try mask.overlap(with: mask) }), ("centre", { _ = mask.centroid }),
        ("bounding box", { _ = mask.boundingBox() }), ("bytes", { _ = mask.bytes }),
        ("resize a mask", { _ = try mask.resized(to: PixelSize(width: 1500, height: 1500), .nearest) }),
        ("box", { _ = try Mask.box(Point(1, 1), Point(2000, 2000), size: size) }),
        ("ellipse", { _ = try Mask.ellipse(center: Point(1000, 1000), radii: Point(900, 900), size: size) }),
        ("brush", { _ = try Mask.brush([Point(1, 1), Point(2000, 2000)], width: 50, size: size) }),
        ("write PNG", { _ = try image.pngData() }),
    ]

    @Test(arguments: works.indices) func asksAgainAndAgain(_ place: Int) throws {
        let work = Self.works[place]
        let whole = try questions { try work.run() }
        #expect(whole >= 4, "\(work.name) asked \(whole) times")
        // Told no at its second question it begins little that is new: a part or a row on each thread asks once more.
        let cut = (try? questions(limit: 1) { try work.run() }) ?? 0
        #expect(cut <= whole, "\(work.name) asked \(cut) times")
    }

    /// Rows of a file are decoded one by one.
    @Test func readingAsks() throws {
        let png = try Self.image.pngData()
        #expect(try questions { _ = try Image(data: png) } >= 2048)
        #expect(try questions { _ = try PNGMetadata(pngData: png) } >= 2048)
        #expect(throws: CancellationError.self) { try questions(limit: 3) { _ = try Image(data: png) } }
        #expect(throws: CancellationError.self) { try questions(limit: 3) { _ = try PNGMetadata(pngData: png) } }
    }

    /// The library for JPEG asks nobody: whoever waits for it leaves it to itself.
    @Test func largePhotosAreLeft() throws {
        #expect(throws: CancellationError.self) { try questions(limit: 0) { _ = try Self.image.jpegData() } }
        let jpeg = try Self.image.jpegData()
        #expect(try questions { _ = try Image(data: jpeg) } >= 1)
        #expect(try Cancellation.scope(when: { false }) { try Image(data: jpeg) } == Image(data: jpeg))
        #expect(try Cancellation.scope(when: { false }) { try Self.image.jpegData() } == jpeg)
    }

    /// A file that was there stays as it was, and nothing lies beside it.
    @Test func whatIsCancelledIsNotWritten() throws {
        try withFolder { folder in
            let path = "\(folder)/picture.png"
            try Self.small.write(to: path)
            let encoding = try questions { _ = try Self.image.pngData() }
            #expect(throws: CancellationError.self) { try questions(limit: encoding) { try Self.image.write(to: path) } }
            #expect(try Image(contentsOf: path) == Self.small)
            #expect(FileSystem.contents(folder) == ["picture.png"])
        }
    }

    /// The same bits whoever may stop it.
    @Test func nobodyStopping() throws {
        let wanted = try Cancellation.scope(when: { false }) { try Self.image.resized(to: PixelSize(width: 301, height: 77)) }
        #expect(try Self.image.resized(to: PixelSize(width: 301, height: 77)) == wanted)
    }
}
