import Glibc
import Images
import Language
import Tensors
import Testing

@testable import BreakAScene
@testable import Commands
@testable import Diffusion

/// How every kind of value shows itself, against `Data/displays.txt`. With BAS_ACCEPT=1 the file is written anew, to be
/// read before it is committed.
@Suite(.serialized) struct ValueDisplayTests {
    private static let path = Programs.root + "/Tests/CommandsTests/Data/displays.txt"

    @Test func everyKindAtEveryWidth() throws {
        let values = try DisplaySamples.all()
        var text = ""
        for (name, value) in values {
            for (width, unicode) in [(100, true), (80, true), (40, true), (80, false)] {
                let context = DisplayContext(width: width, unicode: unicode, wantsImages: false)
                let plain = value.display(context).plain
                text += ">>> \(name), \(width) columns\(unicode ? "" : ", ASCII")\n\(plain)\n"
                if !unicode { #expect(plain.utf8.allSatisfy { $0 < 128 }, "\(name)") }
                let widest = plain.split(separator: "\n").map { displayWidth(String($0)) }.max() ?? 0
                // What has no break in it may be wider than a narrow screen.
                if unicode, width >= 80 { #expect(widest <= width, "\(name): \(widest) of \(width) columns") }
            }
        }
        if getenv("BAS_ACCEPT") != nil { try AtomicFile.write(Self.path, text: text) }
        let expected = String(decoding: try ReadableFile.contents(Self.path), as: UTF8.self)
        let (new, old) = (chunks(text), chunks(expected))
        #expect(new.count == old.count)
        for (new, old) in zip(new, old) { #expect(new == old) }
    }

    private func chunks(_ text: String) -> [String] { text.split(separator: ">>> ").map(String.init) }

    @Test func whatHasAPictureShowsOne() throws {
        let pictured: Set<String> = [
            "image", "generated image", "mask", "empty mask", "faint mask", "scene", "attention", "kept attention", "images", "masks",
            "maps",
        ]
        for (name, value) in try DisplaySamples.all() {
            let image = value.display(DisplayContext()).image
            #expect((image != nil) == pictured.contains(name), "\(name)")
            if let image { #expect(try Image(data: image.png).width > 0 && !image.alt.isEmpty, "\(name)") }
        }
    }

    @Test func tensorsPrintAsPyTorchPrintsThem() throws {
        let path = Programs.root + "/Tests/CommandsTests/Data/torch_printing.txt"
        let cases = String(decoding: try ReadableFile.contents(path), as: UTF8.self).split(separator: ">>> ")
        #expect(cases.count == 10)
        for text in cases {
            let code = String(text.prefix { $0 != "\n" })
            let value = try #require(Programs.run(code).outcome.value)
            guard case .host(let host) = value else { throw Problem(.internal, code) }
            #expect(host.printed(full: false, DisplayContext()) + "\n" == text.drop { $0 != "\n" }.dropFirst(), "\(code)")
        }
        let whole = Programs.run("arange(2000)").outcome.value?.host(as: TensorValue.self)?.printed(full: true, DisplayContext())
        #expect(whole?.split(separator: "\n").count == 334)
    }
}

/// One value of every kind, always the same.
enum DisplaySamples {
    static func all() throws -> [(String, Value)] {
        let photo = Image(width: 64, height: 48, pixels: (0..<64 * 48 * 3).map { UInt8($0 * 7 % 251) })
        let size = PixelSize(width: 64, height: 48)
        let masks = try [box(2, 4, 40, 44, size), box(30, 20, 60, 40, size), box(1, 1, 5, 6, size)]
        let scene = try Scene(image: photo, masks: masks, names: ["mask 0", "a rather long name", "mask 2"], title: "table")
        let base = try ModelFolder.load(Programs.root + "/stdlib/models/collage")
        let model = try trained(base)
        let ramp = Tensor((0..<256).map { Float($0 % 16) / 100 + ($0 == 85 ? 1 : 0) }, shape: [16, 16])
        let attention = AttentionValue(
            maps: ramp, axes: ["height", "width"], tokens: ["<asset0>"], labels: [HandleLabel(token: "<asset0>", name: "mug", mask: 0)],
            layers: ["down_blocks.1", "up_blocks.2"],
            timesteps: [100, 500, 900], picture: photo,
            prompt: "a photo of <asset0>", mask: masks[0])
        let kept = AttentionValue(
            maps: Tensor.concatenated(Array(repeating: ramp.reshaped([1, 16, 16]), count: 3), axis: 0),
            axes: ["timestep", "height", "width"],
            tokens: ["mug"], labels: [HandleLabel(token: "mug", name: "", mask: 0)], layers: ["mid_block"],
            timesteps: Array(stride(from: 900, through: 0, by: -30)), picture: nil,
            prompt: "a photo of a mug", mask: nil)
        let generated = ImageValue(
            photo,
            metadata: [
                "prompt": "a photo of <asset0> at the beach", "seed": "1", "steps": "30", "model": "collage",
                "model_hash": "9f3a0c11d2e4b5a6",
            ],
            alt: "a photo of <asset0> at the beach   64×48 px, 30 DDIM steps, guidance 3.0, seed 1")
        return tensors() + [
            ("image", .image(photo)), ("generated image", .host(generated)), ("images", [.image(photo), .image(photo)]),
            ("mask", .mask(masks[0])), ("empty mask", .mask(try .filled(0, size: size))),
            ("faint mask", .mask(try .filled(0.25, size: size))),
            ("masks", .list(masks.map { .mask($0) })), ("scene", .host(SceneValue(scene))),
            ("model", .host(ModelValue(base))), ("trained model", .host(model)), ("handle", .host(model.handles[1])),
            ("handles", .list(model.handles.map { .host($0) })), ("history", .host(HistoryValue(model.learned.history))),
            ("attention", .host(attention)), ("kept attention", .host(kept)), ("maps", [.host(attention), .host(attention)]),
            ("leakage", leakage([[0.71, 0.06, 0.01, 0.22], [0.05, 0.68, 0.02, 0.25], [0.04, 0.03, 0.42, 0.51]])),
            ("mixed leakage", leakage([[0.71, 0.06, 0.01, 0.22], [0.45, 0.38, 0.02, 0.15], [0.04, 0.03, 0.62, 0.31]])),
            (
                "difference",
                .host(
                    DifferenceValue(
                        names: ("collage", "collage"),
                        changes: [
                            BlockChange(block: "unet.up_blocks.2.attentions", norm: 0.5123, relative: 0.0123),
                            BlockChange(block: "text_encoder.text_model.encoder.layers", norm: 0.25, relative: 0.004),
                            BlockChange(block: "handle <asset0>", norm: 0.1, relative: 0.5),
                        ]))
            ),
            ("no difference", .host(DifferenceValue(names: ("collage", "collage"), changes: []))),
            ("table", .host(table(rows: 3))), ("long table", .host(table(rows: 60))),
            (
                "record",
                .record(
                    Record([
                        ("photo", .host(SceneValue(scene))), ("loss", .float(0.25)), ("model", .host(model)),
                        ("masks", .list(masks.map { .mask($0) })),
                    ]))
            ),
        ]
    }

    private static func tensors() -> [(String, Value)] {
        let wave = (0..<288).map { Float($0 * $0 % 37) / 9 - 2 }
        return [
            ("tensor", .tensor(Tensor(wave, shape: [1, 6, 6, 8]))), ("small tensor", .tensor(Tensor([1, 0.5, -2, 3e-5], shape: [2, 2]))),
            ("broken tensor", .tensor(Tensor([.nan, .infinity, -.infinity] + wave.prefix(21), shape: [4, 6]))),
            ("constant tensor", .tensor(Tensor.zeros([3, 8]))),
        ]
    }

    private static func box(_ x0: Int, _ y0: Int, _ x1: Int, _ y1: Int, _ size: PixelSize) throws -> Mask {
        Mask(
            width: size.width, height: size.height,
            values: (0..<size.width * size.height).map { place in
                (x0..<x1).contains(place % size.width) && (y0..<y1).contains(place / size.width) ? 1 : 0
            })
    }

    private static func leakage(_ shares: [[Double]]) -> Value {
        .host(
            LeakageValue(
                matrix: LeakageMatrix(
                    handles: ["<asset0>", "<asset1>", "<asset2>"], maskNames: ["mask 0", "mask 1", "mask 2"], shares: shares,
                    chance: [0.12, 0.1, 0.03, 0.75], meanIoU: [0.55, 0.61, 0.49], iouOfMean: [0.6, 0.66, 0.51],
                    attention: [2.5, 3.25, 0.5],
                    pairing: "<asset0> <asset1> <asset2> of toys")))
    }

    /// As after forty steps of phase one and twenty of phase two, with losses that are made up.
    private static func trained(_ base: DiffusionModel) throws -> ModelValue {
        let width = base.textEncoder.configuration.hiddenSize
        let starts = Tensor.concatenated(try ["toy", "ball"].map { try base.embedding(ofWord: $0).reshaped([1, width]) }, axis: 0)
        var learned = LearnedModel(try base.addingHandles(["<asset0>", "<asset1>"], embeddings: starts))
        learned.base = base
        learned.model.textEncoder.handleEmbedding = .leaf(starts.scaled(by: 1.5))
        learned.provenance = ["phase 1, 40 steps, lr 0.0005, seed 1, table", "phase 2, 20 steps, lr 2e-06, seed 1, table"]
        for step in 0..<60 {
            let fall = 1 / Float(1 + step % 40)
            learned.history.append(
                .init(
                    phase: step < 40 ? 1 : 2, step: step % 40 + 1,
                    losses: LossValues([0.01 + 0.1 * fall, 0.05, step < 40 ? 0.3 * fall : 0]),
                    gradientNorm: 1 + fall, subsets: [["<asset0>"]]))
        }
        return ModelValue(learned)
    }

    private static func table(rows: Int) -> TableValue {
        TableValue(
            columns: ["name", "a description that goes on", "iou", "steps", "kept in its own mask", "kept in the mask of another"],
            rows: (0..<rows).map { row in
                [
                    .string("run \(row)"), .string("with the attention loss times \(row) and a long story of why"), .float(Double(row) / 7),
                    .int(row * 100), row == 1 ? .none : .float(0.5), .float(0.25),
                ]
            })
    }
}
