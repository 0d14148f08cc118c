import Files

/// A list of jobs as an array of Slurm's: each of its tasks runs some of the jobs, one after the other, and writes what comes of them into a
/// file of its own.
public struct SlurmArray: Sendable, Equatable {
    /// The array's number in its folder: 1 for the first.
    public let number: Int
    /// The list of the jobs.
    public let list: String
    /// The most jobs of one task.
    public let chunk: Int
    /// The identities of all its jobs, in the order of the tasks.
    public let jobs: [String]

    /// Divides jobs among at most `tasks` tasks, as evenly as whole numbers allow.
    public init(number: Int, list: String, jobs: [String], tasks: Int) {
        (self.number, self.list, self.jobs) = (number, list, jobs)
        chunk = max(1, (jobs.count + max(1, tasks) - 1) / max(1, tasks))
    }

    /// The number of tasks.
    public var tasks: Int { (jobs.count + chunk - 1) / chunk }

    /// Returns the jobs of a task; none for a task that does not exist.
    public func jobs(of task: Int) -> ArraySlice<String> {
        guard task >= 0, task < tasks else { return [] }
        return jobs[task * chunk..<min(jobs.count, (task + 1) * chunk)]
    }

    /// The name that Slurm knows the array by; no other array has it, also none of another folder or of another list.
    public func name(in folder: JobFolder) -> String {
        var hash = SHA256()
        hash.update(Array((RealPath.of(folder.path) ?? folder.path).utf8))
        return "bas-\(list.prefix(8))-\(hash.hexadecimal().prefix(6))-\(number)"
    }

    // MARK: files

    private static func path(_ folder: JobFolder, _ number: Int) -> String { "\(folder.arrays)/\(number).json" }

    /// Returns the path of the file that a task writes.
    public func file(_ folder: JobFolder, task: Int) -> String { "\(folder.tasks)/\(number)-\(task).jsonl" }

    /// Writes the array's file, which tasks read. Throws `FileError`.
    public func write(_ folder: JobFolder) throws {
        try FileSystem.createFolder(folder.arrays)
        try FileSystem.createFolder(folder.tasks)
        let json: JSON = ["list": .string(list), "chunk": JSON(chunk), "jobs": .array(jobs.map(JSON.string))]
        try AtomicFile.write(Self.path(folder, number), text: json.text() + "\n")
    }

    /// Reads an array. Throws `FileError`, and ``JobFolderError`` for a file that is none of ours.
    public init(_ folder: JobFolder, number: Int) throws {
        let path = Self.path(folder, number)
        let json = try? JSON.parse(ReadableFile.contents(path))
        guard let list = json?["list"]?.stringValue, let chunk = json?["chunk"]?.intValue, chunk > 0,
            let jobs = json?["jobs"]?.arrayValue?.compactMap(\.stringValue)
        else { throw JobFolderError("\(path) is no array of jobs") }
        (self.number, self.list, self.chunk, self.jobs) = (number, list, chunk, jobs)
    }

    /// Returns the numbers of a folder's arrays, in order.
    public static func numbers(_ folder: JobFolder) -> [Int] {
        FileSystem.contents(folder.arrays).filter { $0.hasSuffix(".json") }.compactMap { Int($0.dropLast(5)) }.sorted()
    }
}
