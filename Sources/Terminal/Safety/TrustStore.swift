import Files
import Glibc
import Language

/// The programs that this person trusts although they came from elsewhere, by a hash of what they say: a copy is trusted as well, a changed
/// file is not. Recorded output does not count, because running a notebook changes it.
public struct TrustStore: Sendable {
    /// A trusted program.
    public struct Entry: Sendable, Equatable {
        /// The hash of its text.
        public let hash: String
        /// Where it lay when it was trusted.
        public let path: String
    }

    private let path: String
    /// The most bytes of the file that are read.
    private static let largest = 1 << 24

    /// Creates the store of a file, which need not exist.
    public init(path: String) { self.path = path }

    /// This person's store, `$XDG_STATE_HOME/bas/trusted`; nil without a home folder.
    public static var own: TrustStore? {
        Surroundings.path("trusted", variable: "XDG_STATE_HOME", fallback: ".local/state").map { TrustStore(path: $0) }
    }

    /// Returns the hash under which a program is trusted.
    public static func hash(of source: String) -> String { SHA256.hexadecimal(of: Array(textWithoutRecords(source).utf8)) }

    /// Returns whether a program is trusted. A store that cannot be read trusts nothing.
    public func trusts(_ source: String) -> Bool {
        let hash = Self.hash(of: source)
        return entries.contains { $0.hash == hash }
    }

    /// What is trusted, in the order in which it was. Lines that are no entries are passed over.
    public var entries: [Entry] {
        guard let bytes = try? ReadableFile.contents(path, limit: Self.largest) else { return [] }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").compactMap { line in
            let parts = line.split(separator: " ", maxSplits: 1)
            guard let hash = parts.first, hash.utf8.count == 64, hash.allSatisfy({ $0.isHexDigit }) else { return nil }
            return Entry(hash: String(hash), path: parts.count > 1 ? HistoryFile.unescaped(String(parts[1])) : "")
        }
    }

    /// Trusts a program from now on. Throws a `Problem` where that cannot be written down.
    public func add(_ source: String, path file: String) throws {
        let entry = Entry(hash: Self.hash(of: source), path: RealPath.of(file) ?? file)
        try write(entries.filter { $0.hash != entry.hash } + [entry])
    }

    /// Trusts a program no longer; returns false where it was not trusted. Throws a `Problem` where that cannot be written down.
    public func remove(_ source: String) throws -> Bool {
        let (hash, entries) = (Self.hash(of: source), entries)
        let kept = entries.filter { $0.hash != hash }
        if kept.count == entries.count { return false }
        try write(kept)
        return true
    }

    private func write(_ entries: [Entry]) throws {
        let place = folder(of: path)
        guard Surroundings.makeFolder(place, mode: 0o700) else {
            throw Problem(.cannotWrite, "cannot make the folder \"\(place)\": \(Surroundings.lastErrorText)")
        }
        let text = entries.map { "\($0.hash) \(HistoryFile.escaped($0.path))\n" }.joined()
        try TextFile.replace(path, with: text)
    }
}
