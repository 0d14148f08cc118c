import Files

/// What Slurm's tasks have written, a file each.
public struct TaskFiles: Sendable {
    /// The most bytes of one file.
    private static let largest = 1 << 30

    private let folder: String

    /// Names the files of a folder of jobs.
    public init(_ folder: JobFolder) { self.folder = folder.tasks }

    /// What was found in the files beyond what was read before.
    public struct News: Sendable {
        /// The lines, in the order of each file.
        public var results: [JobResult] = []
        /// How far each file with news is read now.
        public var files: [(name: String, bytes: Int)] = []
        /// The number of lines that are none of ours.
        public var damaged = 0
    }

    /// Reads the whole lines that follow the first `read[name]` bytes of each file. A line that is being written waits for its end. Throws
    /// `FileError`.
    public func news(_ read: [String: Int]) throws -> News {
        var news = News()
        for name in FileSystem.contents(folder) where name.hasSuffix(".jsonl") {
            let file = try ReadableFile("\(folder)/\(name)")
            let start = read[name] ?? 0
            guard file.size > start else { continue }
            guard file.size - start <= Self.largest else { throw FileError(.read, file.path, reason: .tooLarge) }
            var bytes = [UInt8](repeating: 0, count: file.size - start)
            try bytes.withUnsafeMutableBytes { try file.read(into: $0, at: start) }
            guard let end = bytes.lastIndex(of: UInt8(ascii: "\n")) else { continue }
            for line in bytes[...end].split(separator: UInt8(ascii: "\n")) {
                if let result = JobResult(line: line) { news.results.append(result) } else { news.damaged += 1 }
            }
            news.files.append((name, start + end + 1))
        }
        return news
    }
}
