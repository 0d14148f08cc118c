import Glibc
import Jobs
import Language
import Tensors

/// Where the jobs of a call run, and where their results are kept: the parameters that `sweep` and `benchmark` share.
struct JobOptions {
    /// The places where jobs run.
    enum Place: String, WordArgument {
        /// Processes of this machine.
        case here
        /// An array of Slurm's.
        case slurm
    }

    static let folder = Key<String?>(
        "folder", doc: "A folder that keeps every run that ended in a database; the same call goes on.", keywordOnly: true, file: .folder)
    private static let workers = Key<Int>(
        "workers", default: 1, range: 1...1024, doc: "Processes that run jobs side by side.", keywordOnly: true)
    private static let threads = Key<Int?>(
        "threads", range: 1...256, doc: "Threads of each; this machine's cores divided among the workers.", keywordOnly: true)
    private static let place = Key<Place>(
        "on", default: .here, doc: "This machine, or a Slurm array, whose nodes see the same files.", keywordOnly: true)
    private static let tasks = Key<Int>(
        "tasks", default: 1000, range: 1...1_000_000, doc: "The most tasks of a Slurm array; each runs several jobs.", keywordOnly: true)
    private static let scheduler = Key<Record?>(
        "slurm", doc: "Options of sbatch by name, - written _: {partition: \"gpu\", time: \"2:00:00\"}.", keywordOnly: true)
    private static let waits = Key<Bool>(
        "wait", default: true, doc: "Waits for Slurm's jobs; false submits them and gives what there is.", keywordOnly: true)

    static let keys: [any Declaring] = [folder, workers, threads, place, tasks, scheduler, waits]

    /// The path of the folder; nil for none.
    let folder: String?
    let workers: Int
    /// The threads of a worker.
    let threads: Int
    let place: Place
    let tasks: Int
    let scheduler: [Slurm.Option]
    let waits: Bool

    /// Reads the options of a call. Throws a `Problem` for those that have no effect, for options of `sbatch` that are none, and where a
    /// confined program wants other processes.
    init(_ call: Call) throws {
        folder = try call[Self.folder] == nil ? nil : call.target(Self.folder, isFolder: true)
        (workers, place, tasks, waits) = (try call[Self.workers], try call[Self.place], try call[Self.tasks], try call[Self.waits])
        threads = try call[Self.threads] ?? max(1, place == .slurm ? 1 : Parallel.threads / workers)
        scheduler = try (call[Self.scheduler]?.pairs ?? []).map { name, value in
            let option = String(name.map { $0 == "_" ? "-" : $0 })
            if try value.elements == nil, let made = Slurm.Option(option, value.inlineText) { return made }
            throw Problem(
                .badArgument, "\(call.builtin.name): \(name) is no option of sbatch that can be given here", argument: Self.scheduler.name)
        }
        try check(call)
    }

    private func check(_ call: Call) throws {
        let name = call.builtin.name
        if folder == nil {
            for (key, isGiven) in [
                (Self.workers.name, workers > 1), (Self.place.name, place == .slurm), (Self.threads.name, call.has(Self.threads)),
            ] where isGiven {
                throw Problem(
                    .missingArgument, "\(name): other processes need a folder for the jobs and their results", argument: key,
                    help: "folder=\"runs\"")
            }
        }
        if place == .here {
            for (key, isGiven) in [
                (Self.tasks.name, call.has(Self.tasks)), (Self.scheduler.name, call.has(Self.scheduler)),
                (Self.waits.name, call.has(Self.waits)),
            ] where isGiven {
                throw Problem(.badArgument, "\(name): \(key) is of Slurm", argument: key, help: "on=\"slurm\"")
            }
        } else if call.has(Self.workers) {
            throw Problem(
                .badArgument, "\(name): Slurm decides how many tasks run side by side", argument: Self.workers.name,
                help: "slurm={…} and tasks= shape the array")
        }
        guard call.context.confinement == nil || workers == 1 && place == .here else {
            throw Problem(
                .notPermitted, "\(name): a confined program starts no other processes",
                argument: place == .slurm ? Self.place.name : Self.workers.name,
                help: "bas trust FILE once you have looked at it, or run the jobs in this process")
        }
    }

    /// Returns the path of the program that runs jobs. Throws a `Problem` where this process is not bas.
    static func program(_ call: Call) throws -> String {
        if let given = getenv("BAS_EXECUTABLE") { return String(cString: given) }
        if let own = realpath("/proc/self/exe", nil) {
            defer { free(own) }
            let path = String(cString: own)
            if path.split(separator: "/").last == "bas" { return path }
        }
        throw Problem(
            .failed, "\(call.builtin.name): this program is not bas, so it does not know what to start for the jobs",
            help: "BAS_EXECUTABLE=PATH says where bas is")
    }
}
