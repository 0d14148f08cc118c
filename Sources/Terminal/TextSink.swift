import CReadline
import Glibc
import Synchronization

/// Where text goes.
public protocol TextSink: Sendable {
    func write(_ text: String)
    func flush()
}

/// A descriptor. Text for a terminal is written at once; other text in larger pieces, but not held longer
/// than it takes until the next write after a tenth of a second.
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

    public init(_ descriptor: Int32) {
        self.descriptor = descriptor
        atOnce = Surroundings.isTerminal(descriptor) || descriptor == STDERR_FILENO
    }

    public func write(_ text: String) {
        state.withLock { state in
            state.buffer += text.utf8
            let held = Surroundings.monotonicSeconds() - state.flushed
            if atOnce || state.buffer.count > FileSink.largestBuffer || held > FileSink.longestHold {
                flush(&state)
            }
        }
    }

    public func flush() {
        state.withLock { flush(&$0) }
    }

    /// Writes what is held unless another thread is writing: for the way out of the process.
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

    /// A reader that has gone away (`bas … | head`) is no error to talk about; a full disk is. Text for
    /// standard error that cannot be written is lost without a word, because there is nowhere to say so.
    private func leave(_ code: Int32) {
        if code == EPIPE { Departure.leave(128 + SIGPIPE) }
        if descriptor == STDERR_FILENO { return }
        Departure.say("bas: cannot write the output: \(Surroundings.errorText(code))\n")
        Departure.leave(74)
    }
}

/// Leaving the process from any thread, at once, with the terminal put right.
public enum Departure {
    public static func leave(_ status: Int32) -> Never {
        bas_screen_restore()
        _exit(status)
    }

    static func say(_ text: String) {
        var text = text
        _ = text.withUTF8 { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}

/// Keeps text, for tests.
public final class BufferSink: TextSink {
    private let kept = Mutex("")

    public init() {}

    public func write(_ text: String) { kept.withLock { $0 += text } }
    public func flush() {}
    public var text: String { kept.withLock { $0 } }
    public func clear() { kept.withLock { $0 = "" } }
}
