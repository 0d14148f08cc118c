import Files
import Language

@testable import Terminal

/// Files that a prompt finds from earlier sessions.
enum SessionFuzzing {
    private static let memory = MemoryFile()

    /// A journal: as it is, and with the texts between zero bytes as whole records.
    static func journal(_ bytes: [UInt8]) {
        read(bytes)
        var journal = Array(JournalRecord.heading.utf8)
        for payload in bytes.split(separator: 0, omittingEmptySubsequences: false) {
            for number in [UInt32(payload.count), CRC32.checksum(payload)] {
                journal += (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
            }
            journal += payload
        }
        read(journal)
    }

    private static func read(_ bytes: [UInt8]) {
        guard let path = memory.hold(bytes), let session = LostSession(path: path) else { return }
        _ = (session.script, Recovery.list([session]), Recovery.notice([session]))
        let written = (JournalRecord.decode(bytes) ?? []).flatMap(\.encoded)
        precondition(
            JournalRecord.decode(Array(JournalRecord.heading.utf8) + written) == JournalRecord.decode(bytes),
            "records are not what was written")
    }
}
