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
    /// each, twenty times what a worker that is looking for work needs to begin; at most `limit`.
    public static func tasks(work: Int, limit: Int = 16) -> Int { max(1, min(limit, work / 1_000_000)) }

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
    public static func run(tasks: Int, _ body: (Int) -> Void) {
        let before = bas_flush_denormals()
        defer { bas_restore_denormals(before) }
        switch schedule {
        case .machine: run(tasks: tasks, threads: threads, body)
        case .threads(let count): run(tasks: tasks, threads: count, body)
        case .reversed: for task in (0..<tasks).reversed() { body(task) }
        }
    }

    private static func run(tasks: Int, threads: Int, _ body: (Int) -> Void) {
        if tasks <= 1 || threads == 1 {
            for task in 0..<tasks { body(task) }
            return
        }
        withoutActuallyEscaping(body) { body in
            var body = body
            withUnsafeMutablePointer(to: &body) { pointer in
                bas_pool_run(Int32(tasks), Int32(threads), { context, task in
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
