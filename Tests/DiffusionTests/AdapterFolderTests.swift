// Folders that hold an adapter in peft's layout, and the base models that they name.
import Tensors
import TestSupport
import Testing

@testable import Diffusion

@Suite struct AdapterFolderTests {
    private let folder: TemporaryFolder
    private let basePath: String
    private let base: DiffusionModel

    init() throws {
        folder = try TemporaryFolder()
        basePath = try ModelFixture("tiny-sd15").folder
        base = try ModelFolder.load(basePath)
    }

    /// Writes an adapter's folder with the names that peft gives factors of a U-Net's weights.
    private func adapter(_ settings: String, size: String? = nil) throws -> String {
        let (path, source) = ("\(folder.path)/tuned", "\(folder.path)/lora.safetensors")
        try FileSystem.createFolder(path)
        _ = try LoRAFile.write(base.changedByRankTwo(), base: base, to: source, rank: 2, format: .diffusers)
        let file = try SafetensorsFile(path: source)
        let tensors = try file.tensors.map { entry in
            SafetensorsTensor(
                entry.name.replacing("unet.", with: "base_model.model."), Tensor(try file.readFloats(entry.name), shape: entry.shape))
        }
        try SafetensorsWriter.write("\(path)/adapter_model.safetensors", tensors)
        try AtomicFile.write("\(path)/adapter_config.json", text: settings)
        if let size { try AtomicFile.write("\(path)/bas.json", text: size) }
        return path
    }

    private func settings(_ more: String = "\"lora_alpha\": 2", base: String? = nil) -> String {
        "{\"peft_type\": \"LORA\", \"base_model_name_or_path\": \"\(base ?? basePath)\", \"r\": 2, \(more)}"
    }

    private func distance(_ a: DiffusionModel, _ b: DiffusionModel) -> Float {
        zip(a.unet.parameters(), b.unet.parameters()).map { ($0.value.value - $1.value.value).map(.abs).maximum }.max() ?? 0
    }

    @Test func anAdapterIsAModelOfItsOwn() throws {
        let path = try adapter(settings(), size: "{\"sample_size\": 8}")
        let (model, wanted) = (try ModelFolder.load(path), try base.changedByRankTwo())
        #expect(distance(model, wanted) < 1e-5 && distance(model, base) > 1e-3)
        #expect(model.name == "tuned" && model.folder == path && model.changedParameters.isEmpty)
        #expect(model.latentSize == (8, 8) && base.latentSize != (8, 8))
        #expect(try ModelFolder.outline(path).pixelSize == model.pixelSize)
        #expect(ModelFolder.places(path).contains(path) && ModelFolder.places(path).contains("\(basePath)/unet"))
        // Saved, it needs its base no longer, and draws at its own size in other programs too.
        let whole = "\(folder.path)/whole"
        try ModelFolder.save(model, to: whole, dtype: .f32)
        let again = try ModelFolder.load(whole)
        #expect(again.fingerprint == model.fingerprint && again.latentSize == (8, 8))
    }

    @Test func alphaScalesTheChange() throws {
        let half = try ModelFolder.load(try adapter(settings("\"lora_alpha\": 1")))
        let whole = try base.changedByRankTwo()
        var middle = base
        middle.replaceParameters(
            Dictionary(
                uniqueKeysWithValues: zip(base.unet.parameters(), whole.unet.parameters()).map {
                    ("unet." + $0.name, $0.value.value.combined(0.5, with: $1.value.value, 0.5))
                }))
        #expect(distance(half, middle) < 1e-5)
        #expect(half.latentSize == base.latentSize)
    }

    @Test(arguments: [
        ("\"use_dora\": true", "use_dora"), ("\"use_rslora\": true", "use_rslora"), ("\"bias\": \"all\"", "bias"),
        ("\"alpha_pattern\": {\"to_q\": 4}", "alpha_pattern"), ("\"lora_alpha\": \"two\"", "lora_alpha"),
        ("\"peft_type\": \"IA3\"", "peft_type"),
    ])
    func whatChangesTheResultIsRefused(_ setting: String, _ key: String) throws {
        let type = key == "peft_type" ? "" : ", \"peft_type\": \"LORA\""
        let text = "{\(setting), \"base_model_name_or_path\": \"\(basePath)\"\(type)}"
        let path = try adapter(text)
        #expect { try ModelFolder.load(path) } throws: { ($0 as? ConfigurationError)?.key == key }
    }

    @Test func theBaseMustBeAModel() throws {
        for name in ["", "runwayml/stable-diffusion-v1-5", "/nowhere"] {
            let path = try adapter(settings(base: name))
            #expect { try ModelFolder.load(path) } throws: { ($0 as? ConfigurationError)?.key == "base_model_name_or_path" }
        }
        // An adapter of itself would have no end.
        let path = try adapter(settings(base: "."))
        #expect(throws: ModelError.notAModelFolder(path: "\(path)/.", missing: "model_index.json")) { try ModelFolder.load(path) }
        _ = try adapter(settings())
        try FileSystem.remove("\(path)/adapter_model.safetensors")
        #expect(throws: FileError.self) { try ModelFolder.load(path) }
    }
}
