import NeuralNetwork
import Tensors

extension DiffusionModel {
    /// A fingerprint of every parameter, of the handles' names and local features, 16 hexadecimal digits: models with equal weights have
    /// equal ones. It is not cryptographic, and is computed at memory speed.
    public var fingerprint: String {
        var hash = Fingerprint()
        for parameters in [unet.parameters(), textEncoder.parameters(), vae.parameters()] {
            for (name, variable) in parameters { hash.mix(name, variable.value) }
        }
        hash.mix(handles.joined(separator: " "))
        localAttention?.mix(into: &hash)
        return hash.text
    }

    /// The names of the cross-attention layers, in the order in which a pass computes them: down, middle, up.
    public var crossAttentionLayers: [String] {
        let names = unet.parameters().map(\.name).filter { $0.hasSuffix(".attn2.to_q.weight") }.map {
            String($0.dropLast(".to_q.weight".count))
        }
        // Parameters have the middle block last.
        return ["down_blocks.", "mid_block.", "up_blocks."].flatMap { part in names.filter { $0.hasPrefix(part) } }
    }
}

/// A running hash of names, numbers and tensors; not cryptographic.
public struct Fingerprint: Sendable {
    private var hash: UInt64 = 0x9E37_79B9_7F4A_7C15

    /// The hash of nothing.
    public init() {}

    /// Adds a number.
    public mutating func mix(_ value: UInt64) {
        hash = (hash ^ value) &* 0xFF51_AFD7_ED55_8CCD
        hash ^= hash >> 32
    }

    /// Adds a text, byte by byte.
    public mutating func mix(_ text: String) { text.utf8.forEach { mix(UInt64($0)) } }

    /// Adds a tensor under a name; its shape does not count.
    public mutating func mix(_ name: String, _ tensor: Tensor) {
        mix(name)
        mix(tensor.fingerprint)
    }

    /// The hash as 16 hexadecimal digits.
    public var text: String {
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
