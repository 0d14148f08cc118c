import CKernels
import Glibc

/// Splits work over threads, and leaves out tasks of work that is cancelled; nothing else does. Callers cut work into tasks by its *shape* alone, never by
/// the number of threads, so results do not depend on how many there are.
public enum Parallel {
    /// The number of threads that take tasks: the variable `BAS_THREADS`, at most 256, or the cores that this process may
    /// use.
    public static let threads: Int = {
        if let text = getenv("BAS_THREADS"), let count = Int(String(cString: text)), count > 0 { return min(count, 256) }
        return Int(bas_processor_count())
    }()

    /// How many tasks `work` (floating-point operations, or bytes touched times a few) is worth: each at least about 10 µs,
    /// twenty times what a waiting worker needs to begin; at most `limit`. By default that is 16, and more where each task
    /// would take long, because cancelling waits for one task to end.
    public static func tasks(work: Int, limit: Int? = nil) -> Int {
        max(1, min(limit ?? max(16, work / 400_000_000), work / 1_000_000))
    }

    /// The order and the threads in which `run` takes its tasks. Tests compare the results of each schedule bit by bit.
    enum Schedule: Sendable {
        case machine
        case threads(Int)
        case reversed
    }
    @TaskLocal static var schedule = Schedule.machine

    /// Calls `body(0)` … `body(tasks - 1)`, each once, on up to `threads` threads; returns when all are done.
    ///
    /// Subnormal numbers count as zero within, on every thread, also where there is only one: otherwise results would
    /// depend on which thread took a task.
    ///
    /// `always`: all tasks are done even where the work is cancelled, because their result is kept.
    public static func run(tasks: Int, always: Bool = false, _ body: (Int) -> Void) {
        let before = bas_flush_denormals()
        defer { bas_restore_denormals(before) }
        if !always, let isCancelled = Cancellation.question {
            schedule(tasks) { task in if !isCancelled() { body(task) } }
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

    /// Calls `body(0)` … `body(count - 1)`, each of which is long work. Where that leaves no thread idle they run side by
    /// side, one on each thread; else one after the other, and the operations of each are split over the threads. Callers
    /// make sure that both give the same bits. Side by side, threads need not wait for each other after every operation.
    public static func lanes(_ count: Int, _ body: (Int) -> Void) {
        let before = bas_flush_denormals()
        defer { bas_restore_denormals(before) }
        guard fillsThreads(lanes: count) else { return (0..<count).forEach(body) }
        let question = Cancellation.question
        schedule(count) { lane in Cancellation.scope(of: question) { body(lane) } }
    }

    /// Whether so many pieces of equal work keep every thread busy. False while times are recorded, which count one
    /// thread's operations.
    private static func fillsThreads(lanes count: Int) -> Bool {
        let threads = if case .threads(let count) = schedule { count } else { threads }
        return threads > 1 && count % threads == 0 && !Profile.isRecording
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

    /// The part number `task` of 0..<`count`, cut into `tasks` ranges whose bounds are multiples of `alignment`; it may be
    /// empty.
    public static func range(_ task: Int, of tasks: Int, count: Int, alignment: Int = 1) -> Range<Int> {
        let units = (count + alignment - 1) / alignment
        let low = units * task / tasks * alignment
        return min(low, count)..<min(units * (task + 1) / tasks * alignment, count)
    }
}
