import CReadline
import Glibc
import Synchronization

/// A destination for text. May be used from any thread.
public protocol TextSink: Sendable {
    /// Writes a text, now or later.
    func write(_ text: String)
    /// Writes everything that is held back.
    func flush()
}

/// Writes to a descriptor. Text for a terminal or for standard error is written at once, other text in larger pieces; a write that comes
/// more than a tenth of a second after the last flush writes everything.
public final class FileSink: TextSink {
    private struct State {
        var buffer: [UInt8] = []
        var flushed = Surroundings.monotonicSeconds()
    }

    private static let largestBuffer = 1 << 15
    private static let longestHold = 0.1

    private let descriptor: Int32
    private let atOnce: Bool
    private let state = Mutex(State())

    /// Creates a sink for an open descriptor, which it does not close.
    public init(_ descriptor: Int32) {
        self.descriptor = descriptor
        atOnce = Surroundings.isTerminal(descriptor) || descriptor == STDERR_FILENO
    }

    /// Writes a text, at once or with later ones. Ends the process where the reader is gone or standard output cannot be written.
    public func write(_ text: String) {
        state.withLock { state in
            state.buffer += text.utf8
            let held = Surroundings.monotonicSeconds() - state.flushed
            if atOnce || state.buffer.count > FileSink.largestBuffer || held > FileSink.longestHold {
                flush(&state)
            }
        }
    }

    /// Writes everything that is held back.
    public func flush() {
        state.withLock { flush(&$0) }
    }

    /// Writes what is held back unless another thread is writing; for the end of the process.
    func flushIfIdle() {
        _ = state.withLockIfAvailable { flush(&$0) }
    }

    private func flush(_ state: inout State) {
        var done = 0
        while done < state.buffer.count {
            let count = state.buffer.withUnsafeBytes { bytes in
                Glibc.write(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done)
            }
            if count >= 0 {
                done += count
            } else if errno == EAGAIN {
                var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&wait, 1, -1)
            } else if errno != EINTR {
                state.buffer = []
                leave(errno)
            }
        }
        state.buffer.removeAll(keepingCapacity: true)
        state.flushed = Surroundings.monotonicSeconds()
    }

    /// Ends the process after a failed write. A reader that has gone away (`bas … | head`) is no error; a full disk is reported. Text for
    /// standard error that cannot be written is dropped, because there is nowhere to say so.
    private func leave(_ code: Int32) {
        if code == EPIPE { Departure.leave(128 + SIGPIPE) }
        if descriptor == STDERR_FILENO { return }
        Departure.say("bas: cannot write the output: \(Surroundings.errorText(code))\n")
        Departure.leave(74)
    }
}

/// Ends the process from any thread, at once, with the terminal restored.
public enum Departure {
    /// Restores the terminal and ends the process with this status.
    public static func leave(_ status: Int32) -> Never {
        bas_screen_restore()
        _exit(status)
    }

    /// Writes a text to standard error, unbuffered.
    static func say(_ text: String) {
        var text = text
        _ = text.withUTF8 { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}

/// Keeps the text, for tests.
public final class BufferSink: TextSink {
    private let kept = Mutex("")

    /// Creates an empty sink.
    public init() {}

    /// Appends a text.
    public func write(_ text: String) { kept.withLock { $0 += text } }
    /// Does nothing.
    public func flush() {}
    /// All text since the last `clear`.
    public var text: String { kept.withLock { $0 } }
    /// Forgets the text.
    public func clear() { kept.withLock { $0 = "" } }
}
