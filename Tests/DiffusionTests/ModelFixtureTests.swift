import Autograd
import Foundation
import NeuralNetwork
import TestSupport
import Testing

@testable import Diffusion
@testable import Tensors

/// What diffusers computed for a model folder (Tests/Fixtures/models/README.md).
struct ModelFixture {
    let name: String
    let folder: String
    let file: SafetensorsFile
    let json: JSON

    /// The embedded model's weights are those that ship; its fixture has none of its own.
    init(_ name: String) throws {
        self.name = name
        folder = name == "embedded" ? Fixtures.root + "/stdlib/models/collage" : Fixtures.path("models/\(name)")
        file = try SafetensorsFile(path: Fixtures.path("models/\(name)/expected.safetensors"))
        let text = try ReadableFile.contents(Fixtures.path("models/\(name)/expected.json"))
        json = try JSON.parse(text)
    }

    static let names = ["tiny-collage", "tiny-sd15", "tiny-sd21", "embedded"]

    func tensor(_ key: String) throws -> Tensor {
        Tensor(try file.readFloats(key), shape: try file.entry(key).shape)
    }

    /// NCHW on disk, NHWC here.
    func picture(_ key: String) throws -> Tensor { try tensor(key).permuted([0, 2, 3, 1]) }

    /// Token ids of the fixture's prompts; a tiny model takes only their beginnings.
    func promptIDs(_ model: DiffusionModel) throws -> [[Int]] {
        try strings("prompts").map { try model.tokenizer.encodePadded($0, truncation: true).ids }
    }

    func strings(_ key: String) -> [String] { json[key]?.arrayValue?.compactMap(\.stringValue) ?? [] }
}

/// The largest difference relative to the expected tensor's range.
func difference(_ tensor: Tensor, _ expected: Tensor) -> Float {
    guard tensor.shape == expected.shape else { return .infinity }
    let range = max(expected.maximum, -expected.minimum)
    return (tensor - expected).map(.abs).maximum / max(range, 1e-30)
}

@Suite struct ModelFixtureTests {
    @Test(arguments: ModelFixture.names)
    func tokensAndTextEncoderEqualTransformers(_ name: String) throws {
        let fixture = try ModelFixture(name)
        let model = try ModelFolder.load(fixture.folder)
        let expected = try fixture.file.readInts("tokens.ids")
        let length = try fixture.file.entry("tokens.ids").shape[1]
        for (index, prompt) in fixture.strings("token_prompts").enumerated() {
            let ids = try model.tokenizer.encodePadded(prompt, truncation: true).ids
            #expect(ids == Array(expected[index * length..<(index + 1) * length]), "\(prompt)")
        }
        let hidden = model.textEncoder(try fixture.promptIDs(model))
        #expect(difference(hidden[layer: 0].value, try fixture.tensor("text.hidden")) < 1e-4)
    }

    @Test(arguments: ModelFixture.names)
    func unetAndItsAttentionEqualDiffusers(_ name: String) throws {
        let fixture = try ModelFixture(name)
        let model = try ModelFolder.load(fixture.folder)
        var pass = UNetPass(TextStates(Variable(try fixture.tensor("text.hidden"))), recording: .all)
        let timesteps = try fixture.file.readFloats("input.timesteps")
        let out = model.unet(Variable(try fixture.picture("input.latents")), timesteps: timesteps, &pass)
        #expect(difference(out.value, try fixture.picture("unet.out")) < 1e-4)
        let layers = fixture.file.tensors.map(\.name).filter { $0.hasPrefix("attention.") }
        #expect(layers.count == pass.maps.count && !layers.isEmpty)
        for map in pass.maps {
            #expect(difference(map.probabilities.value.mean([1]), try fixture.tensor("attention.\(map.layer)")) < 1e-4, "\(map.layer)")
            if fixture.file.contains("attention_full.\(map.layer)") {
                #expect(difference(map.probabilities.value, try fixture.tensor("attention_full.\(map.layer)")) < 1e-4, "\(map.layer)")
            }
        }
        // Without recording (tiled attention), and with the text's projections given back: the same.
        var plain = UNetPass(TextStates(Variable(try fixture.tensor("text.hidden"))), reusing: pass.textProjections)
        let again = model.unet(Variable(try fixture.picture("input.latents")), timesteps: timesteps, &plain)
        #expect(difference(again.value, out.value) < 1e-5)
        #expect(plain.maps.isEmpty)
    }

