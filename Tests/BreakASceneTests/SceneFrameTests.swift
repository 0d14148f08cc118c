import Diffusion
import Images
import Tensors
import Testing
import TestSupport

@testable import BreakAScene

/// How a photo that is not square comes to a square model, pixel by pixel; cropping a scene around its masks.
@Suite struct SceneFrameTests {
    /// Every pixel says where it is: red its column, green its row.
    private static func photo(_ width: Int, _ height: Int) -> Image {
        var pixels: [UInt8] = []
        for y in 0..<height {
            for x in 0..<width { pixels += [UInt8(x), UInt8(y), 7] }
        }
        return Image(width: width, height: height, pixels: pixels)
    }

    private static func mask(_ x: Range<Int>, _ y: Range<Int>, _ width: Int, _ height: Int) -> Mask {
        Mask(width: width, height: height, values: (0..<width * height).map { x.contains($0 % width) && y.contains($0 / width) ? 1 : 0 })
    }

    private func scene(_ x: Range<Int>, _ width: Int = 96, _ height: Int = 64, fit: SceneFit = .crop) throws -> Scene {
        try Scene(image: Self.photo(width, height), masks: [Self.mask(x, 20..<30, width, height)], fit: fit)
    }

    private static let square = PixelSize(width: 16, height: 16)

    @Test func cropHasTheMasksInItsMiddle() throws {
        let frame = SceneFrame(try scene(40..<60), for: Self.square)
        #expect(frame.rect == PixelRect(x0: 18, y0: 0, x1: 82, y1: 64) && frame.applied == .crop)
        let seen = try scene(40..<60).framed(frame.rect)
        #expect(seen.image[0, 0] == Color(18, 0, 7) && seen.image[63, 63] == Color(81, 63, 7))
        #expect(seen.masks[0].boundingBox() == PixelRect(x0: 22, y0: 20, x1: 42, y1: 30))
        // At the border as far as the photo goes.
        #expect(SceneFrame(try scene(0..<10), for: Self.square).rect == PixelRect(x0: 0, y0: 0, x1: 64, y1: 64))
        #expect(SceneFrame(try scene(90..<96), for: Self.square).rect == PixelRect(x0: 32, y0: 0, x1: 96, y1: 64))
        // A tall photo.
        let tall = try Scene(image: Self.photo(64, 96), masks: [Self.mask(10..<20, 80..<90, 64, 96)])
        #expect(SceneFrame(tall, for: Self.square).rect == PixelRect(x0: 0, y0: 32, x1: 64, y1: 96))
    }

    @Test func masksWiderThanAnyCropArePaddedNotCut() throws {
        let wide = try scene(5..<90)
        let frame = SceneFrame(wide, for: Self.square)
        #expect(frame.rect == PixelRect(x0: 0, y0: -16, x1: 96, y1: 80) && frame.applied == .pad)
        let seen = try wide.framed(frame.rect)
        // The border's pixels go on; no mask does.
        #expect(seen.image[40, 0] == Color(40, 0, 7) && seen.image[40, 16] == Color(40, 0, 7) && seen.image[40, 95] == Color(40, 63, 7))
        #expect(seen.masks[0].area == wide.masks[0].area)
        #expect(SceneFrame(try scene(40..<60, fit: .pad), for: Self.square).rect == frame.rect)
    }

    @Test func squashAndSquarePhotosAreTakenWhole() throws {
        #expect(SceneFrame(try scene(40..<60, fit: .squash), for: Self.square).rect == PixelRect(x0: 0, y0: 0, x1: 96, y1: 64))
        let frame = SceneFrame(try scene(10..<20, 64, 64), for: Self.square)
        #expect(frame.applied == nil && frame.rect == PixelRect(x0: 0, y0: 0, x1: 64, y1: 64) && frame.description == nil)
        // A model whose pictures have the photo's shape.
        #expect(SceneFrame(try scene(40..<60), for: PixelSize(width: 24, height: 16)).applied == nil)
    }

