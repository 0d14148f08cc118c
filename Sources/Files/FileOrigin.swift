import CXattr
import Glibc

/// Where a file comes from, as browsers and downloaders note it in the extended attributes `user.xdg.origin.url` and
/// `user.xdg.referrer.url`.
public enum FileOrigin {
    private static let names = ["user.xdg.origin.url", "user.xdg.referrer.url"]
    private static let longest = 1 << 16

    /// Returns the address that a file came from, or nil where none is noted. The text is somebody else's: make it printable.
    public static func of(_ path: String) -> String? {
        names.lazy.compactMap { name in value { getxattr(path, name, $0, $1) } }.first.map { String(decoding: $0, as: UTF8.self) }
    }

    /// Notes where a file comes from. Returns false where the file system keeps no such notes, or the file may not be changed.
    @discardableResult
    public static func note(_ origin: String, at path: String) -> Bool {
        let bytes = Array(origin.utf8.prefix(longest))
        return setxattr(path, names[0], bytes, bytes.count, 0) == 0
    }

    /// Copies the notes of a file to one that is about to replace it, so that a downloaded file stays one when it is rewritten.
    static func copy(from path: String, to descriptor: Int32) {
        for name in names {
            guard let bytes = value({ getxattr(path, name, $0, $1) }) else { continue }
            _ = fsetxattr(descriptor, name, bytes, bytes.count, 0)
        }
    }

    private static func value(_ read: (UnsafeMutableRawPointer?, Int) -> Int) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: longest)
        let count = buffer.withUnsafeMutableBytes { read($0.baseAddress, $0.count) }
        return count >= 0 ? Array(buffer[..<count]) : nil
    }
}
