import Glibc

/// What happens to a kernel's process from outside: signals, and the end of the program that started it.
public struct ProcessWatch {
    /// What is asked of the kernel.
    enum Signal {
        /// The running cell is to stop.
        case interrupt
        /// The kernel is to end with this exit code.
        case end(Int32)
    }

    /// A descriptor that is readable while there are signals.
    let descriptor: Int32
    /// The process that started the kernel and said so; nil where it did not.
    private let parent: pid_t?

    /// Creates a watch. `signals` is a descriptor from which the numbers of signals are read, a byte each.
    public init(signals: Int32) {
        descriptor = signals
        // Jupyter tells its own process. Where that was replaced before the kernel came up, or lies outside of a container, it is not watched.
        let told = getenv("JPY_PARENT_PID").flatMap { pid_t(String(cString: $0)) }
        parent = told == getppid() ? told : nil
    }

    /// The longest time between two calls of `next`, in seconds; nil for any.
    var pause: Double? { parent == nil ? nil : 1 }

    /// Returns what has happened since the last call; nil for nothing.
    func next() -> Signal? {
        var question = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        var number: UInt8 = 0
        if poll(&question, 1, 0) > 0, read(descriptor, &number, 1) == 1 {
            switch Int32(number) {
            case SIGINT: return .interrupt
            case SIGTERM, SIGHUP: return .end(128 + Int32(number))
            default: return nil
            }
        }
        if let parent, getppid() != parent { return .end(0) }
        return nil
    }
}
