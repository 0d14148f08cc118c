import CKernels
import Glibc

/// The one place that splits work over threads. Callers cut work into tasks by its *shape* alone, never by the
/// number of threads, so results do not depend on how many there are.
public enum Parallel {
    /// Threads that take tasks: `BAS_THREADS`, or the cores that this process may use.
    public static let threads: Int = {
        if let text = getenv("BAS_THREADS"), let count = Int(String(cString: text)), count > 0 { return min(count, 256) }
        return Int(bas_processor_count())
    }()

    /// How many tasks `work` (floating-point operations, or bytes touched times a few) is worth: at least about 10 µs
    /// each, twenty times what a worker that is looking for work needs to begin; at most `limit`: by itself 16, more
    /// where each would take long, because a task is what an interrupt waits for.
    public static func tasks(work: Int, limit: Int? = nil) -> Int {
        max(1, min(limit ?? max(16, work / 400_000_000), work / 1_000_000))
    }

    /// How `run` takes its tasks. Tests compare the bits that each of these gives.
    enum Schedule: Sendable {
        case machine
        case threads(Int)
        case reversed
    }
    @TaskLocal static var schedule = Schedule.machine

    /// Runs `body(0)` … `body(tasks - 1)`, each once, on up to `threads` threads; returns when all are done.
    ///
    /// Subnormal numbers count as zero within, on every thread and also where there is one only: else results would
    /// depend on which thread took a task.
    ///
    /// `always`: what is made is kept, so no task is left out even where the work is abandoned.
    public static func run(tasks: Int, always: Bool = false, _ body: (Int) -> Void) {
        let before = bas_flush_denormals()
        defer { bas_restore_denormals(before) }
        if !always, let isUnwanted = demand.isUnwanted {
            schedule(tasks) { task in if !isUnwanted() { body(task) } }
        } else {
            schedule(tasks, body)
        }
    }

    private static func schedule(_ tasks: Int, _ body: (Int) -> Void) {
        switch schedule {
        case .machine: run(tasks: tasks, threads: threads, body)
        case .threads(let count): run(tasks: tasks, threads: count, body)
        case .reversed: for task in (0..<tasks).reversed() { body(task) }
        }
    }

    /// Runs `body(0)` … `body(count - 1)` each as one piece of long work: side by side, one a thread, where that leaves no
    /// thread idle; else one behind the other, whose operations are split over the threads. Callers see to it that both
    /// give the same bits. What runs side by side spares the threads their waiting for each other after every operation.
    public static func lanes(_ count: Int, _ body: (Int) -> Void) {
        let before = bas_flush_denormals()
        defer { bas_restore_denormals(before) }
        guard fillsThreads(lanes: count) else { return (0..<count).forEach(body) }
        let demand = demand
        schedule(count) { lane in $demand.withValue(demand) { body(lane) } }
    }

    /// Would so many pieces of equal work keep every thread busy? Not while time is recorded, by operation on one thread.
    private static func fillsThreads(lanes count: Int) -> Bool {
        let threads = if case .threads(let count) = schedule { count } else { threads }
        return threads > 1 && count % threads == 0 && !Profile.isRecording
    }

    // MARK: work that nobody wants any more

    private struct Demand: Sendable {
        /// Asked before every task; true leaves the task out.
        var isUnwanted: (@Sendable () -> Bool)?
    }
    @TaskLocal private static var demand = Demand()

    /// Within `body`, tasks are left out once `condition` is true: products of huge matrices and passes of large models
    /// end within one task's time instead of their own. What was computed is rubbish then: the caller asks `condition`
    /// afterwards and throws it away, keeps no cache of it, and writes it nowhere. Once true, `condition` stays true.
    public static func abandonable<T>(
        when condition: @escaping @Sendable () -> Bool, _ body: () throws -> T
    ) rethrows -> T {
        try $demand.withValue(Demand(isUnwanted: condition)) { try body() }
    }

    /// Whether what is being computed may be rubbish: caches keep nothing then.
    public static var isAbandoned: Bool { demand.isUnwanted?() ?? false }

    /// Within `body` everything is finished whatever is asked for: files that belong together are being written.
    public static func finishing<T>(_ body: () throws -> T) rethrows -> T {
        try $demand.withValue(Demand()) { try body() }
    }

    /// Whether anybody may stop what is being computed.
    public static var isAbandonable: Bool { demand.isUnwanted != nil }

    /// Thrown by `checkWanted`.
    public struct Unwanted: Error, CustomStringConvertible {
        public init() {}
        public var description: String { "not wanted any more" }
    }

    /// Throws `Unwanted` where what is being computed may be rubbish: before a result is written or kept, and between the
    /// files, parameters or passes of long work.
    public static func checkWanted() throws {
        if isAbandoned { throw Unwanted() }
    }

    private static func run(tasks: Int, threads: Int, _ body: (Int) -> Void) {
        if tasks <= 1 || threads == 1 {
            for task in 0..<tasks { body(task) }
            return
        }
        let precision = ProductPrecision.current
        withoutActuallyEscaping(body) { body in
            var body = precision == .float32 ? body : { task in precision.handedOn { body(task) } }
            withUnsafeMutablePointer(to: &body) { pointer in
                bas_pool_run(
                    Int32(tasks), Int32(threads),
                    { context, task in
                        context?.assumingMemoryBound(to: ((Int) -> Void).self).pointee(Int(task))
                    }, pointer)
            }
        }
    }

    /// Splits 0..<count into `tasks` ranges whose bounds are multiples of `alignment`.
    public static func range(_ task: Int, of tasks: Int, count: Int, alignment: Int = 1) -> Range<Int> {
        let units = (count + alignment - 1) / alignment
        let low = units * task / tasks * alignment
        return min(low, count)..<min(units * (task + 1) / tasks * alignment, count)
    }
}
