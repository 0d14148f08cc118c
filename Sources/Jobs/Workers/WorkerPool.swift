import Files
import Glibc

/// Processes of this machine that run jobs, each one job at a time.
///
/// A worker gets a line `IDENTITY` for each job on its standard input and answers with the result's line (`JobResult`); its first line is
/// `ready`, or says in a JSON object's member `problem` why it cannot work. It ends when its input does, also in the middle of a job: whoever
/// reads its results is gone then.
public final class WorkerPool {
    /// A worker that does not get ready.
    public struct Failure: Error, Sendable, CustomStringConvertible {
        /// What it said, without a full stop.
        public let description: String
    }

    /// How often a job is begun whose worker ends in the middle of it.
    public static let attempts = 2

    private struct Worker {
        let process: ChildProcess
        var isReady = false
        var job: String?
        var received: [UInt8] = []
    }

    private let start: () throws -> ChildProcess
    private var workers: [Worker] = []
    private let wanted: Int
    private var waiting: [String]
    private var begun: [String: Int] = [:]

    /// Makes a pool that starts up to `count` workers by the command `words` for the jobs of these identities. `variables` are set for them;
    /// what they print on standard error is appended to the file `log`.
    public init(_ words: [String], variables: [(String, String)], log: String, count: Int, jobs: [String]) throws {
        try Confinement.check(log, .create)
        let environment = Spawning.environment(variables)
        start = { try ChildProcess(words, environment: environment, errors: log) }
        wanted = max(1, count)
        waiting = jobs.reversed()
    }

    deinit { for worker in workers { worker.process.end() } }

    /// Runs the jobs until all have ended or `isStopped` says true, which is asked several times a second. `began` and `ended` are called on
    /// this thread. All workers have ended when this returns or throws. Throws ``Failure`` and `StartError` where no worker can work, and
    /// what `began` and `ended` throw.
    public func run(isStopped: () -> Bool, began: (String) throws -> Void, ended: (JobResult) throws -> Void) throws {
        defer {
            for worker in workers { worker.process.end() }
            workers = []
        }
        while !isStopped() {
            let busy = workers.count { $0.job != nil }
            guard !waiting.isEmpty || busy > 0 else { return }
            while workers.count < min(wanted, waiting.count + busy) { workers.append(Worker(process: try start())) }
            for place in workers.indices where workers[place].isReady && workers[place].job == nil {
                guard let job = waiting.popLast() else { break }
                begun[job, default: 0] += 1
                workers[place].job = job
                try began(job)
                // A worker that is gone is noticed when it is read from.
                _ = workers[place].process.send(job)
            }
            try listen(ended)
        }
    }

    private func listen(_ ended: (JobResult) throws -> Void) throws {
        var questions = workers.map { pollfd(fd: $0.process.socket, events: Int16(POLLIN), revents: 0) }
        guard poll(&questions, nfds_t(questions.count), 100) > 0 else { return }
        var gone: [Int] = []
        for place in questions.indices where questions[place].revents != 0 {
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            let count = read(workers[place].process.socket, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            if count <= 0 {
                gone.append(place)
            } else {
                workers[place].received += buffer[..<count]
                try takeLines(place, ended)
            }
        }
        for place in gone.reversed() { try takeEnd(workers.remove(at: place), ended) }
    }

    private func takeLines(_ place: Int, _ ended: (JobResult) throws -> Void) throws {
        while let end = workers[place].received.firstIndex(of: UInt8(ascii: "\n")) {
            let line = Array(workers[place].received[..<end])
            workers[place].received.removeSubrange(...end)
            if line == Array("ready".utf8) {
                workers[place].isReady = true
            } else if let result = JobResult(line: line), result.identity == workers[place].job {
                workers[place].job = nil
                try ended(result)
            } else {
                let problem = (try? JSON.parse(line))?["problem"]?.stringValue
                throw Failure(description: problem ?? "a worker answered with something else than a result")
            }
        }
    }

    /// Gives a job whose worker has ended to another one, or counts it as failed.
    private func takeEnd(_ worker: Worker, _ ended: (JobResult) throws -> Void) throws {
        let how = worker.process.ended()
        guard worker.isReady else { throw Failure(description: "a worker ended before it was ready: \(how)") }
        guard let job = worker.job else { return }
        guard begun[job, default: 0] >= Self.attempts else { return waiting.append(job) }
        var result = JobResult(job, .failed)
        result.error = "its worker process ended in the middle of the job, \(Self.attempts) times: \(how)"
        (result.host, result.time) = (JobTime.host, JobTime.now)
        try ended(result)
    }
}
