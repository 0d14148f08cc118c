import CZeroMQ
import Glibc

/// What happens to a kernel's process from outside: signals, and the end of the program that started it.
public final class ProcessWatch {
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

    /// Takes over SIGINT, SIGTERM and SIGHUP of this process. Threads that exist already keep handling them as they did.
    public init() {
        signal(SIGPIPE, SIG_IGN)
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&signals, number) }
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        descriptor = signalfd(-1, &signals, bas_signal_flags)
        // Jupyter tells its own process. Where that was replaced before the kernel came up, or lies outside of a container, it is not watched.
        let told = getenv("JPY_PARENT_PID").flatMap { pid_t(String(cString: $0)) }
        parent = told == getppid() ? told : nil
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// The longest time between two calls of `next`, in seconds; nil for any.
    var pause: Double? { parent == nil ? nil : 1 }

    /// Returns what has happened since the last call; nil for nothing.
    func next() -> Signal? {
        var information = signalfd_siginfo()
        let size = MemoryLayout<signalfd_siginfo>.size
        if descriptor >= 0, read(descriptor, &information, size) == size {
            let number = Int32(information.ssi_signo)
            return number == SIGINT ? .interrupt : .end(128 + number)
        }
        if let parent, getppid() != parent { return .end(0) }
        return nil
    }
}
