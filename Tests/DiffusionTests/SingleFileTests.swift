// The original release's names, all of them, and what shapes say; the answers are diffusers'.
import Tensors
import TestSupport
import Testing

@testable import Diffusion

@Suite struct SingleFileTests {
    private func fixture(_ version: String) throws -> (CheckpointShapes, names: [String: String]) {
        let root = #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
        let json = try JSON.parse(try ReadableFile.contents("/\(root)/Fixtures/single_file/\(version).json", limit: 1 << 22))
        var (shapes, names) = ([String: [Int]](), [String: String]())
        for (key, row) in try #require(json.objectValue).members {
            let row = try #require(row.arrayValue)
            names[key] = try #require(row[0].stringValue)
            shapes[key] = try #require(row[1].arrayValue).compactMap(\.intValue)
        }
        return (CheckpointShapes(path: "model.safetensors", shapes: shapes), names)
    }

    @Test(arguments: [("v1", 859_520_964, 123_060_480), ("v2", 865_910_724, 340_387_840)])
    func fullSizeFilesAreRecognised(_ version: String, _ unetCount: Int, _ textCount: Int) throws {
        let (shapes, names) = try fixture(version)
        let configuration = try SingleFileConfiguration(shapes, prediction: nil)
        let (unet, vae, text) = (
            UNet2DConditionModel(configuration.unet), AutoencoderKL(configuration.vae), CLIPTextModel(configuration.text)
        )
        #expect(unet.parameterCount == unetCount && vae.parameterCount == 83_653_863 && text.parameterCount == textCount)
        #expect(configuration.scheduler.predictionType == (version == "v1" ? .epsilon : .vPrediction))
        #expect(configuration.unet.attentionHeads == (version == "v1" ? [8, 8, 8, 8] : [5, 10, 20, 20]))
        let rules = [
            (SingleFileNames.unetPrefix, "unet.", SingleFileNames.unet(levels: 4, layers: 2, attends: [true, true, true, false])),
            (SingleFileNames.autoencoderPrefix, "vae.", SingleFileNames.autoencoder(levels: 4, layers: 2)),
        ]
        var met = 0
        for (key, name) in names {
            guard let (prefix, part, rules) = rules.first(where: { key.hasPrefix($0.0) }) else { continue }
            let ours = rules.lazy.compactMap { $0.apply(String(key.dropFirst(prefix.count))) }.first
            #expect(part + (ours ?? "") == name, "\(key)")
            met += 1
        }
        #expect(met == 686 + 248)
    }

    @Test func otherFilesAreNamed() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/model.safetensors"
        func error(_ keys: [String]) throws -> String {
            try SafetensorsWriter.write(path, keys.map { SafetensorsTensor($0, shape: [1], [0]) })
            do {
                _ = try SingleFile.recognise(path)
                return ""
            } catch { return "\(error)" }
        }
        #expect(try error(["conditioner.embedders.0.x", "model.diffusion_model.y"]).contains("Stable Diffusion XL"))
        #expect(try error(["model.diffusion_model.joint_blocks.0"]).contains("Stable Diffusion 3"))
        #expect(try error(["lora_unet_x.lora_down.weight"]).contains("load_lora"))
        #expect(try error(["unet.x.lora_A.weight"]).contains("load_lora"))
        #expect(try error(["model.diffusion_model.y"]).contains("first_stage_model."))
        #expect(try error(["whatever"]).contains("no Stable Diffusion checkpoint"))
    }
}
