import Files

/// The right to work on the jobs of a folder, which one process has at a time. It ends with the last reference, or with the process, however
/// that ends.
public final class JobLock {
    private let file: LineFile

    /// Takes the lock. Throws `FileError` with reason `.busy` where another process has it, and where the folder cannot be written.
    public init(_ folder: JobFolder) throws {
        file = try LineFile(folder.lock)
    }
}
