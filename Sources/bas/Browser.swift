import Glibc

/// The person's browser, for the pages that bas serves.
enum Browser {
    /// Says how to open the page where no browser was started.
    static func advice(_ address: String) -> String {
        guard getenv("SSH_CONNECTION") != nil, let port = address.split(separator: "/").dropFirst().first?.split(separator: ":").last else {
            return "no browser was started here: open the address yourself"
        }
        return "no browser was started here: on your own machine, ssh -L \(port):127.0.0.1:\(port) THIS-MACHINE, and open the address there"
    }

    /// Starts the browser, with its own output thrown away. Returns false where there is no screen, or no xdg-open.
    static func open(_ address: String?) -> Bool {
        guard ["DISPLAY", "WAYLAND_DISPLAY", "BROWSER"].contains(where: { (name: String) in getenv(name) != nil }),
            let address
        else {
            return false
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)
        // A group of its own, so that Ctrl-C does not end the browser; the signals that bas ignores are not ignored there.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF))
        var process = pid_t()
        let words = ["xdg-open", address]
        var arguments = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        return posix_spawnp(&process, "xdg-open", &actions, &attributes, &arguments, environ) == 0
    }
}
