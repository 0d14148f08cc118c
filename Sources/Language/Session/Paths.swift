import Glibc

/// The few file operations that the language needs, with errors as problems.
enum Paths {
    /// Scripts larger than this are not scripts.
    static let largestScript = 16 << 20

    /// The text of a program that is imported: no pipe and no device, which may have no end. Throws `.fileMissing`,
    /// `.noPermission`, `.cannotRead` or `.notUTF8`.
    static func readText(_ path: String) throws -> String { try text(path, limit: largestScript, isScript: true) }

    /// The text of a script that a person names: also what comes out of a pipe (`bas run <(make_script)`). Waits for whoever
    /// writes into it until `Interrupt.current` asks to stop. Throws as `readText` does, and `.interrupted`.
    static func readScript(_ path: String) throws -> String {
        try text(path, limit: largestScript, isScript: true, takesPipes: true)
    }

    /// The text of a file of at most `limit` bytes. Throws as `readText` does, and `.interrupted`.
    static func text(_ path: String, limit: Int, isScript: Bool = false, takesPipes: Bool = false) throws -> String {
        guard !path.isEmpty, !path.utf8.contains(0) else {
            throw Problem(.badArgument, path.isEmpty ? "the path is empty" : "a path cannot contain a zero byte")
        }
        // Without O_NONBLOCK nothing could end the opening of a pipe into which nobody writes.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw problem(errno, path) }
        defer { close(descriptor) }
        var info = stat()
        guard fstat(descriptor, &info) == 0 else { throw problem(errno, path) }
        let kind = info.st_mode & S_IFMT
        if kind == S_IFDIR { throw Problem(.cannotRead, "\(quoted(path)) is a folder, not a file") }
        guard kind == S_IFREG || takesPipes else {
            throw Problem(.cannotRead, "\(quoted(path)) is a pipe or a device, not a file")
        }
        let tooLarge = Problem(
            .cannotRead, "\(quoted(path)) is larger than \(byteText(limit))\(isScript ? ": not a script" : "")")
        guard kind != S_IFREG || info.st_size <= limit else { throw tooLarge }
        var bytes: [UInt8] = []
        if kind == S_IFREG { bytes.reserveCapacity(Int(info.st_size)) }
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            if kind != S_IFREG { try waitForBytes(descriptor) } else { try Interrupt.current?.check() }
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0 {
                if errno == EINTR || errno == EAGAIN { continue }
                throw problem(errno, path)
            }
            if count == 0 { break }
            bytes += buffer[0..<count]
            if bytes.count > limit { throw tooLarge }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Problem(.notUTF8, "\(quoted(path)) is not UTF-8 text")
        }
        return text
    }

    /// Returns when there is something to read, or the other end is closed. Throws `.interrupted`.
    private static func waitForBytes(_ descriptor: Int32) throws {
        var question = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        while poll(&question, 1, 50) <= 0 { try Interrupt.current?.check() }
        try Interrupt.current?.check()
    }

    private static func problem(_ code: Int32, _ path: String) -> Problem {
        switch code {
        case ENOENT, ENOTDIR:
            Problem(.fileMissing, "there is no file \(quoted(path))", help: nearest(to: path))
        case EACCES, EPERM: Problem(.noPermission, "no permission to read \(quoted(path))")
        default: Problem(.cannotRead, "cannot read \(quoted(path)): \(String(cString: strerror(code)))")
        }
    }

    /// "did you mean …" among the files beside it.
    private static func nearest(to path: String) -> String? {
        let (folder, name) = split(path)
        let names = entries(of: folder.isEmpty ? "." : folder).map(\.name).filter { !$0.hasPrefix(".") || name.hasPrefix(".") }
        return nearestName(name, among: names).map { "did you mean \(quoted(folder + $0))?" }
    }

    static func exists(_ path: String) -> Bool { !path.utf8.contains(0) && access(path, F_OK) == 0 }

    static func isDirectory(_ path: String) -> Bool {
        var info = stat()
        return stat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFDIR
    }

    /// The path without links and dots; itself where it does not exist.
    static func canonical(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// "a/b/" and "c" of "a/b/c".
    static func split(_ path: String) -> (folder: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return ("", path) }
        return (String(path[...slash]), String(path[path.index(after: slash)...]))
    }

    static func home() -> String? { getenv("HOME").map { String(cString: $0) } }

    /// Names in a folder that begin with a text, sorted; nothing where it cannot be read.
    static func entries(of folder: String, beginning start: String = "") -> [(name: String, isFolder: Bool)] {
        guard let handle = opendir(folder) else { return [] }
        defer { closedir(handle) }
        var found: [(name: String, kind: Int)] = []
        while let entry = readdir(handle) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != "..", name.hasPrefix(start) { found.append((name, Int(entry.pointee.d_type))) }
        }
        // The system tells of most what they are; the others are asked, one by one.
        return found.sorted { $0.name < $1.name }.map { name, kind in
            let isKnown = kind != Int(DT_LNK) && kind != Int(DT_UNKNOWN)
            return (name, isKnown ? kind == Int(DT_DIR) : isDirectory(folder + "/" + name))
        }
    }
}

extension Context {
    /// Where a file that a program names lies: beside the running script, else in the current folder. A path
    /// that exists nowhere is taken from the current folder, where new files go. `~/` is the home folder.
    public func resolve(_ path: String) -> String {
        if path.hasPrefix("~/"), let home = Paths.home() { return home + path.dropFirst(1) }
        if path.hasPrefix("/") { return path }
        if let script = currentFile {
            let beside = Paths.split(script).folder + path
            if Paths.exists(beside) { return beside }
        }
        return path
    }

    /// The path of a file or folder to read: beside the script, in the current folder, or in what ships with the language
    /// ("stdlib/scenes/toys/img.jpg" is found from anywhere).
    public func readable(_ path: String) -> String {
        let resolved = resolve(path)
        if path.isEmpty || Paths.exists(resolved) { return resolved }
        return resolveInLibrary(path.hasPrefix("stdlib/") ? String(path.dropFirst("stdlib/".count)) : path) ?? resolved
    }

    /// The first of the library folders that has this path; nil where none has.
    public func resolveInLibrary(_ path: String) -> String? {
        standardLibrary.lazy.map { $0 + "/" + path }.first(where: Paths.exists)
    }
}