    @Test(arguments: ModelFixture.names)
    func autoencoderEqualsDiffusers(_ name: String) throws {
        let fixture = try ModelFixture(name)
        let model = try ModelFolder.load(fixture.folder)
        let posterior = model.vae.encode(try fixture.picture("input.picture"))
        #expect(difference(posterior.mean, try fixture.picture("vae.mean")) < 1e-4)
        #expect(difference(posterior.std, try fixture.picture("vae.std")) < 1e-4)
        let decoded = model.vae.decode(try fixture.picture("input.decoder_latents"))
        #expect(difference(decoded, try fixture.picture("vae.decoded")) < 1e-4)
    }

    /// Gradients of sum(out · w) through U-Net and text encoder together: of the latents in full, of every parameter
    /// by its norm and by its product with a wave.
    @Test(arguments: ModelFixture.names)
    func gradientsEqualPyTorch(_ name: String) throws {
        let fixture = try ModelFixture(name)
        var model = try ModelFolder.load(fixture.folder)
        model.unet.requireGrad { _ in true }
        model.textEncoder.requireGrad { _ in true }
        let latents = Variable.leaf(try fixture.picture("input.latents"))
        let hidden = model.textEncoder(try fixture.promptIDs(model))
        var pass = UNetPass(hidden)
        let out = model.unet(latents, timesteps: try fixture.file.readFloats("input.timesteps"), &pass)
        let gradients = Gradients(of: out, seed: try fixture.picture("input.weights"))
        #expect(difference(try #require(gradients[latents]), try fixture.picture("gradient.latents")) < 1e-3)

        let parts = [("unet", model.unet.parameters()), ("text_encoder", model.textEncoder.parameters())]
        let expected = try Dictionary(
            uniqueKeysWithValues: fixture.file.tensors.map(\.name).filter {
                $0.hasPrefix("gradient.unet.") || $0.hasPrefix("gradient.text_encoder.")
            }.map { ($0, try fixture.file.readFloats($0)) })
        #expect(expected.count == parts.reduce(0) { $0 + $1.1.count })
        let largest = expected.values.map { $0[0] }.max() ?? 0
        for (part, parameters) in parts {
            for (parameter, variable) in parameters {
                let key = "gradient.\(part).\(parameter)"
                let values = try #require(expected[key], "\(key)")
                let gradient = ParameterFile.toDisk(gradients[variable] ?? .zeros(variable.shape)).values
                let norm = gradient.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
                if values[0] < 1e-6 * largest {
                    #expect(norm < 2e-6 * Double(largest), "\(key)")
                    continue
                }
                let wave = gradient.enumerated().reduce(0.0) { $0 + Double($1.element) * Foundation.sin(0.37 * Double($1.offset + 1)) }
                #expect(abs(norm - Double(values[0])) < 1e-3 * Double(values[0]), "\(key): \(norm), expected \(values[0])")
                #expect(abs(wave - Double(values[1])) < 1e-3 * Double(values[0]), "\(key)")
            }
        }
    }

    @Test(arguments: ModelFixture.names)
    func generationEqualsDiffusers(_ name: String) throws {
        let fixture = try ModelFixture(name)
        let model = try ModelFolder.load(fixture.folder)
        let settings = try #require(fixture.json["generation"])
        let steps = try #require(settings["steps"]?.intValue)
        // As the fixture was drawn; one folder names another scheduler.
        let options = GenerationOptions(
            steps: steps, plan: try DDIMScheduler(model.scheduler).plan(steps: steps),
            guidanceScale: try #require(settings["guidance"]?.doubleValue))
        let latents = try model.sampleLatents(
            [try #require(settings["prompt"]?.stringValue)], initial: try fixture.picture("generation.initial"), options)
        #expect(difference(latents, try fixture.picture("generation.latents")) < 1e-3)
        #expect(difference(model.decodeLatents(latents), try fixture.picture("generation.picture")) < 1e-3)
    }
}
