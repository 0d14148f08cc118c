import Glibc
import Language

/// Whole texts from standard input.
enum StandardInput {
    /// The most bytes of a script.
    static let largest = 16 << 20

    /// Returns the text of standard input. Throws `.cannotRead` or `.notUTF8`.
    static func read() throws -> String {
        try text(of: STDIN_FILENO, "standard input")
    }

    private static func text(of descriptor: Int32, _ name: String) throws -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0 {
                if errno == EINTR { continue }
                if errno == EISDIR { throw Problem(.cannotRead, "\(name) is a folder, not a file") }
                throw Problem(.cannotRead, "cannot read \(name): \(Surroundings.lastErrorText)")
            }
            if count == 0 { break }
            bytes += buffer[..<count]
            guard bytes.count <= largest else {
                throw Problem(.cannotRead, "\(name) is larger than \(largest >> 20) MiB: not a script")
            }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Problem(.notUTF8, "\(name) is not UTF-8 text")
        }
        return text
    }
}
