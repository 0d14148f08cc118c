import Files
import Glibc
import Jobs
import Language
import Synchronization
import Tensors
import Testing

@testable import Commands

/// Sweeps and benchmarks whose jobs and results lie in a folder; other processes are tried in `JobProcessTests`.
@Suite(.serialized) struct JobTests {
    private static let table: [Builtin] = EvaluationCommands.all + BenchmarkCommand.all + CommandTable.tensorFamilies

    /// The value's text and what was printed, or the first error.
    private func run(_ source: String, interruptAt: Int? = nil) -> (text: String, said: String) {
        let said = Mutex("")
        let session = Session(builtins: Self.table)
        let interrupt = session.interrupt
        session.setEvents { event in
            guard case .stream(let text) = event else { return }
            let all = said.withLock { (said: inout String) -> String in
                said += text
                return said
            }
            if let interruptAt, all.split(separator: "\n").count == interruptAt { interrupt.request() }
        }
        let outcome = session.run(source: source)
        let problem = outcome.diagnostics.first { $0.severity == .error && $0.code != .interrupted }
        let text = problem.map { "\($0.code.rawValue): \($0.message)" } ?? outcome.value?.display(DisplayContext()).plain ?? "nothing"
        return (text, said.withLock { $0 })
    }

    private static let function = """
        fn measure(p) { print("run {p.a} {p.seed}"); {b: p.a * 2.5 + rand([1], seed=p.seed)[0], c: "x, \\"y\\"\\n", d: [1, none], n: 0 / p.a} }

        """
    private static let settings = "{a: [1, 3], seed: 0..1}"

    @Test func theFolderGivesTheSameTable() throws {
        try inTemporaryFolder { _ in
            let plain = run(Self.function + "sweep(\(Self.settings), measure)")
            let first = run(Self.function + "sweep(\(Self.settings), measure, folder=\"runs\")")
            #expect(first.text == plain.text && first.said == "run 1 0\nrun 1 1\nrun 3 0\nrun 3 1\n")
            let again = run(Self.function + "sweep(\(Self.settings), measure, folder=\"runs\")")
            #expect(again.text == plain.text && again.said.isEmpty)
            // More settings run what is new; fewer give what they ask for.
            let more = run(Self.function + "t = sweep({a: [0, 1, 3], seed: 0..1}, measure, folder=\"runs\"); [t.a, t.error[0]]")
            #expect(more.said.hasPrefix("run 0 0\n") && more.said.contains("division by zero"))
            #expect(more.text.contains("[[0, 0, 1, 1, 3, 3]"), "\(more.text)")
            #expect(run(Self.function + "len(sweep({a: 3, seed: 0..1}, measure, folder=\"runs\"))").text == "2")
            // As values, exactly.
            let same = "sweep(\(Self.settings), measure) == sweep(\(Self.settings), measure, folder=\"runs\")"
            #expect(run(Self.function + same).text == "true")
        }
    }

