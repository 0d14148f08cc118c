import Files
import Glibc
import Jobs
import Language
import Tensors

/// The work of `bas worker`: jobs of a list that another process has written down.
public enum JobWorker {
    /// What a worker does.
    public enum Work: Sendable {
        /// The jobs that come in by standard input, for `WorkerPool`.
        case input
        /// A task of an array of Slurm's.
        case task(array: Int, Int)
    }

    /// Runs jobs of a folder in a session with these builtins, and returns the exit code.
    public static func run(_ path: String, _ work: Work, _ builtins: [Builtin], _ options: SessionOptions) -> Int32 {
        let folder = JobFolder(RealPath.of(path) ?? path)
        let row = Builtin("run_jobs", family: .evaluation, summary: "Runs jobs.") { call in
            try serve(call, folder, work)
            return .none
        }
        // What jobs print and show is not kept.
        let session = Session(builtins: builtins + [row], options: options)
        let outcome = session.run(source: "run_jobs()", file: "worker", script: try? script(folder, work, session.context))
        if let problem = outcome.diagnostics.first(where: { $0.severity == .error }) { report(problem.message, work) }
        return outcome.exitCode.rawValue
    }

    private static func spec(_ folder: JobFolder, _ work: Work) throws -> String {
        switch work {
        case .task(let array, _): return folder.spec(try SlurmArray(folder, number: array).list)
        case .input:
            guard let list = try folder.described()?.list else { throw JobFolderError("\(folder.path) holds no jobs") }
            return folder.spec(list)
        }
    }

    /// Goes to the folder in which the jobs were made, and returns their script.
    private static func script(_ folder: JobFolder, _ work: Work, _ context: Context) throws -> String? {
        let head = try ValueArchive(folder: spec(folder, work)).read(["directory", "script"], context)
        if case .string(let directory)? = head["directory"] { chdir(directory) }
        if case .string(let path)? = head["script"] { return path }
        return nil
    }

    private static func serve(_ call: Call, _ folder: JobFolder, _ work: Work) throws {
        let spec: JobSpec
        do {
            spec = try JobSpec(reading: self.spec(folder, work), call.context)
        } catch is ValueArchive.Damaged {
            throw Problem(.badFile, "the jobs of \(folder.path) cannot be read, or their model's folder has changed since")
        } catch {
            throw ErrorMapping.problem(error)
        }
        let grid = try spec.grid()
        let places = Dictionary(spec.identities(grid).enumerated().map { ($1, $0) }) { first, _ in first }
        let runner = JobRunner(call: call, function: try spec.function(), settings: grid.names, seeds: spec.seeds)
        func result(_ identity: String) throws -> JobResult {
            guard let number = places[identity] else {
                throw Problem(.failed, "the list holds no job \(identity): was it made by another version of bas, or has a file changed?")
            }
            return try runner.run(identity, grid.combination(number)).result
        }
        switch work {
        case .input:
            let input = WorkerInput()
            input.answer("ready")
            while let identity = input.next() { input.answer(try result(identity).line) }
        case .task(let number, let task):
            do {
                let run = try TaskRun(SlurmArray(folder, number: number), folder, task: task)
                for identity in run.jobs {
                    try run.begin(identity)
                    try run.write(result(identity))
                }
            } catch {
                throw ErrorMapping.problem(error)
            }
        }
    }

    /// Tells why a worker cannot work: to the pool on its socket, to Slurm in the task's log.
    private static func report(_ message: String, _ work: Work) {
        switch work {
        case .input: write(JSON.object(JSONObject([("problem", .string(message))])).text(), STDOUT_FILENO)
        case .task: write("bas worker: \(message)", STDERR_FILENO)
        }
    }

    private static func write(_ line: String, _ descriptor: Int32) {
        let bytes = Array((line + "\n").utf8)
        _ = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
    }
}
