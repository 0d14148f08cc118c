import Glibc

/// A process that this one starts and talks to over a socket, which is its standard input and output.
final class ChildProcess {
    let id: pid_t
    /// This process's end of the socket.
    let socket: Int32

    /// Starts a program in a process group of its own, so that a Ctrl-C at the terminal reaches only whoever coordinates. `errors` is the
    /// file that its standard error is appended to. Throws `StartError`.
    init(_ words: [String], environment: [String], errors: String) throws(StartError) {
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw StartError(words.first ?? "", errno)
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, errors, O_WRONLY | O_CREAT | O_APPEND, 0o666)
        do {
            id = try Spawning.start(words, environment: environment, &actions)
        } catch {
            close(ends[0])
            close(ends[1])
            throw error
        }
        close(ends[1])
        socket = ends[0]
    }

    deinit { close(socket) }

    /// Sends a line; false where the process is gone.
    func send(_ line: String) -> Bool {
        var bytes = Array((line + "\n").utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            bytes = bytes.dropFirst(count)
        }
        return true
    }

    /// Ends the process, kindly first, and waits for it. Returns how it ended, in words.
    @discardableResult
    func end() -> String {
        kill(id, SIGTERM)
        for _ in 0..<50 {
            if let ending = Spawning.ending(id, waits: false) { return ending }
            usleep(20_000)
        }
        kill(id, SIGKILL)
        return Spawning.ending(id, waits: true) ?? ""
    }

    /// Waits for a process that has closed its end, and returns how it ended, in words.
    func ended() -> String {
        for _ in 0..<250 {
            if let ending = Spawning.ending(id, waits: false) { return ending }
            usleep(20_000)
        }
        return end()
    }
}

/// A program that could not be started.
public struct StartError: Error, Sendable, CustomStringConvertible {
    /// The program.
    public let program: String
    /// The value of `errno`.
    public let code: Int32

    init(_ program: String, _ code: Int32) { (self.program, self.code) = (program, code) }

    /// What went wrong, without a full stop.
    public var description: String { "cannot start \(program): \(String(cString: strerror(code)))" }
}

/// Starting programs and waiting for them.
enum Spawning {
    /// Starts a program, found by PATH, with the usual reactions to signals, in a process group of its own.
    static func start(_ words: [String], environment: [String], _ actions: inout posix_spawn_file_actions_t) throws(StartError) -> pid_t {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var (signals, none) = (sigset_t(), sigset_t())
        sigemptyset(&signals)
        sigemptyset(&none)
        for signal in [SIGINT, SIGQUIT, SIGPIPE, SIGHUP, SIGTERM, SIGTSTP] { sigaddset(&signals, signal) }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup($0) } + [nil]
        defer { for word in arguments + variables { free(word) } }
        var id = pid_t()
        let failed = posix_spawnp(&id, words.first ?? "", &actions, &attributes, &arguments, &variables)
        guard failed == 0 else { throw StartError(words.first ?? "", failed) }
        return id
    }

    /// Returns how a process ended, in words; nil where it goes on.
    static func ending(_ id: pid_t, waits: Bool) -> String? {
        var status: Int32 = 0
        var found = pid_t()
        repeat { found = waitpid(id, &status, waits ? 0 : WNOHANG) } while found < 0 && errno == EINTR
        guard found != 0 else { return nil }
        guard found > 0 else { return "it is gone" }
        let signal = status & 0x7F
        guard signal != 0 else { return "it ended with status \(status >> 8 & 0xFF)" }
        return "it was ended by signal \(signal) (\(String(cString: strsignal(signal))))"
    }

    /// This process's variables, with others in place of those of the same name.
    static func environment(_ others: [(String, String)]) -> [String] {
        var result: [String] = []
        var place = environ
        while let text = place.pointee {
            let line = String(cString: text)
            if !others.contains(where: { line.hasPrefix($0.0 + "=") }) { result.append(line) }
            place += 1
        }
        return result + others.map { "\($0)=\($1)" }
    }
}
