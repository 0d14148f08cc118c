import Files

/// Slurm, by its own programs: one call of `scontrol` and one of `sbatch` for an array, and `squeue` now and then.
public enum Slurm {
    /// What Slurm's programs said where they did not do what was asked.
    public struct Failure: Error, Sendable, CustomStringConvertible {
        /// The words, without a full stop.
        public let description: String

        init(_ description: String) { self.description = description }
    }

    private static func run(_ words: [String]) throws(Failure) -> String {
        let program: CapturedProgram
        do {
            program = try CapturedProgram(words)
        } catch {
            throw Failure("\(error); is Slurm installed here?")
        }
        let text = program.output.split(separator: "\n").joined(separator: "; ")
        guard program.isWell else { throw Failure("\(words[0]) failed: \(text.isEmpty ? "it said nothing" : String(text.prefix(400)))") }
        return program.output
    }

    /// Returns the most tasks that an array may have here.
    public static func mostTasks() throws(Failure) -> Int {
        let lines = try run(["scontrol", "show", "config"]).split(separator: "\n")
        func number(_ key: String) -> Int? {
            lines.first { $0.hasPrefix(key + " ") || $0.hasPrefix(key + "=") }?.split(separator: "=").last
                .flatMap { Int($0.filter { !$0.isWhitespace }) }
        }
        // Indices are below MaxArraySize, and each task counts as a job.
        return max(1, min(number("MaxArraySize") ?? 1001, number("MaxJobCount") ?? 10_000) - 1)
    }

    /// An option of `sbatch`: `--name=value`.
    public struct Option: Sendable, Equatable {
        /// The long name, without dashes.
        public let name: String
        /// The value.
        public let value: String

        /// The options that are the array's own.
        private static let own: Set<String> = [
            "array", "job-name", "output", "error", "open-mode", "requeue", "no-requeue", "wrap", "parsable", "chdir", "export", "wait",
            "input", "test-only", "clusters", "export-file", "get-user-env",
        ]

        /// Makes an option; nil for a name that is no option's or is the array's own business.
        public init?(_ name: String, _ value: String) {
            let letters = name.utf8.allSatisfy { (97...122).contains($0) || $0 == UInt8(ascii: "-") || (48...57).contains($0) }
            guard !name.isEmpty, letters, !name.hasPrefix("-"), !Self.own.contains(name), !value.utf8.contains(0) else { return nil }
            (self.name, self.value) = (name, value)
        }
    }

    /// Submits an array, whose file is written, and returns Slurm's number for it. `program` is the path of bas, `variables` what is set for
    /// it. Slurm starts a task again whose node dies.
    public static func submit(
        _ array: SlurmArray, _ folder: JobFolder, program: String, variables: [(String, String)], _ options: [Option]
    ) throws -> String {
        let script = "\(folder.arrays)/\(array.number).sh"
        try AtomicFile.write(script, text: text(array, folder, program: program, variables: variables))
        let words =
            [
                "sbatch", "--parsable", "--array=0-\(array.tasks - 1)", "--job-name=\(array.name(in: folder))", "--requeue",
                "--open-mode=append", "--output=\(folder.tasks)/\(array.number)-%a.log",
            ] + options.map { "--\($0.name)=\($0.value)" } + [script]
        let answer = try run(words).split(separator: "\n").last.map(String.init) ?? ""
        return String(answer.prefix { $0 != ";" })
    }

    /// Returns the script that a task runs. A log in which nothing stands is removed.
    static func text(_ array: SlurmArray, _ folder: JobFolder, program: String, variables: [(String, String)]) -> String {
        let log = quoted("\(folder.tasks)/\(array.number)-") + "\"$SLURM_ARRAY_TASK_ID\".log"
        return """
            #!/bin/sh
            # Task "$SLURM_ARRAY_TASK_ID" of array \(array.number): \(array.jobs.count) jobs, \(array.chunk) a task.
            \(variables.map { "export \($0.0)=\(quoted($0.1))" }.joined(separator: "\n"))
            \(quoted(program)) worker \(quoted(folder.path)) --array \(array.number) --task "$SLURM_ARRAY_TASK_ID"
            status=$?
            [ -s \(log) ] || rm -f \(log)
            exit $status

            """
    }

    private static func quoted(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }

    /// What Slurm says of the arrays of a folder.
    public struct Queue: Sendable, Equatable {
        /// The names of the arrays that it still has.
        public var names: Set<String> = []
        /// The numbers of lines by state; all tasks of an array that wait are one line.
        public var states: [String: Int] = [:]
        /// Whether there is nothing.
        public var isEmpty: Bool { names.isEmpty }
    }

    /// Asks Slurm for arrays by their names.
    public static func queue(_ names: [String]) throws(Failure) -> Queue {
        guard !names.isEmpty else { return Queue() }
        var queue = Queue()
        for line in try run(["squeue", "--noheader", "--name=\(names.joined(separator: ","))", "--format=%j %T"]).split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count == 2, names.contains(String(words[0])) else { continue }
            queue.names.insert(String(words[0]))
            queue.states[words[1].lowercased(), default: 0] += 1
        }
        return queue
    }
}
