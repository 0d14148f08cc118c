import Glibc

/// Queries and changes of the file system, without Foundation.
public enum FileSystem {
    /// Whether there is a file or folder at `path`; links are followed. A confined program sees only what it may read.
    public static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 && Confinement.allowsReading(path) }

    /// Whether there is a folder at `path`; links are followed. A confined program sees only what it may read.
    public static func isFolder(_ path: String) -> Bool { isAnyFolder(path) && Confinement.allowsReading(path) }

    private static func isAnyFolder(_ path: String) -> Bool {
        var info = stat()
        return stat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFDIR
    }

    /// The names in a folder, sorted, without "." and ".."; empty where it cannot be read, or where a confined
    /// program may not read it.
    public static func contents(_ path: String) -> [String] {
        guard Confinement.allowsReading(path), let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Throws `FileError` for a path with a zero byte: the system would read it only up to there, and so take it for
    /// another.
    static func checkPath(_ path: String, _ operation: FileError.Operation) throws(FileError) {
        if path.utf8.contains(0) { throw FileError(operation, path, reason: .zeroByte) }
    }

    /// The path that writing to `path` ends at: links at its end are followed, the last one also to a file that does not
    /// exist yet. Throws `FileError` where they go round in a circle.
    static func followingLinks(_ path: String) throws(FileError) -> String {
        var place = path
        for _ in 0..<40 {
            var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
            let count = readlink(place, &buffer, buffer.count)
            guard count > 0 else { return place }
            let target = String(decoding: buffer[..<count], as: UTF8.self)
            let folder = place.lastIndex(of: "/").map { place[...$0] } ?? ""
            place = target.hasPrefix("/") ? target : folder + target
        }
        throw FileError(.create, path, errno: ELOOP)
    }

    /// Makes a folder and the folders that it lies in; those that exist already are left as they are. Throws `FileError`.
    public static func createFolder(_ path: String) throws {
        try checkPath(path, .create)
        // A folder that is there already need not be writable.
        if isAnyFolder(path) || path.isEmpty { return }
        try Confinement.check(path, .create)
        let parent = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        if !parent.isEmpty { try createFolder(parent) }
        guard mkdir(path, 0o777) == 0 || errno == EEXIST && isAnyFolder(path) else { throw FileError(.create, path, errno: errno) }
    }

    /// Removes a file, a link, or a folder with everything in it; links in it are removed and not followed. A path at which there is nothing
    /// is no error. Throws `FileError` at the first entry that cannot be removed.
    public static func removeTree(_ path: String) throws {
        var info = stat()
        guard lstat(path, &info) == 0 else { return }
        guard info.st_mode & S_IFMT == S_IFDIR else { return try remove(path) }
        for name in contents(path) { try removeTree(path + "/" + name) }
        guard rmdir(path) == 0 || errno == ENOENT else { throw FileError(.remove, path, errno: errno) }
    }

    /// Removes a file, or a link itself. Throws `FileError`.
    public static func remove(_ path: String) throws {
        try Confinement.check(path, .remove)
        guard unlink(path) == 0 else { throw FileError(.remove, path, errno: errno) }
    }
}
