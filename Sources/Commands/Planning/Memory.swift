import Glibc

/// The machine's memory.
enum Memory {
    /// The bytes from which a training or drawing announces what it needs.
    static let worthSaying = 1_000_000_000

    /// The bytes that programs may still take (`MemAvailable`); nil where the system does not say.
    static var available: Int? {
        guard let file = fopen("/proc/meminfo", "r") else { return nil }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        while fgets(&line, Int32(line.count), file) != nil {
            let words = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self).split(separator: " ")
            if words.count > 1, words[0] == "MemAvailable:" { return Int(words[1]).map { $0 * 1024 } }
        }
        return nil
    }
}
