import Diffusion
import Images
import Tensors
import TestSupport
import Testing

@testable import Evaluators

/// What transformers computed for an evaluator's folder (Tests/Fixtures/evaluators/README.md).
private struct Fixture {
    let folder: String
    let file: SafetensorsFile

    init(_ name: String) throws {
        folder = Fixtures.path("evaluators/\(name)")
        file = try SafetensorsFile(path: folder + "/expected.safetensors")
    }

    static let texts = ["a photo of a dog at the beach", "two red cups", ""]

    static func pictures() throws -> [Image] {
        try ["photo.jpg", "pattern.png", "expected_photo_40.png"].map { try Image(contentsOf: Fixtures.path("images/\($0)")) }
    }

    func reference(_ key: String) throws -> Reference {
        Reference(Tensor(try file.readFloats(key), shape: try file.entry(key).shape))
    }
}

@Suite struct EvaluatorTests {
    private static let folders = ["clip", "clip-old", "vit", "dinov2"]

    private func settings(of evaluator: any Evaluator) -> ImageProcessing? {
        (evaluator as? CLIPEvaluator)?.processing ?? (evaluator as? VisionEvaluator)?.processing
    }

    /// Resizing, cropping and normalizing equal transformers' to the last bit that float32 tells.
    @Test(arguments: folders) func picturesArePreparedAsByTransformers(_ name: String) throws {
        let fixture = try Fixture(name)
        let found = settings(of: try EvaluatorFolder.load(fixture.folder))
        let processing = try #require(found)
        let pixels = try processing(Array(Fixture.pictures().prefix(2)))
        expectClose(pixels.permuted([0, 3, 1, 2]), try fixture.reference("pixels"), within: 1e-6, name)
    }

    @Test(arguments: folders) func featuresOfPicturesEqualTransformers(_ name: String) throws {
        let fixture = try Fixture(name)
        let loaded = try EvaluatorFolder.load(fixture.folder)
        let evaluator = try #require(loaded as? any IdentityEncoder)
        expectClose(try evaluator.identityFeatures(Fixture.pictures()), try fixture.reference("image_features"), within: 1e-5, name)
        #expect(evaluator.featureSize == (name.hasPrefix("clip") ? 10 : 12) && evaluator.name == name)
    }

    @Test(arguments: ["clip", "clip-old"]) func featuresOfTextsEqualTransformers(_ name: String) throws {
        let fixture = try Fixture(name)
        let loaded = try EvaluatorFolder.load(fixture.folder)
        let evaluator = try #require(loaded as? any ImageTextEncoder)
        expectClose(try evaluator.textFeatures(Fixture.texts), try fixture.reference("text_features"), within: 1e-5, name)
        #expect(try evaluator.textFeatures([]).shape == [0, 10])
        #expect(throws: TokenizerError.self) { try evaluator.textFeatures([String(repeating: "dog ", count: 60)]) }
    }

    /// More pictures than fit a batch give the same rows, and none give no row.
    @Test func batchesDoNotMatter() throws {
        let loaded = try EvaluatorFolder.load(Fixtures.path("evaluators/vit"))
        let evaluator = try #require(loaded as? any IdentityEncoder)
        let pictures = try Fixture.pictures()
        let many = try evaluator.identityFeatures((0..<10).map { pictures[$0 % 3] })
        let few = try evaluator.identityFeatures(pictures)
        #expect(relativeError(many.row(9).values, few.row(0).values.map(Double.init)) < 1e-6)
        #expect(try evaluator.identityFeatures([]).shape == [0, 12])
    }

    @Test func cosinesAreThoseOfRows() {
        let rows = Features.normalized(Tensor([3, 4, 0, 0, -6, -8], shape: [3, 2]))
        let cosines = Features.cosines(rows, rows)
        #expect(abs(cosines[0][0] - 1) < 1e-7 && abs(cosines[0][2] + 1) < 1e-7 && cosines[0][1] == 0 && cosines[1][1] == 0)
    }

    // MARK: segmenter

