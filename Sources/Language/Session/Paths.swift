import Files
import Glibc

/// The file operations that the language needs; their errors are `Problem`s.
enum Paths {
    /// The size of the largest file that is read as a script, in bytes.
    static let largestScript = 16 << 20

    /// Returns the text of a program that is imported, which must be a regular file: a pipe or a device may have no end. Throws
    /// `.fileMissing`, `.noPermission`, `.cannotRead`, `.notUTF8`, `.interrupted`, and `.badArgument` for an empty path.
    static func readText(_ path: String) throws -> String { try text(path, limit: largestScript, isScript: true) }

    /// Returns the text of a script that a person names, which may come out of a pipe (`bas run <(make_script)`). Waits for the writer
    /// until `Interrupt.current` requests a stop. Throws as `readText` does.
    static func readScript(_ path: String) throws -> String {
        try text(path, limit: largestScript, isScript: true, takesPipes: true)
    }

    /// Returns the text of a file of at most `limit` bytes. `isScript` affects only the wording of the error for larger files; `takesPipes`
    /// also accepts pipes and devices. Throws as `readText` does.
    static func text(_ path: String, limit: Int, isScript: Bool = false, takesPipes: Bool = false) throws -> String {
        guard !path.isEmpty, !path.utf8.contains(0) else {
            throw Problem(.badArgument, path.isEmpty ? "the path is empty" : "a path cannot contain a zero byte")
        }
        // A script that a person names may lie anywhere; what it reads in turn is what it is confined to.
        if !takesPipes, let refusal = Confinement.current?.refusal(path, .read) { throw Problem(refusal) }
        // Without O_NONBLOCK opening would wait for a writer of the pipe, and no stop could end that.
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

    /// Waits until there is something to read or the other end is closed. Throws `.interrupted`.
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

    /// Returns "did you mean …" with the nearest name beside the missing file, or nil.
    private static func nearest(to path: String) -> String? {
        let (folder, name) = split(path)
        let names = entries(of: folder.isEmpty ? "." : folder).map(\.name).filter { !$0.hasPrefix(".") || name.hasPrefix(".") }
        return nearestName(name, among: names).map { "did you mean \(quoted(folder + $0))?" }
    }

    /// Returns whether something exists at the path.
    static func exists(_ path: String) -> Bool { !path.utf8.contains(0) && access(path, F_OK) == 0 }

    /// Returns whether the path is a folder, or a link to one.
    static func isDirectory(_ path: String) -> Bool {
        var info = stat()
        return stat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFDIR
    }

    /// Returns the absolute path without links and dots, or the path itself where nothing exists there.
    static func canonical(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// Returns the folder with its slash and the name: "a/b/" and "c" for "a/b/c".
    static func split(_ path: String) -> (folder: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return ("", path) }
        return (String(path[...slash]), String(path[path.index(after: slash)...]))
    }

    /// Returns the home folder of the environment, or nil.
    static func home() -> String? { getenv("HOME").map { String(cString: $0) } }

    /// Returns the names in a folder that begin with `start`, sorted; none where the folder cannot be read.
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
        // readdir gives the kind of most entries; links and unknown ones need a stat.
        return found.sorted { $0.name < $1.name }.map { name, kind in
            let isKnown = kind != Int(DT_LNK) && kind != Int(DT_UNKNOWN)
            return (name, isKnown ? kind == Int(DT_DIR) : isDirectory(folder + "/" + name))
        }
    }
}

extension Context {
    /// Returns the path of a file that a program names: beside the running script where it exists there, else relative to the current
    /// folder, where new files go. `~/` is the home folder.
    public func resolve(_ path: String) -> String {
        if let made = placeOfOutput(path), Paths.exists(made) { return made }
        if path.hasPrefix("~/"), let home = Paths.home() { return home + path.dropFirst(1) }
        if path.hasPrefix("/") { return path }
        if let script = currentFile {
            let beside = Paths.split(script).folder + path
            if Paths.exists(beside) { return beside }
        }
        return path
    }

    /// Returns the path at which a file or folder is written that a program names: below `outputFolder` where there is one, in folders that
    /// are made; else what `resolve` returns.
    public func writable(_ path: String) -> String {
        guard let outputFolder else { return resolve(path) }
        let place = placeOfOutput(path) ?? outputFolder
        // Where a folder cannot be made, writing the file says so.
        try? FileSystem.createFolder(String(Paths.split(place).folder.dropLast()))
        return place
    }

    /// Returns the place below `outputFolder` that stands for a path; nil without such a folder, and for a path that names none in it. Steps
    /// up lead out of no folder.
    private func placeOfOutput(_ path: String) -> String? {
        guard let outputFolder else { return nil }
        var parts: [Substring] = []
        let inner = path.hasPrefix(outputFolder + "/") ? path.dropFirst(outputFolder.count) : path[...]
        for part in inner.split(separator: "/") where part != "." && part != "~" {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return parts.isEmpty ? nil : outputFolder + "/" + parts.joined(separator: "/")
    }

    /// Returns the path of a file or folder to read: beside the script, in the current folder, or in the library, with or without "stdlib/"
    /// before its name. Where it exists nowhere, returns what `resolve` does.
    public func readable(_ path: String) -> String {
        let resolved = resolve(path)
        if path.isEmpty || Paths.exists(resolved) { return resolved }
        return resolveInLibrary(path.hasPrefix("stdlib/") ? String(path.dropFirst("stdlib/".count)) : path) ?? resolved
    }

    /// Returns the path within the first library folder that has it, or nil.
    public func resolveInLibrary(_ path: String) -> String? {
        standardLibrary.lazy.map { $0 + "/" + path }.first(where: Paths.exists)
    }
}
