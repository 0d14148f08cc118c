import Glibc
import Language

/// The inputs of one session, written to disk before they run: `bas --recover` replays what a killed session, or a dead machine, leaves
/// behind. Results are not kept; they are computed again, with the same seeds.
///
/// Each session has a file in `$XDG_STATE_HOME/bas/sessions`, to which it only appends: a heading, then records of length, CRC-32 and
/// payload. The session holds a lock on the file while it lives, so that others see whether it does. Leaving in good order removes the
/// file.
final class Journal {
    private let folder: String
    private var path = ""
    private var descriptor: Int32 = -1
    /// The first failure; nothing is written after it, so that a full disk is reported only once.
    private(set) var failure: String?

    /// Creates a journal. The file is made with the first record: a session in which nothing is entered leaves nothing.
    init(folder: String) {
        self.folder = folder
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Writes a record, and waits until the disk has it if it is an input.
    func append(_ record: JournalRecord) {
        guard failure == nil else { return }
        if descriptor < 0, !begin() { return fail() }
        let bytes = record.encoded
        // The descriptor appends; a record that was written in part is found by its checksum.
        guard write(descriptor, bytes, bytes.count) == bytes.count else { return fail() }
        if record.isInput, fdatasync(descriptor) != 0 { fail() }
    }

    /// Removes the file of a session that ends in good order.
    func finish() {
        guard descriptor >= 0 else { return }
        unlink(path)
        close(descriptor)
        descriptor = -1
    }

    private func fail() { failure = Surroundings.lastErrorText }

    private func begin() -> Bool {
        guard Surroundings.makeFolder(folder, mode: 0o700) else { return false }
        let stem = "\(folder)/\(Surroundings.localTime("%Y%m%d-%H%M%S"))-\(getpid())"
        for attempt in 0..<10 where descriptor < 0 {
            path = "\(stem)\(attempt == 0 ? "" : "-\(attempt)").journal"
            descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o600)
        }
        guard descriptor >= 0 else { return false }
        flock(descriptor, LOCK_EX | LOCK_NB)
        let head =
            Array(JournalRecord.heading.utf8)
            + JournalRecord.session(started: time(nil), folder: Surroundings.currentFolder ?? "").encoded
        guard write(descriptor, head, head.count) == head.count else { return false }
        sync(folder: folder)
        return true
    }

    /// Writes the folder to disk, so that the file's name survives a crash too.
    private func sync(folder: String) {
        let handle = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard handle >= 0 else { return }
        fsync(handle)
        close(handle)
    }
}