    /// Where two things show in three pictures equals PyTorch's answer; pictures are looked at one by one, and keep their size.
    @Test func segmentsEqualPyTorch() throws {
        let fixture = try Fixture("segmenter")
        let loaded = try EvaluatorFolder.load(fixture.folder)
        let segmenter = try #require(loaded as? Segmenter)
        let pictures = try Fixture.pictures()
        let things = try segmenter.prepared(Array(pictures.prefix(2)), side: 16)
        let context = segmenter.network.context(things, tokens: try segmenter.tokens(Array(pictures.prefix(2))))
        let answers = try pictures.map { picture in
            let image = try segmenter.prepared([picture], side: 32).broadcast(to: [2, 32, 32, 3])
            let (mask, presence) = segmenter.network(image, context: context)
            return (mask.sigmoid().value.reshaped([1, 2, 16, 16]), presence.sigmoid().value.reshaped([1, 2]))
        }
        expectClose(.concatenated(answers.map(\.0), axis: 0), try fixture.reference("masks"), within: 1e-5, "masks")
        expectClose(.concatenated(answers.map(\.1), axis: 0), try fixture.reference("presence"), within: 1e-5, "presence")
        let segments = try segmenter.segments(of: Array(pictures.prefix(2)), in: pictures)
        #expect(segments.map { $0.map(\.mask.size) } == pictures.map { [$0.size, $0.size] })
        for (row, answer) in zip(segments, answers) { #expect(row.map { Float($0.presence) } == answer.1.values) }
        #expect(try segmenter.segments(of: [], in: pictures).map(\.count) == [0, 0, 0])
        #expect(try segmenter.segments(of: pictures, in: []).isEmpty)
    }

    /// A segmenter whose encoder is missing, is another kind of model, or has tokens of another width.
    @Test func aSegmenterNeedsItsEncoder() throws {
        for (encoder, isMissing) in [("nowhere", true), (".", false), (Fixtures.path("evaluators/clip"), false)] {
            let folder = try copy("segmenter")
            let path =
                encoder.hasPrefix("/")
                ? String(repeating: "../", count: folder.path.split(separator: "/").count) + encoder.dropFirst() : encoder
            try settings(folder, "config.json") { $0["reference_encoder"] = .string(path) }
            #expect {
                try EvaluatorFolder.load(folder.path)
            } throws: { error in
                switch error as? EvaluatorError {
                case .missing(_, "config.json"): isMissing
                case .parts: !isMissing
                default: false
                }
            }
        }
        let folder = try copy("segmenter")
        try settings(folder, "config.json") { $0["hidden_size"] = 50 }
        #expect(throws: ConfigurationError.self) { try EvaluatorFolder.load(folder.path) }
    }

    // MARK: wrong folders

    /// A copy of a fixture in which a test breaks something.
    private func copy(_ name: String, without missing: [String] = []) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        for file in FileSystem.contents(Fixtures.path("evaluators/\(name)")) where !missing.contains(file) {
            let bytes = try ReadableFile.contents(Fixtures.path("evaluators/\(name)/\(file)"))
            try AtomicFile.write("\(folder.path)/\(file)") { try $0.write(bytes) }
        }
        return folder
    }

    private func settings(_ folder: TemporaryFolder, _ file: String, _ change: (inout JSONObject) -> Void) throws {
        let path = "\(folder.path)/\(file)"
        var object = try #require(JSON.parse(ReadableFile.contents(path)).objectValue)
        change(&object)
        try AtomicFile.write(path, text: JSON.object(object).text())
    }

    @Test(arguments: ["config.json", "preprocessor_config.json"]) func aMissingFileIsNamed(_ file: String) throws {
        let folder = try copy("vit", without: [file])
        #expect(throws: EvaluatorError.missing(path: folder.path, file: file)) { try EvaluatorFolder.load(folder.path) }
    }

    @Test func foldersThatAreNone() throws {
        #expect(throws: EvaluatorError.noSuchFolder(path: "/nowhere")) { try EvaluatorFolder.load("/nowhere") }
        let file = Fixtures.path("evaluators/vit/config.json")
        #expect(throws: EvaluatorError.notAFolder(path: file)) { try EvaluatorFolder.load(file) }
        let bare = try copy("vit", without: ["model.safetensors"])
        try AtomicFile.write(bare.path + "/pytorch_model.bin", text: "x")
        #expect(throws: EvaluatorError.noWeights(path: bare.path, hasPickle: true)) { try EvaluatorFolder.load(bare.path) }
        let other = try copy("vit")
        try settings(other, "config.json") { $0["model_type"] = "siglip" }
        #expect(throws: EvaluatorError.unsupported(path: other.path, type: "\"siglip\"")) { try EvaluatorFolder.load(other.path) }
    }

    /// A model of other sizes, with a layer too many or too few, names what does not fit.
    @Test func parametersThatDoNotFitAreNamed() throws {
        for (layers, missing, unexpected) in [(3, true, false), (1, false, true)] {
            let folder = try copy("vit")
            try settings(folder, "config.json") { $0["num_hidden_layers"] = JSON(layers) }
            do {
                _ = try EvaluatorFolder.load(folder.path)
                Issue.record("\(layers) layers were read")
            } catch let ModelError.parameters(_, absent, extra, shapes) {
                #expect(absent.isEmpty != missing && extra.isEmpty != unexpected && shapes.isEmpty)
                #expect((absent + extra).allSatisfy { $0.hasPrefix(missing ? "encoder.layer.2." : "encoder.layer.1.") })
            }
        }
        let folder = try copy("clip")
        try settings(folder, "config.json") { $0["projection_dim"] = 11 }
        #expect {
            try EvaluatorFolder.load(folder.path)
        } throws: { error in
            guard case ModelError.parameters(_, let absent, let extra, let shapes) = error else { return false }
            return absent.isEmpty && extra.isEmpty && shapes.map(\.key).sorted() == ["text_projection.weight", "visual_projection.weight"]
        }
    }

    @Test func settingsThatAreNotSupportedAreNamed() throws {
        let cases: [(name: String, file: String, key: String, value: JSON)] = [
            ("vit", "config.json", "hidden_act", "relu"), ("vit", "config.json", "num_channels", 1),
            ("dinov2", "config.json", "use_swiglu_ffn", true), ("vit", "config.json", "num_attention_heads", 5),
            ("clip", "preprocessor_config.json", "resample", 5), ("clip", "preprocessor_config.json", "image_std", [0, 1, 1]),
            ("clip", "preprocessor_config.json", "image_processor_type", "ConvNextImageProcessor"),
            ("vit", "preprocessor_config.json", "size", ["height": 32]), ("dinov2", "preprocessor_config.json", "do_center_crop", false),
        ]
        for (name, file, key, value) in cases {
            let folder = try copy(name)
            try settings(folder, file) { $0[key] = value }
            #expect {
                try EvaluatorFolder.load(folder.path)
            } throws: { error in
                guard let error = error as? ConfigurationError else { return false }
                return error.file.hasSuffix(file)
            }
        }
        let small = try copy("vit")
        try settings(small, "preprocessor_config.json") { $0["size"] = ["height": 24, "width": 24] }
        #expect(throws: EvaluatorError.self) { try EvaluatorFolder.load(small.path) }
    }
}

