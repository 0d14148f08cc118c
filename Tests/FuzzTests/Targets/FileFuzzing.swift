import Diffusion
import Glibc
import Images
import Tensors

/// Files that other programs wrote.
enum FileFuzzing {
    /// Header, then every tensor of a size that the file can hold.
    static func safetensors(_ bytes: [UInt8]) {
        guard let path = memory.hold(bytes), let file = try? SafetensorsFile(path: path) else { return }
        for entry in file.tensors.prefix(64) where entry.count <= bytes.count * 8 {
            _ = try? file.readFloats(entry.name)
            _ = try? file.readInts(entry.name)
        }
        _ = try? file.readFloats("absent")
    }

    /// PNG and JPEG: pixels with and without transparency, as a mask, text chunks.
    static func picture(_ bytes: [UInt8]) {
        let limits = ImageLimits(maximumSide: 256, maximumBytes: 1 << 20, maximumFileBytes: 1 << 20)
        _ = try? Image(data: bytes, limits: limits)
        _ = try? Image(data: bytes, over: Color(255, 255, 255), limits: limits)
        _ = try? Mask(data: bytes, limits: limits)
        _ = try? PNGMetadata(pngData: bytes, limits: limits)
    }

    /// Every reader of a JSON file of a model folder; a scheduler is also made.
    static func configuration(_ bytes: [UInt8]) {
        guard let json = try? JSON.parse(bytes) else { return }
        _ = try? ModelIndex(json, file: "model_index.json")
        _ = try? UNet2DConditionModelConfiguration(json, file: "unet/config.json")
        _ = try? AutoencoderKLConfiguration(json, file: "vae/config.json")
        _ = try? CLIPTextModelConfiguration(json, file: "text_encoder/config.json")
        _ = try? SchedulerConfiguration(json, file: "scheduler_config.json")
    }

    /// A tokenizer's folder: the files follow each other, with a zero byte between them.
    static func tokenizer(_ bytes: [UInt8]) {
        guard let folder else { return }
        let parts = bytes.split(separator: 0, maxSplits: names.count - 1, omittingEmptySubsequences: false)
        for (place, name) in names.enumerated() {
            let path = folder + "/" + name
            let part = place < parts.count ? parts[place] : []
            if part.isEmpty {
                unlink(path)
            } else if let file = fopen(path, "w") {
                part.withUnsafeBytes { _ = fwrite($0.baseAddress, 1, $0.count, file) }
                fclose(file)
            }
        }
        guard let tokenizer = try? CLIPTokenizer(folder: folder) else { return }
        let ids = tokenizer.encode("a photo of <asset0> at the BEACH, naïve 🦆 !!")
        _ = tokenizer.decode(ids)
    }

    private static let names = [
        "tokenizer.json", "vocab.json", "merges.txt", "tokenizer_config.json", "special_tokens_map.json",
        "added_tokens.json",
    ]

    /// Goes when the process ends; where it crashes, with the folder that run.sh gives it.
    private static let folder: String? = {
        let above = getenv("TMPDIR").map { String(cString: $0) } ?? "/dev/shm"
        var template = Array("\(above)/bas-fuzz-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { return nil }
        atexit { FileFuzzing.removeFolder() }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }()

    private static func removeFolder() {
        guard let folder else { return }
        for name in names { unlink(folder + "/" + name) }
        rmdir(folder)
    }

    private static let memory = MemoryFile()
}