    @Test func trainingSeesTheFrame() throws {
        let model = try ModelFolder.load(Fixtures.root + "/stdlib/models/collage")
        // 256 × 128: the model's size in height, so that a crop is not resized.
        let mask = Self.mask(200..<240, 40..<80, 256, 128)
        let image = Self.photo(256, 128)
        let prepared = try PreparedScene(Scene(image: image, masks: [mask]), for: model)
        #expect(prepared.pictures[0].isIdentical(to: Tensor(try image.cropped(to: PixelRect(x0: 128, y0: 0, x1: 256, y1: 128)))))
        #expect(prepared.masks[0].boundingBox() == PixelRect(x0: 72, y0: 40, x1: 112, y1: 80))
        // 16 cells of 8 pixels: columns 9…13, rows 5…9, read by one pixel a cell.
        let target = prepared.attentionTarget(0, flipped: false)
        #expect(target.sum == 25 && target.values[5 * 16 + 9] == 1 && target.values[9 * 16 + 13] == 1)
        let padded = try PreparedScene(Scene(image: image, masks: [mask], fit: .pad), for: model)
        #expect(padded.masks[0].boundingBox() == PixelRect(x0: 100, y0: 52, x1: 120, y1: 72))
        let squashed = try PreparedScene(Scene(image: image, masks: [mask], fit: .squash), for: model)
        #expect(squashed.masks[0].boundingBox() == PixelRect(x0: 100, y0: 40, x1: 120, y1: 80))
        // What prepare gives is what training sees, and stays the same to the model's handles.
        let seen = try Scene(image: image, masks: [mask]).prepared(for: PixelSize(width: 128, height: 128))
        #expect(seen.masks == prepared.masks && Tensor(seen.image).isIdentical(to: prepared.pictures[0]))
        #expect(try seen.fingerprint == Scene(image: image, masks: [mask]).fingerprint)
    }

    @Test func cropBringsSmallThingsCloser() throws {
        let small = try Scene(
            image: Self.photo(128, 128), masks: [Self.mask(60..<70, 40..<50, 128, 128), Self.mask(70..<80, 50..<60, 128, 128)])
        let tight = try small.cropped(margin: 0)
        #expect(tight.image.size == PixelSize(width: 20, height: 20) && tight.image[0, 0] == Color(60, 40, 7))
        #expect(try small.cropped(margin: 0.5).image.size == PixelSize(width: 40, height: 40))
        #expect(try small.cropped(margin: 0.5).image[0, 0] == Color(50, 30, 7))
        // Never larger than the photo, and moved into it.
        #expect(try small.cropped(margin: 100).image.size == PixelSize(width: 128, height: 128))
        let corner = try Scene(image: Self.photo(128, 128), masks: [Self.mask(0..<10, 0..<10, 128, 128)]).cropped(margin: 0.5)
        #expect(corner.image.size == PixelSize(width: 20, height: 20) && corner.image[0, 0] == Color(0, 0, 7))
        #expect(tight.fingerprint == small.fingerprint)
    }

    @Test func theReportTestsWhatTrainingUses() throws {
        let model = try ModelFolder.load(Fixtures.root + "/stdlib/models/collage")
        // 10 × 10 of 512 pixels between the pixels that one pixel a cell reads: seen at the model's 128 pixels it is there.
        let image = Image(width: 512, height: 512, color: .ink)
        let speck = try Scene(image: image, masks: [Self.mask(250..<260, 250..<260, 512, 512)])
        let prepared = try PreparedScene(speck, for: model)
        let report = try SceneReport(speck, model: model)
        #expect(report.entries[0].cells == prepared.attentionTarget(0, flipped: false).values.count { $0 > 0.5 })
        #expect(report.gaining == ["mask 0"] && report.entries[0].croppedCells > 50)
        let all = try SceneReport(speck, model: model, words: ["toy", "sunflower field", "dog"])
        #expect(all.warnings.contains { if case .severalTokens("sunflower field", _, _) = $0 { true } else { false } })
        #expect(!all.warnings.contains { if case .severalTokens("toy", _, _) = $0 { true } else { false } })
        // By coverage nothing vanishes.
        let area = try SceneReport(speck, model: model, downsampling: .area)
        #expect(!area.warnings.contains { if case .vanishes = $0 { true } else { false } })
    }
}