@Suite struct ImageProcessingTests {
    private func processing(_ text: String) throws -> ImageProcessing {
        try ImageProcessing(JSON.parse(Array(text.utf8)), file: "preprocessor_config.json")
    }

    /// The published files of CLIP, DINO and DINOv2 in their old spellings.
    @Test func oldFilesAreRead() throws {
        let normal = "\"image_mean\": [0.5, 0.5, 0.5], \"image_std\": [0.5, 0.5, 0.5]"
        let dino = try processing("{\"feature_extractor_type\": \"ViTFeatureExtractor\", \"resample\": 3, \"size\": 224, \(normal)}")
        #expect(dino.resizing == .exact(.init(width: 224, height: 224)) && dino.crop == nil && dino.filter == .bicubic)
        let clip = try processing("{\"feature_extractor_type\": \"CLIPFeatureExtractor\", \"size\": 224, \"crop_size\": 200, \(normal)}")
        #expect(clip.resizing == .shortestEdge(224) && clip.outputSize == .init(width: 200, height: 200))
        let bit = try processing(
            "{\"image_processor_type\": \"BitImageProcessor\", \"size\": {\"shortest_edge\": 256}, \"crop_size\": {\"height\": 224, \"width\": 224}, \(normal)}"
        )
        #expect(bit.resizing == .shortestEdge(256) && bit.outputSize == .init(width: 224, height: 224))
    }

    /// A picture that is smaller than the crop gets a black border, one more row above where it cannot be even.
    @Test func smallPicturesGetABorder() throws {
        let processing = try processing(
            "{\"do_resize\": false, \"do_rescale\": false, \"do_normalize\": false, \"do_center_crop\": true, \"crop_size\": {\"height\": 4, \"width\": 3}}"
        )
        let image = Image(width: 5, height: 1, pixels: (0..<15).map { UInt8(10 + $0) })
        let pixels = try processing([image])
        #expect(pixels.shape == [1, 4, 3, 3])
        let rows = (0..<4).map { Array(pixels.values[$0 * 9..<$0 * 9 + 9]) }
        #expect(rows[2] == (13..<22).map(Float.init) && [0, 1, 3].allSatisfy { rows[$0].allSatisfy { $0 == 0 } })
    }
}
