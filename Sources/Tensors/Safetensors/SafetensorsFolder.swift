// Finding the file of a model's folder that holds its weights.
import Glibc

/// Finds the file of a model's folder that holds its weights.
public enum SafetensorsFolder {
    /// Opens the weights of one component, such as `unet/` with stem `diffusion_pytorch_model` or `text_encoder/` with stem
    /// `model`: the single file, else the index of shards, else the same in half precision (`.fp16`); with a `variant`,
    /// only that one.
    ///
    /// Throws ``FileError``, which names the first file that was looked for, where there is none; ``SafetensorsError``
    /// where it is broken.
    public static func open(_ folder: String, stem: String, variant: String? = nil) throws
        -> any SafetensorsSource
    {
        for variant in variant.map({ [$0] }) ?? ["", "fp16"] {
            let infix = variant.isEmpty ? "" : ".\(variant)"
            let file = "\(folder)/\(stem)\(infix).safetensors"
            if access(file, F_OK) == 0 { return try SafetensorsFile(path: file) }
            let index = "\(folder)/\(stem).safetensors.index\(infix).json"
            if access(index, F_OK) == 0 { return try ShardedSafetensors(index) }
        }
        let infix = variant.map { ".\($0)" } ?? ""
        throw FileError(.open, "\(folder)/\(stem)\(infix).safetensors", reason: .notFound, code: ENOENT)
    }
}
