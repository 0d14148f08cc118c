import NeuralNetwork
import Tensors

extension DiffusionModel {
    /// 16 hexadecimal digits that depend on every parameter and on the handles' names: equal weights have equal
    /// fingerprints. Not cryptographic; computed at memory speed.
    public var fingerprint: String {
        var hash = Fingerprint()
        for parameters in [unet.parameters(), textEncoder.parameters(), vae.parameters()] {
            for (name, variable) in parameters { hash.mix(name, variable.value) }
        }
        hash.mix(handles.joined(separator: " "))
        return hash.text
    }

    /// Names of the cross-attention layers, in the order in which a pass meets them.
    public var crossAttentionLayers: [String] {
        unet.parameters().map(\.name).filter { $0.hasSuffix(".attn2.to_q.weight") }.map { String($0.dropLast(".to_q.weight".count)) }
    }
}

/// A running hash of names and tensors.
public struct Fingerprint: Sendable {
    private var hash: UInt64 = 0x9E37_79B9_7F4A_7C15

    public init() {}

    public mutating func mix(_ value: UInt64) {
        hash = (hash ^ value) &* 0xFF51_AFD7_ED55_8CCD
        hash ^= hash >> 32
    }

    public mutating func mix(_ text: String) { text.utf8.forEach { mix(UInt64($0)) } }

    public mutating func mix(_ name: String, _ tensor: Tensor) {
        mix(name)
        mix(tensor.fingerprint)
    }

    /// 16 hexadecimal digits.
    public var text: String {
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
