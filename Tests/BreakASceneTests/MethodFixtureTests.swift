import Autograd
import Diffusion
import Images
import NeuralNetwork
import TestSupport
import Testing

@testable import BreakAScene
@testable import Tensors

/// Ten steps a phase that the PyTorch reference took, everything random recorded (Tests/Fixtures/method/README.md).
struct MethodFixture {
    let file: SafetensorsFile
    /// What several fixtures hold in common, and where in it this one's tensors lie, by their keys.
    private let shared: SafetensorsFile
    private let places: JSON
    let settings: JSON
    let modelFolder: String

    init(_ name: String) throws {
        file = try SafetensorsFile(path: Fixtures.path("method/\(name).safetensors"))
        shared = try SafetensorsFile(path: Fixtures.path("method/shared.safetensors"))
        places = try JSON.parse(file.metadata["shared"] ?? "{}")
        settings = try JSON.parse(file.metadata["settings"] ?? "")
        let model = file.metadata["model"] ?? ""
        modelFolder = model.hasPrefix("tiny") ? Fixtures.path("models/\(model)") : Fixtures.root + "/stdlib/models/collage"
    }

    /// The file that holds a tensor, and the tensor's key there.
    private func place(_ key: String) -> (file: SafetensorsFile, key: String) {
        places[key]?.stringValue.map { (shared, $0) } ?? (file, key)
    }
    func contains(_ key: String) -> Bool { place(key).file.contains(place(key).key) }
    func floats(_ key: String) throws -> [Float] { try place(key).file.readFloats(place(key).key) }
    func ints(_ key: String) throws -> [Int] { try place(key).file.readInts(place(key).key) }
    func tensor(_ key: String) throws -> Tensor {
        Tensor(try floats(key), shape: try place(key).file.entry(place(key).key).shape)
    }
    func picture(_ key: String) throws -> Tensor { try tensor(key).permuted([0, 2, 3, 1]) }
    func number(_ key: String) -> Double { settings[key]?.doubleValue ?? 0 }
    func flag(_ key: String) -> Bool { settings[key]?.boolValue ?? false }

    func options(phase: Int) -> TrainingOptions {
        var options = TrainingOptions()
        options.steps = 10
        options.optimizer.lr = number("lr\(phase)")
        options.attentionWeight = flag("no_attention") ? 0 : number("attention_weight")
        options.priorWeight = number("prior") == 0 ? 0 : number("prior_weight")
        options.isMasked = !flag("no_mask")
        return options
    }

    /// Photo and masks as the reference had them, at the model's size already.
    func scene(_ model: DiffusionModel) throws -> PreparedScene {
        let photo = try Image(try picture("image"))
        let values = try tensor("masks")
        let masks = (0..<values.shape[0]).map { Mask(width: photo.width, height: photo.height, values: values.row($0).values) }
        let latents = PixelSize(width: model.latentSize.width, height: model.latentSize.height)
        return try PreparedScene(Scene(image: photo, masks: masks), photo: photo, masks: masks, latents: latents, .nearest)
    }

    func prior() throws -> PriorSet? {
        guard contains("00.prior_mean") else { return nil }
        let (mean, std, ids) = (try picture("00.prior_mean"), try picture("00.prior_std"), try ints("00.prior_ids"))
        let count = mean.shape[0]
        let length = ids.count / count
        return PriorSet(
            prompts: Array(repeating: "", count: count), ids: (0..<count).map { Array(ids[$0 * length..<($0 + 1) * length]) },
            pictures: .zeros([0]),
            posteriors: (0..<count).map { DiagonalGaussian(mean: mean.rows($0..<$0 + 1), std: std.rows($0..<$0 + 1)) })
    }

    /// The batch of a step, 1…20.
    func batch(_ step: Int, _ model: DiffusionModel, _ scene: PreparedScene, _ prior: PriorSet?) throws -> TrainingBatch {
        let s = step < 10 ? "0\(step)" : "\(step)"
        let union = UnionSample(chosen: try ints("\(s).chosen"), isFlipped: try ints("\(s).flip")[0] == 1)
        let photo = model.posterior(of: scene.pictures[union.isFlipped ? 1 : 0]).sample(try picture("\(s).posterior_noise"))
        var (latents, ids) = ([photo], try model.tokenize([union.prompt(model.handles)]))
        if let prior {
            let pick = try ints("\(s).prior")[0]
            latents.insert(prior.posteriors[pick].sample(try picture("\(s).prior_posterior_noise")), at: 0)
            ids.insert(prior.ids[pick], at: 0)
        }
        return TrainingBatch(
            samples: [union], priorCount: prior == nil ? 0 : 1, ids: ids,
            latents: Tensor.concatenated(latents, axis: 0).scaled(by: model.vae.configuration.scalingFactor),
            noise: try picture("\(s).noise"), timesteps: try ints("\(s).timesteps"))
    }
}

