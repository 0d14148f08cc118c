import Dispatch

/// Runs the director on a queue of its own: it reads and hashes files, which must not hold up the threads that serve pages.
final class DirectorExecutor: SerialExecutor {
    private let queue = DispatchQueue(label: "preview")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}
