import Glibc
import Testing

/// `bas` at a terminal that the test holds the other end of.
final class PseudoTerminal {
    // Linux's numbers; their macros are too much for Swift's importer.
    private static let unlock: UInt = 0x4004_5431
    private static let number: UInt = 0x8004_5430
    private static let setSize: UInt = 0x5414

    private let master: Int32
    private let id: pid_t
    private var ended: Int32?
    /// Everything that came from the program.
    private(set) var transcript = ""
    private var bytes: [UInt8] = []
    /// Up to where `wait` has looked.
    private var seen = 0

    init(
        _ arguments: [String] = [], in folder: TemporaryFolder, environment: [String] = [],
        columns: UInt16 = 80
    ) throws {
        let program = try Executable.path()
        master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        try #require(master >= 0)
        var zero: Int32 = 0
        var place: UInt32 = 0
        try #require(ioctl(master, PseudoTerminal.unlock, &zero) == 0)
        try #require(ioctl(master, PseudoTerminal.number, &place) == 0)
        let slave = "/dev/pts/\(place)"
        let line = "cd \"$0\" && exec \"$@\""
        id = try #require(
            Child.spawn(
                ["/bin/sh", "-c", line, folder.path, program] + arguments,
                environment: folder.environment + environment, ownSession: true
            ) { actions in
                posix_spawn_file_actions_addopen(&actions, 0, slave, O_RDWR, 0)
                posix_spawn_file_actions_adddup2(&actions, 0, 1)
                posix_spawn_file_actions_adddup2(&actions, 0, 2)
            })
        resize(columns: columns)
    }

    deinit {
        if ended == nil {
            kill(id, SIGKILL)
            _ = Child.wait(id)
        }
        close(master)
    }

    func resize(columns: UInt16) {
        var size = winsize(ws_row: 50, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(master, PseudoTerminal.setSize, &size)
    }

    func send(_ text: String) {
        let bytes = Array(text.utf8)
        _ = write(master, bytes, bytes.count)
    }

    func signal(_ number: Int32) { kill(id, number) }

    /// Waits until `text` appears after what was waited for before; the seconds that took. Control sequences
    /// count as text. Throws after `limit` seconds.
    @discardableResult
    func wait(for text: String, limit: Double = 60) throws -> Double {
        let start = seconds()
        let wanted = Array(text.utf8)
        while true {
            if let end = PseudoTerminal.end(of: wanted, in: bytes, from: seen) {
                seen = end
                return seconds() - start
            }
            let left = limit - (seconds() - start)
            try #require(left > 0 && read(for: left), "no \"\(text)\" within \(limit) s in:\n\(transcript)")
        }
    }

    /// The exit status, after reading all that is left.
    func end(limit: Double = 60) throws -> Int32 {
        let start = seconds()
        while seconds() - start < limit, read(for: 0.05) || !hasEnded() {}
        return try #require(ended, "still running after \(limit) s:\n\(transcript)")
    }

    /// Whether the program stops (as by Ctrl-Z) within a time.
    func stops(within limit: Double) -> Bool {
        let start = seconds()
        while seconds() - start < limit {
            var status: Int32 = 0
            if waitpid(id, &status, WNOHANG | WUNTRACED) == id { return status & 0xFF == 0x7F }
            usleep(5000)
        }
        return false
    }

    /// Whether the terminal collects lines and echoes, as shells leave it.
    var isInOrdinaryMode: Bool {
        var modes = termios()
        guard tcgetattr(master, &modes) == 0 else { return false }
        return modes.c_lflag & tcflag_t(ICANON) != 0 && modes.c_lflag & tcflag_t(ECHO) != 0
    }

    // MARK: reading

    private func hasEnded() -> Bool {
        var status: Int32 = 0
        guard ended == nil, waitpid(id, &status, WNOHANG) == id else { return ended != nil }
        ended = status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + (status & 0x7F)
        return true
    }

    /// False at the end of the program's output; true when the time is over too.
    private func read(for limit: Double) -> Bool {
        var source = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
        guard poll(&source, 1, Int32(limit * 1000)) > 0 else { return true }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = Glibc.read(master, &buffer, buffer.count)
        guard count > 0 else { return false }
        bytes += buffer[..<count]
        transcript = String(decoding: bytes, as: UTF8.self)
        return true
    }

    private static func end(of wanted: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
        guard bytes.count - start >= wanted.count else { return nil }
        for place in start...(bytes.count - wanted.count)
        where bytes[place..<place + wanted.count].elementsEqual(wanted) {
            return place + wanted.count
        }
        return nil
    }

    private func seconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
