import Glibc

/// A program of the system that is run to its end, such as `sbatch`, with what it printed.
struct CapturedProgram {
    /// What it printed, its errors among it, at most 1 MiB.
    let output: String
    /// Whether it ended with status 0.
    let isWell: Bool

    /// Runs a program, found by PATH, without input. Throws `StartError`.
    init(_ words: [String], environment: [String] = Spawning.environment([])) throws(StartError) {
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw StartError(words.first ?? "", errno)
        }
        defer { close(ends[0]) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO)
        let started = Result { () throws(StartError) in try Spawning.start(words, environment: environment, &actions) }
        close(ends[1])
        let id = try started.get()
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 14)
        while true {
            let count = read(ends[0], &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            if bytes.count < 1 << 20 { bytes += buffer[..<count] }
        }
        let ending = Spawning.ending(id, waits: true)
        output = String(decoding: bytes, as: UTF8.self)
        isWell = ending == "it ended with status 0"
    }
}
