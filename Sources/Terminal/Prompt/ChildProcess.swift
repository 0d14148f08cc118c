import CReadline
import Glibc

/// Programs that the prompt starts, such as an editor or a pager.
enum ChildProcess {
    /// Runs a shell command with `arguments` as `$1`, `$2`, …, and waits for it. `input` is its standard input, the terminal where it is
    /// nil. Returns the exit status, or nil where the command could not be started.
    static func shell(_ command: String, arguments: [String] = [], input: String? = nil) -> Int32? {
        var words: [UnsafeMutablePointer<CChar>?] = (["sh", "-c", command, "bas"] + arguments).map {
            strdup($0)
        }
        words.append(nil)
        defer { for word in words { free(word) } }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // Ignored signals are inherited; with SIGPIPE restored, the child ends when its reader goes away.
        var defaults = sigset_t()
        sigemptyset(&defaults)
        sigaddset(&defaults, SIGPIPE)
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))

        var ends: [Int32] = [-1, -1]
        if input != nil {
            guard bas_pipe(&ends, 0) == 0 else { return nil }
            posix_spawn_file_actions_adddup2(&actions, ends[0], STDIN_FILENO)
        }
        var id = pid_t()
        let failed = posix_spawn(&id, "/bin/sh", &actions, &attributes, words, environ)
        if ends[0] >= 0 { close(ends[0]) }
        defer { if ends[1] >= 0 { close(ends[1]) } }
        guard failed == 0 else { return nil }
        if let input {
            send(input, to: ends[1])
            close(ends[1])
            ends[1] = -1
        }
        var status: Int32 = 0
        while waitpid(id, &status, 0) < 0, errno == EINTR {}
        return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + (status & 0x7F)
    }

    private static func send(_ text: String, to descriptor: Int32) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            // A pager that was left early has read enough.
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }
}
