import Glibc

/// The three standard descriptors, open.
enum Descriptors {
    /// Where a caller closed one (`bas <&-`), the next file that is opened would take its number, and be read or
    /// written in its place. An open descriptor that can do neither makes that an error as it was.
    static func fill() {
        for (descriptor, mode) in [(STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY)]
        where fcntl(descriptor, F_GETFD) < 0 {
            // The lowest free number is this one: those below are open by now.
            _ = open("/dev/null", mode)
        }
    }
}
