import CReadline
import Glibc
import Synchronization

import class Language.Interrupt

/// Reads signals from a pipe on a thread of its own, and passes them to whoever has the terminal: the line being read, or the computation
/// that runs.
final class SignalWatcher: Sendable {
    static let shared = SignalWatcher()

    /// The part of the program that has the terminal.
    private enum Owner {
        /// Nobody: between two runs or lines, or before the first.
        case nobody
        /// The line that is being read, by its wake pipe.
        case line(Int32)
        case run(Interrupt)
    }

    private struct State {
        var owner = Owner.nobody
        var started = false
        /// Whether Ctrl-C is ignored while nobody has the terminal, as at a prompt; else it ends the process.
        var staysWhenIdle = false
        var requests = 0
        var lastRequest = -Double.infinity
        /// The status with which the process ends once the run has saved its state.
        var departure: Int32?
        /// Writes out what is still held before the process ends.
        var lastWords: @Sendable () -> Void = {}
    }

    private let state = Mutex(State())
    /// The longest time between requests that count as in a row, in seconds.
    private static let patience = 2.0

    /// Starts to watch, once for the process. `lastWords` is called before a signal ends the process.
    func start(lastWords: @escaping @Sendable () -> Void) {
        let first = state.withLock { state in
            state.lastWords = lastWords
            defer { state.started = true }
            return !state.started
        }
        guard first else { return }
        bas_screen_remember()
        let pipe = bas_signals_start()
        guard pipe >= 0 else { return }
        let thread = Unmanaged.passRetained(Reader(pipe: pipe, watcher: self))
        var id = pthread_t()
        let failed = pthread_create(
            &id, nil,
            { argument in
                if let argument { Unmanaged<Reader>.fromOpaque(argument).takeRetainedValue().run() }
                return nil
            }, thread.toOpaque())
        if failed == 0 { pthread_detach(id) } else { thread.release() }
    }

    /// Runs `work`, during which Ctrl-C requests a stop of this interrupt.
    func whileRunning<Result>(_ interrupt: Interrupt, _ work: () throws -> Result) rethrows -> Result {
        // A request that came too late for the run before is not meant for this one.
        interrupt.reset()
        own(.run(interrupt))
        defer {
            let departure = state.withLock { state in
                (state.owner, state.requests) = (.nobody, 0)
                return state.departure
            }
            if let departure { leave(departure) }
        }
        return try work()
    }

    /// Runs `work`, which reads a line; signals wake it through this pipe.
    func whileReading<Result>(wake: Int32, _ work: () throws -> Result) rethrows -> Result {
        own(.line(wake))
        defer { own(.nobody) }
        return try work()
    }

    /// Keeps the process alive when Ctrl-C comes between cells.
    func stayWhenIdle() { state.withLock { $0.staysWhenIdle = true } }

    private func own(_ owner: Owner) {
        state.withLock { state in
            state.owner = owner
            state.requests = 0
        }
    }

    // MARK: on the watcher's thread

    private final class Reader: Sendable {
        let pipe: Int32
        let watcher: SignalWatcher

        init(pipe: Int32, watcher: SignalWatcher) {
            self.pipe = pipe
            self.watcher = watcher
        }

        func run() {
            var byte: UInt8 = 0
            while true {
                let count = read(pipe, &byte, 1)
                if count == 1 {
                    watcher.received(Int32(byte))
                } else if count == 0 || errno != EINTR {
                    return
                }
            }
        }
    }

    private func received(_ signal: Int32) {
        switch signal {
        case SIGINT: interrupt()
        case SIGTERM, SIGHUP: terminate(128 + signal)
        case SIGTSTP: suspend()
        case SIGWINCH: wakeLine(bas_wake_resize)
        default: break
        }
    }

    private func interrupt() {
        let status: Int32? = state.withLock { state in
            switch state.owner {
            case .line(let wake): send(bas_wake_interrupt, to: wake)
            case .nobody: return state.staysWhenIdle ? nil : 130
            case .run(let interrupt):
                let now = Surroundings.monotonicSeconds()
                state.requests = now - state.lastRequest < SignalWatcher.patience ? state.requests + 1 : 1
                state.lastRequest = now
                interrupt.request()
                // The third request in a row ends the process, except at a prompt, where values would be lost.
                guard state.requests >= 3 else { return nil }
                if !state.staysWhenIdle { return 130 }
                Departure.say("\nstopping at the next safe point; Ctrl-\\ ends bas at once (then :recover brings the inputs back)\n")
            }
            return nil
        }
        if let status { leave(status) }
    }

    /// Ends the process at once, unless a training runs that has a checkpoint to write: that is asked to stop. A second request does not
    /// wait for it.
    private func terminate(_ status: Int32) {
        let work: Interrupt.Work = state.withLock { state in
            guard case .run(let interrupt) = state.owner else { return .light }
            if interrupt.work != .kept { return interrupt.work }
            // This is the second such signal.
            if state.departure != nil { return .unkept }
            state.departure = status
            interrupt.request()
            return .kept
        }
        switch work {
        case .light: break
        case .unkept:
            Departure.say(
                "\nbas: ended by a signal; what this training did since its last checkpoint is lost (checkpoint=\"folder\" keeps it)\n")
        case .kept:
            Departure.say("\nbas: asked to end: writing the checkpoint (once more ends at once)\n")
            return
        }
        leave(status)
    }

    private func suspend() {
        let reading = state.withLock { state in
            if case .line = state.owner { true } else { false }
        }
        if reading { return wakeLine(bas_wake_suspend) }
        bas_screen_restore()
        bas_signals_stop_here()
    }

    private func leave(_ status: Int32) -> Never {
        sayLastWords()
        Departure.leave(status)
    }

    private func sayLastWords() {
        let words = state.withLock(\.lastWords)
        words()
    }

    private func wakeLine(_ byte: bas_line_wake) {
        state.withLock { state in
            if case .line(let wake) = state.owner { send(byte, to: wake) }
        }
    }

    private func send(_ byte: bas_line_wake, to wake: Int32) {
        var byte = UInt8(truncatingIfNeeded: byte.rawValue)
        _ = write(wake, &byte, 1)
    }
}
