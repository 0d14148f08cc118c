import Glibc
import Synchronization

/// Records what operations took: time, arithmetic and memory traffic. While nothing is recorded, an operation pays one
/// atomic load.
public enum Profile {
    /// The sums over all calls of one operation.
    public struct Entry: Sendable, Equatable {
        /// The number of calls.
        public var calls = 0
        /// Seconds, without the time of operations inside of this one.
        public var seconds = 0.0
        /// Multiplications and additions of the plain algorithm, whatever algorithm was used.
        public var flops = 0
        /// Bytes read and written at least: every operand counted once.
        public var bytes = 0

        /// An entry without calls.
        public init() {}
    }

    private struct State {
        var entries: [String: Entry] = [:]
        /// The seconds that inner operations took, one number for each operation that is open.
        var inner: [Double] = []
        var thread = pthread_self()
    }
    private static let isOn = Atomic(false)
    private static let state = Mutex(State())

    static var isRecording: Bool { isOn.load(ordering: .relaxed) }

    /// Runs `body` and returns what its operations on the calling thread took; those of other threads are not counted.
    public static func record<R>(_ body: () throws -> R) rethrows -> (result: R, entries: [String: Entry]) {
        state.withLock { $0 = State() }
        isOn.store(true, ordering: .relaxed)
        defer { isOn.store(false, ordering: .relaxed) }
        let result = try body()
        return (result, state.withLock { $0.entries })
    }

    /// Measures one operation: `let cost = Profile.Cost("softmax", …); defer { cost.end() }`.
    public struct Cost {
        private let name: StaticString
        private let flops: Int
        private let bytes: Int
        private let start: Double

        /// Begins an operation. `flops` and `floats` (floats read and written) are only evaluated while the calling thread
        /// is recorded.
        public init(_ name: StaticString, flops: @autoclosure () -> Int = 0, floats: @autoclosure () -> Int) {
            self.name = name
            guard isOn.load(ordering: .relaxed), Profile.begin() else {
                (self.flops, bytes, start) = (0, 0, -1)
                return
            }
            (self.flops, bytes, start) = (flops(), 4 * floats(), Profile.now())
        }

        /// Ends the operation and adds it to the entries.
        public func end() {
            if start >= 0 { Profile.end(name.description, since: start, flops: flops, bytes: bytes) }
        }
    }

    private static func begin() -> Bool {
        state.withLock { state in
            guard pthread_equal(state.thread, pthread_self()) != 0 else { return false }
            state.inner.append(0)
            return true
        }
    }

    private static func end(_ name: String, since start: Double, flops: Int, bytes: Int) {
        let elapsed = now() - start
        state.withLock { state in
            let inner = state.inner.popLast() ?? 0
            if !state.inner.isEmpty { state.inner[state.inner.count - 1] += elapsed }
            var entry = state.entries[name, default: Entry()]
            entry.calls += 1
            entry.seconds += elapsed - inner
            entry.flops += flops
            entry.bytes += bytes
            state.entries[name] = entry
        }
    }

    private static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}

extension Tensor {
    /// The greatest rate of products that this machine reaches now, on all threads together, in floating-point operations
    /// per second: the best of several runs with packed matrices that stay in the second cache.
    public static func productPeak() -> Double {
        let (m, n, k) = (768, 192, 192)
        let (x, w) = (Tensor(repeating: 0.5, shape: [m, k]), Tensor(repeating: 0.25, shape: [n, k]))
        return (0..<200).reduce(0.0) { best, _ in
            let start = ContinuousClock.now
            keepAlive(x.linear(w))
            let elapsed = (ContinuousClock.now - start) / .seconds(1)
            return max(best, Double(2 * m * n * k) / elapsed)
        }
    }
}
