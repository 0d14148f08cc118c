import Files
import Glibc

/// One task of an array: its jobs that have not ended yet, and the file that it writes. A task that is begun again, on the same machine or
/// another one, goes on where it was.
public final class TaskRun {
    /// How often a job is begun in whose middle the task ends.
    public static let attempts = 3

    private let lines: LineFile
    /// The jobs that are left.
    public private(set) var jobs: [String] = []

    /// Opens the task's file. Another instance that still holds it gets a minute to end. Throws `FileError`.
    public init(_ array: SlurmArray, _ folder: JobFolder, task: Int, patience: Int = 60) throws {
        lines = try Self.opened(array.file(folder, task: task), patience)
        let whole = lines.bytes.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        if whole < lines.bytes.count { try lines.cutOff() }
        var (ended, begun) = (Set<String>(), [String: Int]())
        for result in lines.bytes[..<whole].split(separator: UInt8(ascii: "\n")).compactMap({ JobResult(line: $0) }) {
            if result.state == .running { begun[result.identity, default: 0] += 1 } else { ended.insert(result.identity) }
        }
        for job in array.jobs(of: task) where !ended.contains(job) {
            if begun[job, default: 0] >= Self.attempts { try giveUp(job) } else { jobs.append(job) }
        }
    }

    private static func opened(_ path: String, _ patience: Int) throws -> LineFile {
        for _ in 0..<patience {
            do {
                return try LineFile(path, limit: 1 << 30)
            } catch let error as FileError where error.reason == .busy {
                sleep(1)
            }
        }
        return try LineFile(path, limit: 1 << 30)
    }

    private func giveUp(_ job: String) throws {
        var result = JobResult(job, .failed)
        result.error = "its task ended in the middle of the job, \(Self.attempts) times"
        try write(result)
    }

    /// Notes that a job begins. Throws `FileError`.
    public func begin(_ job: String) throws { try write(JobResult(job, .running)) }

    /// Writes a result; it is on the disk when this returns. Throws `FileError`.
    public func write(_ result: JobResult) throws {
        var result = result
        (result.host, result.time) = (JobTime.host, JobTime.now)
        try lines.append(result.line)
    }
}
