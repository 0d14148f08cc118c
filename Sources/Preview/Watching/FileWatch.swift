import Glibc

/// Tells when a file was saved, by looking at its stamp now and then.
///
/// Looking sees what events of the system miss: editors that write another file and rename it, links, and file systems of other machines.
/// A file that is being written is left until its stamp stays the same from one look to the next.
struct FileWatch {
    /// What a look found.
    enum Finding: Equatable {
        case unchanged
        /// The file was written, and is at rest.
        case saved
        /// The file has been away for some looks: an editor that renames is quicker.
        case gone
    }

    private let path: String
    private var known: String?
    private var last: String?
    private var away = 0

    /// Begins to watch a file as it is now.
    init(_ path: String) {
        self.path = path
        known = Self.stamp(path)
        last = known
    }

    /// Looks at the file.
    mutating func look() -> Finding {
        let stamp = Self.stamp(path)
        defer { last = stamp }
        guard let stamp else {
            away += 1
            guard away == 10 else { return .unchanged }
            known = nil
            return .gone
        }
        away = 0
        guard stamp != known, stamp == last else { return .unchanged }
        known = stamp
        return .saved
    }

    /// Takes the file as it is now for known.
    mutating func forget() {
        known = Self.stamp(path)
        last = known
    }

    private static func stamp(_ path: String) -> String? {
        var info = stat()
        guard stat(path, &info) == 0 else { return nil }
        let times = [info.st_mtim, info.st_ctim].map { "\($0.tv_sec).\($0.tv_nsec)" }
        return "\(info.st_dev) \(info.st_ino) \(info.st_size) \(times[0]) \(times[1])"
    }
}
