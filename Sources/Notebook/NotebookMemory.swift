import Commands
import Language
import Synchronization
import Tensors

/// What the runs of a notebook leave in memory for runs of other versions of the file: results and values of cells by value key, and the cells
/// that a person stopped. Losing it costs time only, but for what a stopped cell had bound. May be used from any thread.
public final class NotebookMemory: Sendable {
    /// What a cell had bound when it was stopped.
    struct Stopped {
        var values: [String: Value]
        var digests: [String: String]
        var random: RandomState
    }

    /// What is known of a cell.
    struct Held {
        var entry: CellCache.Entry
        /// The values that it bound; nil where they are in the cache only.
        var values: [String: Value]?
        /// The number of the run that used it last.
        var use: Int
    }

    private struct State {
        var held: [String: Held] = [:]
        var stopped: [String: Stopped] = [:]
        var run = 0
    }

    private let state = Mutex(State())

    /// Creates an empty memory.
    public init() {}

    /// Counts a run and returns its number.
    func beginRun() -> Int {
        state.withLock { state in
            state.run += 1
            return state.run
        }
    }

    /// Returns what is known of a cell by its value key.
    func held(_ key: String) -> Held? {
        state.withLock { state in
            state.held[key]?.use = state.run
            return state.held[key]
        }
    }

    /// Keeps what is known of a cell.
    func hold(_ entry: CellCache.Entry, _ values: [String: Value]?, _ key: String) {
        state.withLock { state in
            // Values that were at hand stay so.
            state.held[key] = Held(entry: entry, values: values ?? state.held[key]?.values, use: state.run)
        }
    }

    /// Forgets what no run from this number on has used.
    func forgetUnused(since run: Int) {
        // What goes is released outside of the lock: it may be large.
        let gone = state.withLock { state in
            let unused = state.held.filter { $0.value.use < run }
            for key in unused.keys { state.held[key] = nil }
            return unused
        }
        withExtendedLifetime(gone) {}
    }

    /// Returns what a cell had bound when it was stopped; nil where it was not.
    func stopped(_ key: String) -> Stopped? { state.withLock { $0.stopped[key] } }

    /// Keeps what a cell has bound that was stopped now.
    func keep(_ stopped: Stopped, _ key: String) { state.withLock { $0.stopped[key] = stopped } }

    /// Forgets that a cell was stopped, because it runs again.
    func release(_ key: String) { state.withLock { _ = $0.stopped.removeValue(forKey: key) } }
}
