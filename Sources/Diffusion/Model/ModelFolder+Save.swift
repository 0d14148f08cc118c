import Autograd
import NeuralNetwork
import Tensors

extension ModelFolder {
    /// Writes a folder that diffusers' `StableDiffusionPipeline.from_pretrained` loads. Handles become tokens of the
    /// tokenizer and rows of the token table; `bas.json` names them for `load`. Handles with an embedding for each layer are there by
    /// their means, and in full in a file of their own (`layeredHandles`). The folder is either the old one or all of
    /// the new one, whatever happens: it is written beside its place and moved there at the end. Other files of an old
    /// folder are kept. Throws `FileError`, `SafetensorsError`.
    public static func save(_ model: DiffusionModel, to path: String, dtype: SafetensorsDType) throws {
        try FolderReplacement.write(path) { try write(model, to: $0, dtype) }
        removeOldHandles(model, from: path)
    }

    private static func write(_ model: DiffusionModel, to path: String, _ dtype: SafetensorsDType) throws {
        for part in ["unet", "vae", "text_encoder", "tokenizer", "scheduler"] { try FileSystem.createFolder("\(path)/\(part)") }
        var unet = model.unet.configuration.source
        // diffusers draws at this size where it is told none.
        if model.isResized { unet["sample_size"] = sampleSize(model.latentSize) }
        try write(unet, to: "\(path)/unet/config.json")
        try write(model.vae.configuration.source, to: "\(path)/vae/config.json")
        var text = model.textEncoder.configuration.source
        text["vocab_size"] = JSON(model.textEncoder.configuration.vocabularySize + model.handles.count)
        // The type that transformers loads the text encoder in: that of the other parts, whatever the file has. Without it
        // the text encoder would have the file's type, which diffusers' U-Net, in float32, would refuse.
        text["dtype"] = "float32"
        if text["torch_dtype"] != nil { text["torch_dtype"] = "float32" }
        try write(text, to: "\(path)/text_encoder/config.json")
        try write(model.scheduler.source, to: "\(path)/scheduler/scheduler_config.json")
        try model.tokenizer.write(toFolder: "\(path)/tokenizer")
        try write(model.unet.parameters(), to: "\(path)/unet/diffusion_pytorch_model.safetensors", dtype)
        try write(model.vae.parameters(), to: "\(path)/vae/diffusion_pytorch_model.safetensors", dtype)
        try write(textParameters(model), to: "\(path)/text_encoder/model.safetensors", dtype)
        try writeHandles(model, local: writeLocalAttention(model, to: path), to: path)
        // Last, since a folder without it is not complete.
        try write(index(model), to: "\(path)/model_index.json")
    }

    private static func sampleSize(_ size: (height: Int, width: Int)) -> JSON {
        size.height == size.width ? JSON(size.height) : [JSON(size.height), JSON(size.width)]
    }

    /// The parts that are written, and null for the others: diffusers looks for every part that is not null.
    private static func index(_ model: DiffusionModel) -> JSONObject {
        var index = JSONObject([
            ("_class_name", "StableDiffusionPipeline"), ("_diffusers_version", "0.42.1"), ("requires_safety_checker", false),
        ])
        for part in ["feature_extractor", "image_encoder", "safety_checker"] { index[part] = [nil, nil] }
        index["scheduler"] = ["diffusers", .string(model.scheduler.className)]
        index["text_encoder"] = ["transformers", "CLIPTextModel"]
        index["tokenizer"] = ["transformers", "CLIPTokenizer"]
        index["unet"] = ["diffusers", "UNet2DConditionModel"]
        index["vae"] = ["diffusers", "AutoencoderKL"]
        return index
    }

    /// The text encoder's parameters under transformers' names, with the handles as the last rows of the token table.
    private static func textParameters(_ model: DiffusionModel) -> [(name: String, value: Variable)] {
        model.textEncoder.parameters().compactMap { name, value in
            switch name {
            case CLIPTextModel.handleEmbeddingName: nil
            case CLIPTextModel.tokenEmbeddingName:
                ("text_model." + name, Variable(.concatenated([value.value] + sharedHandles(model), axis: 0)))
            default: ("text_model." + name, value)
            }
        }
    }

    /// The handles as rows [K, D] of a token table, none without handles.
    private static func sharedHandles(_ model: DiffusionModel) -> [Tensor] {
        guard let table = model.textEncoder.handleEmbedding?.value else { return [] }
        return [model.hasHandlesPerLayer ? table.mean([1]) : table]
    }

    static func write(_ json: JSONObject, to path: String) throws {
        try AtomicFile.write(path, text: JSON.object(json).text(pretty: true, allowsNonFinite: true) + "\n")
    }

    private static func write(_ parameters: [(name: String, value: Variable)], to path: String, _ dtype: SafetensorsDType) throws {
        try SafetensorsWriter.write(
            path,
            parameters.map { name, value in
                // Brought into the layout on disk only when it is written, so that one tensor is held twice, not all.
                SafetensorsTensor(name, dtype, shape: ParameterFile.diskShape(value.shape)) { take in
                    try Cancellation.check()
                    try ParameterFile.toDisk(value.value).withValues(take)
                }
            })
    }
}
