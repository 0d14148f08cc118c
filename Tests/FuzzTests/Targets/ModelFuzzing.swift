import Foundation
import Images

@testable import BreakAScene
@testable import Diffusion
@testable import Tensors

/// Files that are read beside a model: adapters, handles, results, checkpoints, single files.
enum ModelFuzzing {
    private static let memory = MemoryFile()
    private static let fixtures =
        URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path + "/Fixtures"
    private static let model = try? ModelFolder.load(fixtures + "/models/tiny-sd15")

    /// The header of a file with a LoRA, with handles or with a result; each reader gets it.
    static func adapters(_ bytes: [UInt8]) {
        guard let model, let path = memory.hold(safetensorsHeader: bytes) else { return }
        _ = try? LoRAFile.read(path, into: model)
        _ = try? HandleFile.read(path, into: model)
        _ = try? ResultFile.read(path, base: model)
    }

    /// The header of a file of a training: of what stays the same, or of a state. Fingerprints are taken as right.
    static func checkpoints(_ bytes: [UInt8]) {
        guard let model, let scene, let path = memory.hold(safetensorsHeader: bytes) else { return }
        _ = try? CheckpointScene.read(path, tokenize: model.tokenize)
        guard let contents = try? CheckpointFile.Contents(path) else { return }
        _ = try? contents.restore(model, scene: scene, prior: nil)
    }

    private static let scene = model.flatMap { model -> Scene? in
        let (height, width) = model.pixelSize
        let masks = try? [0, width / 2].map { left in
            try Mask.box(
                Point(Double(left), 0), Point(Double(left + width / 2), Double(height)), size: PixelSize(width: width, height: height))
        }
        return masks.flatMap { try? Scene(image: Image(width: width, height: height, color: Color(90, 120, 40)), masks: $0) }
    }

    /// Changes to the shapes of a small checkpoint in one file: the first byte says which version, then lines "KEY", which
    /// removes a key, or "KEY SIZE …", which gives it a shape. A number means the key of this place in `keys`.
    static func singleFile(_ bytes: [UInt8]) {
        guard let tokenizer, let first = bytes.first else { return }
        let known = keys + (first & 1 == 0 ? clip : openCLIP)
        var shapes = Dictionary(known.map { ($0.0, $0.1) }) { first, _ in first }
        for line in bytes.dropFirst().split(separator: UInt8(ascii: "\n")).prefix(64) {
            let words = line.split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
            guard let word = words.first else { continue }
            let key = Int(word).flatMap { known.indices.contains($0) ? known[$0].0 : nil } ?? word
            shapes[key] = words.count == 1 ? nil : words.dropFirst().compactMap { Int($0) }.filter { $0 >= 0 }
        }
        _ = try? SingleFile.load(Shapes(shapes), tokenizer: tokenizer)
    }

    private static let tokenizer = model?.tokenizer

    /// What the configuration is found by: two levels of one resnet each.
    private static let keys: [(String, [Int])] = [
        ("model.diffusion_model.input_blocks.0.0.weight", [32, 4, 3, 3]),
        ("model.diffusion_model.input_blocks.1.0.out_layers.3.weight", [32, 32, 3, 3]),
        ("model.diffusion_model.input_blocks.1.1.transformer_blocks.0.attn2.to_k.weight", [32, 24]),
        ("model.diffusion_model.input_blocks.2.0.op.weight", [32, 32, 3, 3]),
        ("model.diffusion_model.input_blocks.3.0.out_layers.3.weight", [64, 64, 3, 3]),
        ("model.diffusion_model.middle_block.1.proj_in.weight", [64, 64, 1, 1]),
        ("model.diffusion_model.middle_block.1.transformer_blocks.0.attn2.to_k.weight", [64, 24]),
        ("model.diffusion_model.output_blocks.1.2.conv.weight", [64, 64, 3, 3]),
        ("first_stage_model.encoder.down.0.block.0.conv1.weight", [32, 32, 3, 3]),
        ("first_stage_model.encoder.down.1.block.0.conv1.weight", [64, 32, 3, 3]),
        ("first_stage_model.decoder.conv_in.weight", [64, 4, 3, 3]), ("first_stage_model.encoder.mid.attn_1.q.weight", [64, 64, 1, 1]),
    ]
    private static let clip: [(String, [Int])] = [
        ("cond_stage_model.transformer.text_model.embeddings.token_embedding.weight", [1868, 24]),
        ("cond_stage_model.transformer.text_model.embeddings.position_embedding.weight", [77, 24]),
        ("cond_stage_model.transformer.text_model.encoder.layers.0.mlp.fc1.weight", [96, 24]),
    ]
    private static let openCLIP: [(String, [Int])] = [
        ("cond_stage_model.model.token_embedding.weight", [1868, 24]), ("cond_stage_model.model.positional_embedding", [77, 24]),
        ("cond_stage_model.model.transformer.resblocks.0.mlp.c_fc.weight", [96, 24]),
        ("cond_stage_model.model.transformer.resblocks.1.mlp.c_fc.weight", [96, 24]),
        ("cond_stage_model.model.transformer.resblocks.0.attn.in_proj_weight", [72, 24]),
    ]

    /// Tensors without their numbers; reading any ends.
    private struct Shapes: SafetensorsSource {
        private struct NoNumbers: Error {}
        let path = "model.safetensors"
        let tensors: [SafetensorsEntry]
        let metadata: [String: String] = [:]

        /// Those that a file can hold.
        init(_ shapes: [String: [Int]]) {
            tensors = shapes.compactMap { name, shape in
                var size = 2
                for side in shape {
                    let (product, isTooMuch) = size.multipliedReportingOverflow(by: side)
                    if isTooMuch { return nil }
                    size = product
                }
                return SafetensorsEntry(name: name, dtype: .f16, shape: shape, byteRange: 0..<size)
            }
        }

        func entry(_ name: String) throws -> SafetensorsEntry {
            guard let entry = tensors.first(where: { $0.name == name }) else { throw NoNumbers() }
            return entry
        }

        func read(_ name: String, into buffer: UnsafeMutableBufferPointer<Float>) throws { throw NoNumbers() }
        func readHalves(_ name: String, into buffer: UnsafeMutableBufferPointer<UInt16>) throws { throw NoNumbers() }
        func readInts(_ name: String) throws -> [Int] { throw NoNumbers() }
    }
}
