/// A message authentication code by SHA-256 (HMAC, RFC 2104): only who has the key can compute it.
public struct HMAC: Sendable {
    private var inner = SHA256()
    private let outerPad: [UInt8]

    /// Begins a code. A key of more than 64 bytes counts as its digest.
    public init(key: [UInt8]) {
        var block = key
        if block.count > 64 {
            var hash = SHA256()
            hash.update(block)
            block = hash.finalize()
        }
        block += [UInt8](repeating: 0, count: 64 - block.count)
        outerPad = block.map { $0 ^ 0x5C }
        inner.update(block.map { $0 ^ 0x36 })
    }

    /// Adds bytes of the message.
    public mutating func update(_ bytes: [UInt8]) { inner.update(bytes) }

    /// The code of all bytes that were added, 32 bytes.
    public consuming func finalize() -> [UInt8] {
        var outer = SHA256()
        outer.update(outerPad)
        outer.update(inner.finalize())
        return outer.finalize()
    }
}