    @Test func resultsGoOutAndComeBack() throws {
        try inTemporaryFolder { _ in
            let program = """
                t = sweep(\(Self.settings), measure, folder="runs")
                u = load_results("runs")
                save_table(t, "t.csv", columns=["a", "seed", "b", "c", "n"])
                save_table(t, "t.jsonl")
                v = load_table("t.csv")
                [u == t, v.b == t.b, v.c == t.c, load_table("t.jsonl") == t, u.columns]
                """
            #expect(run(Self.function + program).text == "[true, true, true, true, [\"a\", \"seed\", \"b\", \"c\", \"d\", \"n\"]]")
            #expect(
                run("load_results(\"runs\", sql=\"SELECT a, count(*) AS n, max(b) > 3 AS large FROM runs GROUP BY a\")").text
                    == "a  n  large\n1  2      1\n3  2      1")
            #expect(run("load_results(\"runs\", sql=\"DELETE FROM jobs\")").text.hasPrefix("E0213: not authorized"))
            #expect(run("load_results(\"nowhere\")").text.hasPrefix("E05"))
            mkdir("empty", 0o777)
            #expect(run("load_results(\"empty\")").text == "E0513: the folder \"empty\" holds no jobs")
        }
    }

    /// What a run computes is part of a job's identity; what it is called, and what it does not read, is not.
    @Test func identitiesChangeWithWhatMatters() throws {
        func identities(
            global: Int = 1, called: Int = 1, other: Int = 1, comment: String = "", settings: String = "{a: 1..2}"
        ) -> [String] {
            let found = Mutex<[String]>([])
            let parameters = EvaluationCommands.all[0].parameters
            let row = Builtin("identities", family: .evaluation, summary: "Tests.", parameters: parameters) { call in
                let grid = try SettingGrid(call[EvaluationCommands.settings], call, "settings", identified: true)
                let names = JobSpec(grid, try call[EvaluationCommands.run], call).identities(grid)
                found.withLock { $0 = names }
                return .none
            }
            let session = Session(builtins: Self.table + [row])
            let source = """
                g = \(global)
                unused = \(other)
                fn helper(x) { x + \(called) }
                fn measure(p) { \(comment)helper(p.a) * g }
                identities(\(settings), measure)
                """
            let outcome = session.run(source: source)
            #expect(outcome.diagnostics.isEmpty, "\(outcome.diagnostics.map(\.message))")
            return found.withLock { $0 }
        }
        let base = identities()
        #expect(base.count == 2 && Set(base).count == 2 && identities() == base)
        #expect(identities(other: 2) == base && identities(comment: "# words\n") == base)
        #expect(identities(settings: "{a: [2, 1, 3]}").sorted().filter(base.contains).count == 2)
        #expect(identities(settings: "{a: [1.0, 2.0]}") == base)
        for changed in [identities(global: 2), identities(called: 2), identities(settings: "{b: 1, a: 1..2}")] {
            #expect(changed.allSatisfy { !base.contains($0) })
        }
    }

    @Test func aStopKeepsWhatHasEnded() throws {
        try inTemporaryFolder { _ in
            let call = Self.function + "t = sweep({a: 1..4, seed: 0}, measure, folder=\"runs\")"
            let stopped = run(call, interruptAt: 3)
            #expect(stopped.said.contains("Interrupted after 2 of 4 jobs: `t` is the table so far. The same call goes on."), "\(stopped)")
            let rest = run(call + "; t.a")
            #expect(rest.said == "run 3 0\nrun 4 0\n" && rest.text == "[1, 2, 3, 4]")
        }
    }

    /// The results of jobs that take less than a commit are committed together; SQLite counts its commits in bytes 24 to 27 of the file.
    @Test func quickJobsShareCommits() throws {
        try inTemporaryFolder { _ in
            let found = run("sum(sweep({a: 1..300}, fn(p) { {x: p.a} }, folder=\"runs\").x)")
            #expect(found.text == "45150")
            let commits = try ReadableFile.contents("runs/results.db")[24..<28].reduce(0) { $0 << 8 | Int($1) }
            #expect(commits < 300)
        }
    }

    @Test func wrongFoldersAndOptionsAreTold() throws {
        try inTemporaryFolder { _ in
            let call = "sweep({a: 1}, fn(p) { 1 }, "
            mkdir("mine", 0o777)
            try AtomicFile.write("mine/notes.txt", text: "notes")
            #expect(run(call + "folder=\"mine\")").text == "E0513: mine is a folder that holds other things: notes.txt")
            #expect(run(call + "folder=\"no/such\")").text.hasPrefix("E05"))
            #expect(run(call + "folder=\"mine/notes.txt\")").text.hasPrefix("E0508"))
            #expect(run(call + "workers=2)").text == "E0204: sweep: other processes need a folder for the jobs and their results")
            #expect(run(call + "folder=\"r\", file=\"r.jsonl\")").text.contains("would keep them twice"))
            #expect(run(call + "folder=\"r\", tasks=3)").text == "E0213: sweep: tasks is of Slurm")
            #expect(run(call + "folder=\"r\", on=\"slurm\", workers=3)").text.contains("Slurm decides"))
            #expect(run(call + "folder=\"r\", on=\"slurm\", slurm={array: 3})").text.contains("array is no option of sbatch"))
            // A database that somebody else's program has made, and one that is none.
            _ = run(call + "folder=\"r\")")
            try AtomicFile.write("r/results.db", text: String(repeating: "no database ", count: 20))
            #expect(run(call + "folder=\"r\")").text.hasPrefix("E0513: r/results.db is damaged, or no database"))
            #expect(run("load_results(\"r\")").text.hasPrefix("E0513: r/results.db is damaged, or no database"))
            // Another process holds the jobs.
            let lock = try JobLock(JobFolder("mine"))
            try FileSystem.remove("mine/notes.txt")
            #expect(run(call + "folder=\"mine\")").text == "E0508: another program is working on the jobs of mine")
            withExtendedLifetime(lock) {}
        }
    }

    @Test func aConfinedProgramStartsNoProcesses() throws {
        try inTemporaryFolder { folder in
            let session = Session(builtins: Self.table)
            session.confine(to: Confinement([Confinement.Grant(folder, .write)].compactMap { $0 }))
            for option in ["workers=2", "on=\"slurm\""] {
                let outcome = session.run(source: "sweep({a: 1}, fn(p) { 1 }, folder=\"r\", \(option))")
                #expect(outcome.diagnostics.first?.code == .notPermitted)
            }
            #expect(session.run(source: "sweep({a: 1}, fn(p) { 1 }, folder=\"r\")").diagnostics.isEmpty)
            #expect(session.run(source: "sweep({a: 1}, fn(p) { 1 }, folder=\"/tmp/elsewhere\")").diagnostics.first?.code == .notPermitted)
        }
    }
}
