import Files
import Glibc
import Jobs
import Language

// Jobs as arrays of Slurm: one call submits them all; then the files of their tasks are read, and Slurm is asked now and then.
extension JobCoordinator {
    /// The seconds between two readings of the tasks' files at first, and at most.
    private static let (firstPause, longestPause) = (0.5, 10.0)
    /// The seconds between two questions to Slurm, in pauses of the first kind and of the last.
    private static let (firstQuestion, laterQuestion) = (2.0, 30.0)
    /// The seconds that a network file system may need to show what a task wrote.
    private static let grace = 5.0

    /// Submits the jobs unless earlier arrays of this folder are still in Slurm's queue, and waits for them where the call says so.
    func runBySlurm(_ missing: [String]) throws {
        var queue = try Slurm.queue(names())
        if queue.isEmpty {
            try retry()
            try submit(missing)
        } else {
            tell("\(queue.names.sorted().joined(separator: ", ")) is in Slurm's queue already; nothing new is submitted.\n")
        }
        guard options.waits else { return }
        var (pause, asked, last) = (Self.firstPause, JobTime.now, counts)
        while true {
            show(nil)
            if try sleep(pause) { return tellWaiting() }
            let isNew = try merge()
            pause = isNew ? Self.firstPause : min(pause * 1.5, Self.longestPause)
            if isNew { try recount() }
            if counts.waiting + counts.running == 0 { return show(nil) }
            guard JobTime.now - asked > (pause < 5 ? Self.firstQuestion : Self.laterQuestion) else { continue }
            queue = try Slurm.queue(names())
            asked = JobTime.now
            guard queue.isEmpty else { continue }
            if try settled() { return show(nil) }
            guard counts.done + counts.failed > last.done + last.failed else { throw ended(counts) }
            // What has failed stays so until the next call.
            try store.requeue(list)
            try recount()
            last = counts
            try submit(unended())
        }
    }

    private func names() throws -> [String] {
        try SlurmArray.numbers(folder).map { try SlurmArray(folder, number: $0).name(in: folder) }
    }

    /// Submits jobs as a new array.
    private func submit(_ jobs: [String]) throws {
        try FileSystem.createFolder(folder.specs)
        try spec.write(to: folder.spec(list), call)
        let program = try JobOptions.program(call)
        let most = min(options.tasks, try Slurm.mostTasks())
        let array = SlurmArray(number: (SlurmArray.numbers(folder).last ?? 0) + 1, list: list, jobs: jobs, tasks: most)
        let shared = JobFolder(RealPath.of(folder.path) ?? folder.path)
        try array.write(shared)
        var options = options.scheduler
        let cores = "cpus-per-task"
        if !options.contains(where: { $0.name == cores }), let threads = Slurm.Option(cores, "\(self.options.threads)") {
            options.append(threads)
        }
        let number = try Slurm.submit(array, shared, program: program, variables: variables(), options)
        let tasks = array.tasks == 1 ? "1 task" : "\(array.tasks) tasks"
        tell("Slurm array \(number): \(jobs.count) jobs in \(tasks). bas jobs \(folder.path) shows how far they are.\n")
    }

    /// Waits; returns true as soon as a stop was requested.
    private func sleep(_ seconds: Double) throws -> Bool {
        let end = JobTime.now + seconds
        repeat {
            if call.context.interrupt.isRequested { return true }
            usleep(50_000)
        } while JobTime.now < end
        return false
    }

    /// Reads the files of an array that has ended until all its jobs have, or the file system has had its time. Returns whether all have.
    private func settled() throws -> Bool {
        let end = JobTime.now + Self.grace
        while true {
            try merge()
            try recount()
            if counts.waiting + counts.running == 0 { return true }
            if JobTime.now > end { return false }
            if try sleep(1) { return false }
        }
    }

    /// Returns the jobs that have neither measures nor an error, in their order.
    private func unended() throws -> [String] {
        let ended = Set(try store.rows(list).map(\.identity))
        return try store.missing(list).filter { !ended.contains($0) }
    }

    private func ended(_ counts: JobCounts) -> Problem {
        let logs = FileSystem.contents(folder.tasks).filter { $0.hasSuffix(".log") }
        let text = logs.first.flatMap { try? ReadableFile.contents("\(folder.tasks)/\($0)", limit: 1 << 20) }
            .map { String(decoding: $0.suffix(400), as: UTF8.self) }
        return Problem(
            .failed, "Slurm's array has ended, and \(counts.waiting + counts.running) jobs have no result",
            argument: JobOptions.folder.name,
            notes: text.map { ["\(logs[0]) ends: \($0.split(separator: "\n").suffix(3).joined(separator: " / "))"] } ?? [],
            help: "sacct says why its tasks ended; the same call submits what is missing")
    }

    private func tellWaiting() {
        let name = (try? names().last) ?? ""
        tell("Slurm goes on with the jobs; the same call waits for them again, and scancel --name=\(name) ends them.\n")
    }
}
