import Glibc
import Tensors

/// Replaces folders: a new one is written beside its place and moved there, so that the place never holds half a folder.
/// Between two renames it holds none; a process that is killed just then leaves the old folder beside it, as
/// `.NAME.old-PID`.
enum FolderReplacement {
    /// Replaces the folder at `path` by what `body` writes into an empty one. Files of the old folder that the new one
    /// lacks are moved into it. Throws `FileError` and what `body` throws; the old folder is then as it was.
    static func write(_ path: String, _ body: (String) throws -> Void) throws {
        let target = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        let parts = target.split(separator: "/", omittingEmptySubsequences: false)
        let parent = parts.dropLast().joined(separator: "/")
        try FileSystem.createFolder(parent)
        try Confinement.check(target, .create)
        let stem = (parts.count > 1 ? parent + "/" : "") + ".\(parts.last ?? "model")"
        let (fresh, old) = ("\(stem).new-\(getpid())", "\(stem).old-\(getpid())")
        // A confined program may write these two, which stand for the target, as well.
        try Confinement.granting(fresh) {
            try Confinement.granting(old) { try write(target, fresh: fresh, old: old, body) }
        }
    }

    /// Writes the draft, moves it to its place and keeps what only the old folder has.
    private static func write(_ target: String, fresh: String, old: String, _ body: (String) throws -> Void) throws {
        remove(fresh)
        do {
            try FileSystem.createFolder(fresh)
            try body(fresh)
            let replaces = FileSystem.exists(target)
            if replaces { try move(target, to: old) }
            do {
                try move(fresh, to: target)
            } catch {
                if replaces { try move(old, to: target) }
                throw error
            }
            guard replaces else { return }
            for name in FileSystem.contents(old) where !FileSystem.exists("\(target)/\(name)") {
                try move("\(old)/\(name)", to: "\(target)/\(name)")
            }
            remove(old)
        } catch let error as FileError {
            remove(fresh)
            // Callers know the folder by its own name.
            throw error.path.hasPrefix(fresh) ? error.renamed(target + error.path.dropFirst(fresh.count)) : error
        } catch {
            remove(fresh)
            throw error
        }
    }

    private static func move(_ from: String, to: String) throws {
        guard rename(from, to) == 0 else { throw FileError(.rename, to, errno: errno) }
    }

    /// Removes a folder with all that is in it; links are removed, not followed.
    private static func remove(_ path: String) {
        var info = stat()
        guard lstat(path, &info) == 0 else { return }
        guard info.st_mode & S_IFMT == S_IFDIR else {
            unlink(path)
            return
        }
        for name in FileSystem.contents(path) { remove("\(path)/\(name)") }
        rmdir(path)
    }
}
