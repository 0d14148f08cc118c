import BreakAScene
import Glibc
import Images
import Language
import Tensors

@testable import Commands

/// Folders with something wrong in them, made in the current folder.
enum WrongInputFolders {
    static func make() throws {
        try scenes()
        try models()
        try write("letter.png", Array("not a picture".utf8))
        try write("folder/inside.txt", [1])
    }

    // MARK: scenes

    private static func scenes() throws {
        let size = 64
        let left = mask(size) { x, _ in x < 32 ? 1 : 0 }
        let right = mask(size) { x, _ in x < 32 ? 0 : 1 }
        try scene("fine", [0: left, 1: right])
        try scene("small_mask", [0: mask(32) { _, _ in 1 }])
        try scene("empty_mask", [0: mask(size) { _, _ in 0 }])
        try scene("same_masks", [0: left, 1: left])
        try scene("speck", [0: mask(size) { x, y in x == 1 && y == 1 ? 1 : 0 }, 1: right])
        try scene("zero_one", [0: mask(size) { x, _ in x < 32 ? 1.0 / 255 : 0 }])
        try scene("all_white", [0: mask(size) { _, _ in 1 }])
        try scene("gap", [0: left, 2: right])
        try scene("from_one", [1: left])
        try scene("no_masks", [:])
        try scene("bad_mask", [0: left])
        try write("bad_mask/mask0.png", [1, 2, 3])
        try scene("cut_mask", [0: left])
        try write("cut_mask/mask0.png", Array(try bytes("fine/mask0.png").prefix(60)))
        try scene("bad_names", [0: left])
        try write("bad_names/names.json", Array("[\"a\", \"b\"]".utf8))
        try scene("bad_json", [0: left])
        try write("bad_json/names.json", Array("[\"a".utf8))
        try FileSystem.createFolder("no_photo")
        try scene("older", [0: left, 1: right, 2: mask(size) { _, y in y < 32 ? 1 : 0 }])
        try write("older/img.jpg", [1])
    }

    private static func mask(_ side: Int, _ value: (Int, Int) -> Float) -> Mask {
        Mask(width: side, height: side, values: (0..<side * side).map { value($0 % side, $0 / side) })
    }

    private static func scene(_ name: String, _ masks: [Int: Mask]) throws {
        try FileSystem.createFolder(name)
        try Image(width: 64, height: 64, color: Color(90, 120, 30)).write(to: "\(name)/img.png")
        for (number, mask) in masks { try mask.write(to: "\(name)/mask\(number).png") }
    }

    // MARK: models

    private static let shipped = Programs.root + "/stdlib/models/collage"
    private static let parts = ["model_index.json", "scheduler", "text_encoder", "tokenizer", "unet", "vae"]
    private static let weights = "unet/diffusion_pytorch_model.safetensors"

    private static func models() throws {
        try model("no_index") { unlink("\($0)/model_index.json") }
        try model("no_weights") { unlink("\($0)/\(weights)") }
        try model("pickle") {
            unlink("\($0)/\(weights)")
            try write("\($0)/unet/diffusion_pytorch_model.bin", [0x80])
        }
        try model("cut") { try write("\($0)/\(weights)", Array(try bytes(shipped + "/" + weights).prefix(100_000))) }
        try model("hostile") { try write("\($0)/\(weights)", Array(repeating: 0xff, count: 64)) }
        try model("renamed") { try edit("\($0)/\(weights)", "conv_in.weight", "conv_in.wEIght") }
        try model("misshapen") { try edit("\($0)/\(weights)", "[48, 8, 3, 3]", "[8, 48, 3, 3]", or: ("[48,8,3,3]", "[8,48,3,3]")) }
        try model("activation") { try edit("\($0)/unet/config.json", "\"silu\"", "\"mish\"") }
        try model("channels") { try edit("\($0)/unet/config.json", "\"in_channels\": 8", "\"in_channels\": 9") }
        try model("sample_size") { try edit("\($0)/unet/config.json", "\"sample_size\": 16", "\"sample_size\": 17") }
        try model("bad_config") { try write("\($0)/unet/config.json", Array("{".utf8)) }
        try model("pipeline") { try edit("\($0)/model_index.json", "StableDiffusionPipeline", "FluxPipeline") }
        try model("few_timesteps") {
            try edit("\($0)/scheduler/scheduler_config.json", "\"num_train_timesteps\": 1000", "\"num_train_timesteps\": 50")
        }
    }

    /// The shipped model with one thing changed: links to its files, but for the parts that are written anew.
    private static func model(_ name: String, _ change: (String) throws -> Void) throws {
        try FileSystem.createFolder(name)
        for part in parts {
            guard FileSystem.isFolder("\(shipped)/\(part)") else {
                symlink("\(shipped)/\(part)", "\(name)/\(part)")
                continue
            }
            try FileSystem.createFolder("\(name)/\(part)")
            for file in FileSystem.contents("\(shipped)/\(part)") {
                symlink("\(shipped)/\(part)/\(file)", "\(name)/\(part)/\(file)")
            }
        }
        try change(name)
    }

    // MARK: files

    private static func bytes(_ path: String) throws -> [UInt8] { try ReadableFile.contents(path, limit: 1 << 30) }

    private static func write(_ path: String, _ bytes: [UInt8]) throws {
        try FileSystem.createFolder(path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/"))
        unlink(path)
        try AtomicFile.write(path) { try $0.write(bytes) }
    }

    /// Puts `new` in the place of the only `old`; both as long as each other in files with offsets.
    private static func edit(_ path: String, _ old: String, _ new: String, or other: (String, String)? = nil) throws {
        var content = try bytes(path)
        for (old, new) in [(old, new)] + (other.map { [$0] } ?? []) {
            let (from, to) = (Array(old.utf8), Array(new.utf8))
            guard let place = content.firstIndex(of: from) else { continue }
            content.replaceSubrange(place..<place + from.count, with: to)
            return try write(path, content)
        }
        throw Problem(.badFile, "\(path) does not hold \(old)")
    }
}

extension [UInt8] {
    /// Where `part` begins first.
    fileprivate func firstIndex(of part: [UInt8]) -> Int? {
        guard let first = part.first, count >= part.count else { return nil }
        return (0...count - part.count).first { self[$0] == first && self[$0..<$0 + part.count].elementsEqual(part) }
    }
}