private let fixtures = [
    "collage_prior", "collage_small_rate", "collage_three_things", "sd15_prior", "sd15_no_prior", "sd15_clipped", "sd15_no_mask",
    "sd15_single_no_attention", "sd15_per_layer", "sd21_prior", "sd21_no_prior", "sd21_small_rate", "embedded_collage", "embedded_defaults",
]

/// |a − b| within 1e-3 of |b|.
private func isClose(_ a: Float, _ b: Float, within tolerance: Float = 1e-3) -> Bool { abs(a - b) <= tolerance * max(abs(b), 1e-8) }

@Suite struct MethodFixtureTests {
    @Test(arguments: fixtures)
    func trainingEqualsTheReferenceStepByStep(_ name: String) throws {
        let fixture = try MethodFixture(name)
        let base = try ModelFolder.load(fixture.modelFolder)
        let start = try fixture.tensor("00.handles")
        var model = try base.addingHandles((0..<start.shape[0]).map { "<asset\($0)>" }, embeddings: start)
        let (scene, prior) = (try fixture.scene(model), try fixture.prior())
        for phase in 1...2 {
            let before = model
            var run = TrainingRun(phase: phase, model, scene: scene, prior: prior, options: fixture.options(phase: phase), seed: 0)
            for step in 10 * phase - 9...10 * phase {
                let s = step < 10 ? "0\(step)" : "\(step)"
                let losses = try run.advance(try fixture.batch(step, run.model, scene, prior))
                let expected = try fixture.floats("\(s).losses")
                #expect(
                    isClose(losses.values[.reconstruction], expected[0]),
                    "\(s) reconstruction \(losses.values[.reconstruction]), expected \(expected[0])")
                #expect(isClose(losses.values[.prior], expected[1]), "\(s) prior \(losses.values[.prior]), expected \(expected[1])")
                #expect(
                    isClose(losses.values[.attention], expected[2]), "\(s) attention \(losses.values[.attention]), expected \(expected[2])")
                let norm = try #require(run.history.entries.last).gradientNorm
                #expect(isClose(norm, try fixture.floats("\(s).gradient_norm")[0]), "\(s) gradient norm \(norm)")
                let handles = try #require(run.model.textEncoder.handleEmbedding).value
                let wanted = try fixture.tensor("\(s).handles")
                #expect((handles - wanted).sumOfSquares.squareRoot() <= 1e-3 * wanted.sumOfSquares.squareRoot(), "\(s) handles")
            }
            model = run.result
            try expectChanges(fixture, phase: phase, from: before, to: model)
        }
    }

    /// The norm of the change of every block since the phase began.
    private func expectChanges(_ fixture: MethodFixture, phase: Int, from before: DiffusionModel, to after: DiffusionModel) throws {
        var squares: [String: Double] = [:]
        func add(_ part: String, _ old: [(name: String, value: Variable)], _ new: [(name: String, value: Variable)]) {
            for ((name, a), (_, b)) in zip(old, new) {
                // The handles are rows of the token table there.
                let name = name == CLIPTextModel.handleEmbeddingName ? CLIPTextModel.tokenEmbeddingName : name
                let block = ([part] + name.split(separator: ".").map(String.init)).prefix(3).joined(separator: ".")
                squares[block, default: 0] += (a.value - b.value).sumOfSquares
            }
        }
        add("unet", before.unet.parameters(), after.unet.parameters())
        add("text_encoder", before.textEncoder.parameters(), after.textEncoder.parameters())
        let prefix = "\(10 * phase).change."
        let expected = fixture.file.tensors.map(\.name).filter { $0.hasPrefix(prefix) }
        #expect(Set(expected.map { String($0.dropFirst(prefix.count)) }) == Set(squares.keys))
        for key in expected {
            let (block, wanted) = (String(key.dropFirst(prefix.count)), try fixture.floats(key)[0])
            let change = Float((squares[block] ?? 0).squareRoot())
            #expect(isClose(change, wanted), "\(block) changed by \(change), expected \(wanted)")
        }
    }
}
