import Glibc

/// Paths as the system will take them: absolute, without links and dots.
public enum RealPath {
    /// The most links at the end of a path that are followed to files that do not exist.
    private static let mostLinks = 40

    /// Returns where a path leads, also one at which nothing exists yet: its nearest folder that exists is resolved. Returns nil where it
    /// leads nowhere: through a circle of links, through a folder that may not be searched, up (`..`) from a folder that does not exist, or
    /// where it is empty, too long or has a zero byte.
    public static func of(_ path: String) -> String? { resolved(path, links: 0) }

    private static func resolved(_ path: String, links: Int) -> String? {
        guard !path.isEmpty, path.utf8.count < Int(PATH_MAX), !path.utf8.contains(0), links < mostLinks else { return nil }
        if let found = realpath(path, nil) {
            defer { free(found) }
            return String(validating: UnsafeBufferPointer(start: found, count: strlen(found)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
        guard errno == ENOENT || errno == ENOTDIR else { return nil }
        var name = path[...]
        while name.count > 1, name.hasSuffix("/") { name = name.dropLast() }
        let slash = name.lastIndex(of: "/")
        let last = slash.map { name[name.index(after: $0)...] } ?? name
        let folder = slash.map { $0 == name.startIndex ? "/" : String(name[..<$0]) } ?? "."
        guard last != "..", let above = resolved(folder, links: links) else { return nil }
        if last == "." || last.isEmpty { return above }
        let place = above == "/" ? "/" + last : above + "/" + last
        // A link to a file that does not exist is where writing would make one.
        guard let target = link(at: place) else { return place }
        return resolved(target.hasPrefix("/") ? target : above + "/" + target, links: links + 1)
    }

    private static func link(at path: String) -> String? {
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(path, &buffer, buffer.count)
        return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : nil
    }

    /// Returns the rest of a path below a folder, empty for the folder itself, or nil where it does not lie there. Both are without links.
    static func below(_ folder: String, _ path: String) -> Substring? {
        if folder == "/" { return path.dropFirst() }
        guard path.utf8.starts(with: folder.utf8) else { return nil }
        let rest = path.utf8.dropFirst(folder.utf8.count)
        return rest.isEmpty || rest.first == UInt8(ascii: "/") ? Substring(rest.dropFirst()) : nil
    }

    /// Returns whether a file at a path without links has more than one name, so that writing to it may change what lies elsewhere.
    static func isShared(_ path: String) -> Bool {
        var info = stat()
        return lstat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFREG && info.st_nlink > 1
    }

    /// Returns whether something that is neither a file nor a folder stands at a path without links.
    static func isSpecial(_ path: String) -> Bool {
        var info = stat()
        return lstat(path, &info) == 0 && ![S_IFREG, S_IFDIR].contains(info.st_mode & S_IFMT)
    }
}
