import Glibc
import Tensors

/// A file in memory that has a path.
final class MemoryFile: Sendable {
    private let descriptor: Int32

    /// It has no name any more, so that nothing stays behind.
    init() {
        var template = Array("/dev/shm/bas-fuzz-XXXXXX".utf8CString)
        descriptor = mkstemp(&template)
        unlink(template)
    }

    /// Its path, with these bytes in it.
    func hold(_ bytes: [UInt8]) -> String? {
        guard descriptor >= 0, ftruncate(descriptor, 0) == 0 else { return nil }
        guard bytes.isEmpty || pwrite(descriptor, bytes, bytes.count, 0) == bytes.count else { return nil }
        return "/proc/self/fd/\(descriptor)"
    }

    /// Its path, as a safetensors file with this header and as many bytes of data as it asks for: what a fuzzer changes
    /// is the header. The data are 0.747 as float32. nil where the header asks for more than `largest`.
    func hold(safetensorsHeader header: [UInt8]) -> String? {
        guard let members = (try? JSON.parse(header))?.objectValue?.members else { return nil }
        let ends = members.compactMap { $1["data_offsets"]?.arrayValue?.last?.intValue }
        let size = ends.max() ?? 0
        guard (0...MemoryFile.largest).contains(size) else { return nil }
        let length = (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) }
        return hold(length + header + [UInt8](repeating: 0x3F, count: size))
    }

    private static let largest = 1 << 18
}
