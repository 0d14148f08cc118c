import Glibc

/// Tells whether files are still those that were read, by identity, size and times of each, without reading them.
///
/// A file that is rewritten in place, replaced by another, added or removed changes the stamp, also where its modification
/// time was set back (the time of its last change of state cannot be set). A change within the clock's resolution after
/// another one may not show: `isSettled` says whether that can be excluded.
public struct DiskStamp: Sendable, Equatable {
    fileprivate struct File: Sendable, Equatable {
        let path: String
        let device, inode: UInt
        let size: Int
        /// Seconds and nanoseconds of the last change of the contents, then of the state.
        let times: [Int]
    }

    private let files: [File]
    /// Whether every file had been left alone for longer than the coarsest resolution of a file system (FAT, NFS: 2 s) when
    /// the stamp was taken: only then do equal stamps mean equal contents.
    public let isSettled: Bool

    /// Takes the stamp of files by their paths, and of the files directly in folders. What does not exist is left out.
    public init(_ paths: [String]) {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        files = paths.flatMap { path in FileSystem.isFolder(path) ? FileSystem.contents(path).map { "\(path)/\($0)" } : [path] }.compactMap
        { File($0) }
        isSettled = files.allSatisfy { max($0.times[0], $0.times[2]) < now.tv_sec - 2 }
    }

    /// Whether the files are the same, unchanged; `isSettled` is not compared.
    public static func == (a: DiskStamp, b: DiskStamp) -> Bool { a.files == b.files }
}

extension DiskStamp.File {
    /// Reads the stamp of one file; nil where there is none. Links are followed: what they lead to counts.
    fileprivate init?(_ path: String) {
        var info = stat()
        guard stat(path, &info) == 0 else { return nil }
        self.init(
            path: path, device: UInt(info.st_dev), inode: UInt(info.st_ino), size: Int(info.st_size),
            times: [Int(info.st_mtim.tv_sec), Int(info.st_mtim.tv_nsec), Int(info.st_ctim.tv_sec), Int(info.st_ctim.tv_nsec)])
    }
}
