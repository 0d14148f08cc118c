import Files
import Glibc
import Language
import Tensors

/// Hashes of the files and folders that cells read, so that a cell's key changes with their contents and is the same on every machine. A
/// hash is remembered with the file's stamp: a file of gigabytes is read once.
struct FileHashes {
    private let storePath: String?
    private var known: [String: JSON] = [:]
    private var isChanged = false

    /// Creates the hashes; `store` is a file in which they are remembered, nil for none.
    init(store: String?) {
        storePath = store
        guard let store, let json = try? JSON.parse(ReadableFile.contents(store)), let object = json.objectValue else { return }
        for (path, entry) in object.members { known[path] = entry }
    }

    /// Returns the hash of a file, or of all files of a folder and of its folders, by their names and contents; "missing" where there is
    /// none. Throws `CancellationError`.
    mutating func hash(_ path: String) throws -> String {
        guard FileSystem.exists(path) else { return "missing" }
        var hash = SHA256()
        for (name, file) in Self.files(path, "", depth: 0) {
            try Cancellation.check()
            hash.update(Array((name + "\n" + (try contents(file)) + "\n").utf8))
        }
        return String(hash.hexadecimal().prefix(16))
    }

    /// Returns when a file, or anything in a folder, was changed last, in seconds since 1970; nil where there is nothing.
    static func lastChange(_ path: String) -> Int? {
        files(path, "", depth: 0).compactMap { file in
            var info = stat()
            return stat(file.path, &info) == 0 ? max(info.st_mtim.tv_sec, info.st_ctim.tv_sec) : nil
        }.max()
    }

    private mutating func contents(_ path: String) throws -> String {
        var info = stat()
        guard stat(path, &info) == 0 else { return "missing" }
        // A file that has just been written may change within the resolution of its times.
        let isSettled = info.st_mtim.tv_sec < time(nil) - 2
        let stamp = "\(info.st_dev) \(info.st_ino) \(info.st_size) \(info.st_mtim.tv_sec) \(info.st_mtim.tv_nsec) \(info.st_ctim.tv_sec)"
        if isSettled, let entry = known[path], entry["stamp"]?.stringValue == stamp, let hash = entry["hash"]?.stringValue { return hash }
        guard info.st_mode & S_IFMT == S_IFREG else { return "no file" }
        let hash = String((try? SHA256.hexadecimal(ofFile: path))?.prefix(32) ?? "unreadable")
        known[path] = ["stamp": .string(stamp), "hash": .string(hash)]
        isChanged = true
        return hash
    }

    /// Writes what is new to the store; a store that cannot be written costs time only.
    mutating func save() {
        guard isChanged, let storePath else { return }
        let entries = known.sorted { $0.key < $1.key }.suffix(10_000).map { ($0.key, $0.value) }
        try? AtomicFile.write(storePath, text: JSON.object(JSONObject(entries)).text() + "\n")
        isChanged = false
    }

    /// The most files of a folder that are looked at.
    private static let mostFiles = 10_000

    private static func files(_ path: String, _ name: String, depth: Int) -> [(name: String, path: String)] {
        guard FileSystem.isFolder(path), depth < 8 else { return [(name, path)] }
        let parts = FileSystem.contents(path).sorted().prefix(mostFiles).flatMap {
            files(path + "/" + $0, name + "/" + $0, depth: depth + 1)
        }
        return Array(parts.prefix(mostFiles))
    }
}
