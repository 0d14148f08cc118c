import ArgumentParser
import Commands
import Jobs
import Language
import Terminal

/// `bas jobs`.
struct JobsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs", abstract: "Show how far the jobs of a sweep or benchmark are.",
        discussion: """
            FOLDER is what folder= of sweep or benchmark named. Jobs are counted wherever they run: in that program, in its workers, as \
            Slurm tasks. Nothing is written. load_results(FOLDER) gives the results, also meanwhile.

            Exit codes: 0 well; 1 with --check where jobs have failed or not ended; 65 a folder without jobs; 66 no such folder.
            """)

    @Flag(help: "One JSON object instead of text.")
    var json = false

    @Flag(help: "End with 1 where a job has failed or not ended.")
    var check = false

    @OptionGroup var options: ConsoleOptions

    @Argument(help: "The folder.", completion: .directory)
    var folder: String

    func run() throws {
        var status: Int32 = 0
        do {
            let folder = JobFolder(folder)
            guard Surroundings.exists(folder.path) else { throw Problem(.fileMissing, "there is no folder \"\(folder.path)\"") }
            guard let progress = try JobProgress(folder) else {
                throw Problem(.badFile, "the folder \"\(folder.path)\" holds no jobs")
            }
            Pages.print((json ? progress.json.text() : progress.lines.joined(separator: "\n")) + "\n")
            if check, progress.counts.done < progress.counts.all { status = 1 }
        } catch {
            let problem = Host.problem(error)
            options.console().printer.report(problem)
            status = (problem.exitCode ?? problem.code.exitCode).rawValue
        }
        try Bas.finish(status)
    }
}

/// `bas worker`, which sweeps and benchmarks start.
struct WorkerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker", abstract: "Run jobs of a sweep or benchmark.",
        discussion: """
            sweep and benchmark start this themselves, here or by Slurm. Without --array the names of jobs come in by standard input, and \
            results go out; with it, a task of a Slurm array runs its jobs and appends to its file in FOLDER/tasks.
            """,
        shouldDisplay: false)

    @Option(help: "The number of an array in FOLDER/arrays.")
    var array: Int?

    @Option(help: "The number of a task of the array.")
    var task: Int?

    @Argument(help: "The folder of the jobs.", completion: .directory)
    var folder: String

    func validate() throws {
        guard (array == nil) == (task == nil) else { throw ValidationError("--array and --task go together") }
    }

    func run() throws {
        let work = array.flatMap { array in task.map { JobWorker.Work.task(array: array, $0) } } ?? .input
        let options = SessionOptions(standardLibrary: StandardLibrary.here())
        try Bas.finish(JobWorker.run(folder, work, Host.builtins, options))
    }
}
