import Glibc

/// Keeps the three standard descriptors open.
enum Descriptors {
    /// Opens those that the caller closed (`bas <&-`) as descriptors that can neither be read nor written as meant, so that using them
    /// stays an error. Otherwise the next file to be opened would get the number, and be read or written in their place.
    static func fill() {
        for (descriptor, mode) in [(STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY)]
        where fcntl(descriptor, F_GETFD) < 0 {
            // The lowest free number is this one: those below are open by now.
            _ = open("/dev/null", mode)
        }
    }
}
