import NeuralNetwork
import Tensors

extension DiffusionModel {
    /// 16 hexadecimal digits that depend on every parameter and on the handles' names: equal weights have equal
    /// fingerprints. Not cryptographic; computed at memory speed.
    public var fingerprint: String {
        var hash: UInt64 = 0x9E37_79B9_7F4A_7C15
        func mix(_ value: UInt64) { hash = (hash ^ value) &* 0xFF51_AFD7_ED55_8CCD; hash ^= hash >> 32 }
        for parameters in [unet.parameters(), textEncoder.parameters(), vae.parameters()] {
            for (name, variable) in parameters {
                name.utf8.forEach { mix(UInt64($0)) }
                mix(variable.value.fingerprint)
            }
        }
        handles.joined(separator: " ").utf8.forEach { mix(UInt64($0)) }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// Names of the cross-attention layers, in the order in which a pass meets them.
    public var crossAttentionLayers: [String] {
        unet.parameters().map(\.name).filter { $0.hasSuffix(".attn2.to_q.weight") }.map { String($0.dropLast(".to_q.weight".count)) }
    }
}
