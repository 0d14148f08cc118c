import Glibc
import Language
import Synchronization

/// Sees to it that every program ends: one that takes long is asked to stop, as by Ctrl-C, and one that does not stop ends
/// the process, with its text.
final class CallWatch: Sendable {
    private struct State {
        var text: String?
        var begin = 0.0
        var wasAsked = false
        /// Programs that ended only when they were asked to.
        var asked = 0
    }
    private let state = Mutex(State())
    private let interrupt: Interrupt
    /// Seconds that a program has to end by itself, and then to end when it is asked to.
    private let patience: Double
    private let grace: Double

    init(_ interrupt: Interrupt, patience: Double, grace: Double) {
        (self.interrupt, self.patience, self.grace) = (interrupt, patience, grace)
        var id = pthread_t()
        let argument = Unmanaged.passRetained(self)
        pthread_create(
            &id, nil,
            { argument in
                if let argument { Unmanaged<CallWatch>.fromOpaque(argument).takeRetainedValue().watch() }
                return nil
            }, argument.toOpaque())
        pthread_detach(id)
    }

    var asked: Int { state.withLock(\.asked) }

    /// Whether the body ended by itself.
    func watching(_ text: String, _ body: () throws -> Void) rethrows -> Bool {
        state.withLock { ($0.text, $0.begin, $0.wasAsked) = (text, Self.now, false) }
        defer { state.withLock { $0.text = nil } }
        try body()
        return !state.withLock(\.wasAsked)
    }

    private func watch() {
        while true {
            usleep(50_000)
            let stuck: String? = state.withLock { state in
                guard let text = state.text else { return nil }
                let time = Self.now - state.begin
                if time > patience, !state.wasAsked {
                    state.wasAsked = true
                    state.asked += 1
                    interrupt.request()
                }
                return time > patience + grace ? text : nil
            }
            guard let stuck else { continue }
            let message = "this program neither ends nor heeds a stop:\n\(stuck)\n"
            _ = write(STDERR_FILENO, message, message.utf8.count)
            abort()
        }
    }

    private static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
