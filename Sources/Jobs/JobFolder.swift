import Files

/// The folder of a list of jobs, and where things lie in it:
///
/// - `jobs.json`: what `Description` says, written whole or not at all
/// - `results.db`: the jobs and their results, written by one process at a time, which holds the lock of `lock`
/// - `specs/LIST/`: what workers need to run the jobs of a list
/// - `tasks/A-K.jsonl`: what task K of the Slurm array A has done, a line a job, written by that task only
/// - `arrays/A.json`: the jobs of the tasks of array A
/// - `workers.log`: what local workers print beside their results
public struct JobFolder: Sendable {
    /// The folder's path.
    public let path: String

    /// Names a folder; nothing is read or made yet.
    public init(_ path: String) { self.path = path }

    /// What a folder's list of jobs is.
    public struct Description: Sendable, Equatable {
        /// The version of this layout.
        public static let version = 1
        /// The identity of the list.
        public let list: String
        /// The command that made it.
        public let command: String
        /// The number of jobs.
        public let count: Int
        /// The program's version.
        public let program: String

        /// Describes a list.
        public init(list: String, command: String, count: Int, program: String) {
            (self.list, self.command, self.count, self.program) = (list, command, count, program)
        }
    }

    /// The database of the results.
    public var database: String { path + "/results.db" }
    /// The file whose lock the process holds that works on the jobs.
    public var lock: String { path + "/lock" }
    /// The folder of what Slurm's tasks have done.
    public var tasks: String { path + "/tasks" }
    /// The folder of the arrays.
    public var arrays: String { path + "/arrays" }
    /// What local workers print beside their results.
    public var log: String { path + "/workers.log" }
    /// The folder of what workers need.
    public var specs: String { path + "/specs" }
    /// Returns the folder of what the workers of a list need.
    public func spec(_ list: String) -> String { "\(specs)/\(list)" }
    private var description: String { path + "/jobs.json" }

    /// Makes the folder, within one that exists, and writes the description. Throws `FileError`.
    public func describe(_ what: Description) throws {
        let json: JSON = [
            "bas_jobs": JSON(Description.version), "list": .string(what.list), "command": .string(what.command),
            "count": JSON(what.count), "program": .string(what.program),
        ]
        try FileSystem.createFolder(path)
        try AtomicFile.write(description, text: json.text() + "\n")
    }

    /// Reads the description; nil where the folder has none. Throws `FileError`, and ``JobFolderError`` for a description that is none.
    public func described() throws -> Description? {
        guard FileSystem.exists(description) else { return nil }
        let bytes = try ReadableFile.contents(description, limit: 1 << 20)
        guard let json = try? JSON.parse(bytes), let version = json["bas_jobs"]?.intValue else {
            throw JobFolderError("\(description) is not of a list of jobs")
        }
        guard version <= Description.version else { throw JobFolderError("\(description) is of a later version of bas") }
        guard let list = json["list"]?.stringValue, let command = json["command"]?.stringValue, let count = json["count"]?.intValue else {
            throw JobFolderError("\(description) is damaged")
        }
        return Description(list: list, command: command, count: count, program: json["program"]?.stringValue ?? "")
    }

    /// Throws ``JobFolderError`` where there is a folder that holds other things than a list of jobs.
    public func checkForeign() throws {
        let names = FileSystem.contents(path)
        guard !names.isEmpty, try described() == nil, names != ["lock"] else { return }
        throw JobFolderError("\(path) is a folder that holds other things: \(names.prefix(5).joined(separator: ", "))")
    }
}

/// A folder that is none of jobs.
public struct JobFolderError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong, without a full stop.
    public let description: String

    /// Makes an error.
    public init(_ description: String) { self.description = description }
}
