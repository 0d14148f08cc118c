import Autograd
import NeuralNetwork
import Tensors

extension ModelFolder {
    /// Writes a folder that diffusers' `StableDiffusionPipeline.from_pretrained` loads. Handles become tokens of the
    /// tokenizer and rows of the token table. Throws `FileError`.
    public static func save(_ model: DiffusionModel, to path: String, dtype: SafetensorsDType) throws {
        for part in ["unet", "vae", "text_encoder", "tokenizer", "scheduler"] { try FileSystem.createFolder("\(path)/\(part)") }
        try write(model.unet.configuration.source, to: "\(path)/unet/config.json")
        try write(model.vae.configuration.source, to: "\(path)/vae/config.json")
        var text = model.textEncoder.configuration.source
        text["vocab_size"] = JSON(model.textEncoder.configuration.vocabularySize + model.handles.count)
        try write(text, to: "\(path)/text_encoder/config.json")
        try write(model.scheduler.source, to: "\(path)/scheduler/scheduler_config.json")
        try model.tokenizer.write(toFolder: "\(path)/tokenizer")
        try write(model.unet.parameters(), to: "\(path)/unet/diffusion_pytorch_model.safetensors", dtype)
        try write(model.vae.parameters(), to: "\(path)/vae/diffusion_pytorch_model.safetensors", dtype)
        try write(textParameters(model), to: "\(path)/text_encoder/model.safetensors", dtype)
        // Last: a folder without it was not finished.
        let index = try ReadableFile.contents("\(model.folder)/model_index.json", limit: 1 << 20)
        try AtomicFile.write("\(path)/model_index.json", text: String(decoding: index, as: UTF8.self))
    }

    /// The text encoder's parameters under transformers' names, handles merged into the token table.
    private static func textParameters(_ model: DiffusionModel) -> [(name: String, value: Variable)] {
        model.textEncoder.parameters().compactMap { name, value in
            switch name {
            case CLIPTextModel.handleEmbeddingName: nil
            case CLIPTextModel.tokenEmbeddingName:
                ("text_model." + name, Variable(.concatenated([value.value] + (model.textEncoder.handleEmbedding.map { [$0.value] } ?? []), axis: 0)))
            default: ("text_model." + name, value)
            }
        }
    }

    private static func write(_ json: JSONObject, to path: String) throws {
        try AtomicFile.write(path, text: JSON.object(json).text(pretty: true, allowsNonFinite: true) + "\n")
    }

    private static func write(_ parameters: [(name: String, value: Variable)], to path: String, _ dtype: SafetensorsDType) throws {
        try SafetensorsWriter.write(path, parameters.map { name, value in
            let tensor = ParameterFile.toDisk(value.value)
            return SafetensorsTensor(name, dtype, shape: tensor.shape, tensor.values)
        })
    }
}
