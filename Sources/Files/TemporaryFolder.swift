import Glibc

extension FileSystem {
    /// Makes a new, empty folder that only this user can enter, in `$TMPDIR` where that is an absolute path, else in `/tmp`. Returns its path
    /// with all links followed. `name` begins the folder's name, which ends in six random characters. The caller removes the folder. Throws
    /// `FileError` where none can be made.
    public static func makeTemporaryFolder(named name: String) throws -> String {
        let parent = getenv("TMPDIR").map { String(cString: $0) }.flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "/tmp"
        var template = Array("\(parent)/\(name)-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil, let real = realpath(template, nil) else {
            throw FileError(.create, "\(parent)/\(name)", errno: errno)
        }
        defer { free(real) }
        return String(cString: real)
    }
}
