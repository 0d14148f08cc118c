import Files
import Testing

@testable import Jobs

/// What tasks of Slurm's write, and what is read of it.
@Suite struct TaskTests {
    private let array = SlurmArray(number: 1, list: "l", jobs: (0..<10).map { "id\($0)" }, tasks: 4)

    @Test func jobsAreDividedAmongTasks() throws {
        #expect(array.chunk == 3 && array.tasks == 4)
        #expect((0..<array.tasks).flatMap { array.jobs(of: $0) } == array.jobs)
        #expect(array.jobs(of: 3) == ["id9"] && array.jobs(of: 4).isEmpty && array.jobs(of: -1).isEmpty)
        let large = SlurmArray(number: 1, list: "l", jobs: (0..<100_000).map(String.init), tasks: 1000)
        #expect(large.tasks == 1000 && large.chunk == 100 && large.jobs(of: 999).last == "99999")
        let jobs = try JobPlace()
        try array.write(jobs.folder)
        #expect(try SlurmArray(jobs.folder, number: 1) == array && SlurmArray.numbers(jobs.folder) == [1])
        try jobs.write(jobs.folder.arrays + "/1.json", "{\"jobs\": []}")
        #expect(throws: JobFolderError.self) { _ = try SlurmArray(jobs.folder, number: 1) }
    }

    @Test func aTaskGoesOnWhereItWas() throws {
        let jobs = try JobPlace()
        try array.write(jobs.folder)
        let path = array.file(jobs.folder, task: 0)
        do {
            let task = try TaskRun(array, jobs.folder, task: 0)
            #expect(task.jobs == ["id0", "id1", "id2"])
            #expect(throws: FileError.self) { _ = try TaskRun(array, jobs.folder, task: 0, patience: 0) }
            try task.begin("id0")
            try task.write(JobPlace.done("id0", [("x", JSON(1))]))
            try task.begin("id1")
        }
        // A line that was being written when the machine died.
        let whole = try ReadableFile.contents(path)
        try AtomicFile.write(path) { try $0.write(whole + Array("{\"job\":\"id1\",\"sta".utf8)) }
        #expect(try TaskFiles(jobs.folder).news([:]).results.count == 3)
        let again = try TaskRun(array, jobs.folder, task: 0)
        #expect(try again.jobs == ["id1", "id2"] && ReadableFile.contents(path) == whole)
    }

    @Test func aJobThatEndsItsTaskIsGivenUp() throws {
        let jobs = try JobPlace()
        try array.write(jobs.folder)
        for _ in 0..<TaskRun.attempts {
            let task = try TaskRun(array, jobs.folder, task: 0)
            #expect(task.jobs.first == "id0")
            try task.begin("id0")
        }
        #expect(try TaskRun(array, jobs.folder, task: 0).jobs == ["id1", "id2"])
        let last = try #require(try TaskFiles(jobs.folder).news([:]).results.last)
        #expect(last.state == .failed && last.error == "its task ended in the middle of the job, 3 times")
    }

    @Test func onlyNewWholeLinesAreRead() throws {
        let jobs = try JobPlace()
        try FileSystem.createFolder(jobs.folder.tasks)
        let path = jobs.folder.tasks + "/1-0.jsonl"
        let lines = (0..<3).map { JobPlace.done("id\($0)", [("x", JSON($0))]).line + "\n" }
        try jobs.write(path, lines[0] + "no line of ours\n" + lines[1].prefix(20))
        let files = TaskFiles(jobs.folder)
        let first = try files.news([:])
        #expect(first.results.map(\.identity) == ["id0"] && first.damaged == 1)
        try jobs.write(path, lines[0] + "no line of ours\n" + lines[1] + lines[2])
        let read = Dictionary(first.files.map { ($0.name, $0.bytes) }) { a, _ in a }
        #expect(try files.news(read).results.map(\.identity) == ["id1", "id2"])
        #expect(try files.news(["1-0.jsonl": ReadableFile.contents(path).count]).files.isEmpty)
    }

    @Test func resultsAreLines() throws {
        var result = JobPlace.done("id", [("x", JSON(Double.nan)), ("y", .string("a\nb"))])
        (result.host, result.kernel, result.time) = ("node", "Haswell", 1.5)
        #expect(!result.line.contains("\n"))
        let again = try #require(JobResult(line: Array(result.line.utf8)))
        #expect(again.line == result.line && again.host == "node" && again.time == 1.5)
        for text in ["", "{}", "[1]", "{\"job\":\"a\",\"state\":\"other\"}", "{\"job\":1,\"state\":\"done\"}"] {
            #expect(JobResult(line: Array(text.utf8)) == nil, "\(text)")
        }
    }

    @Test func theScriptQuotesWhatItNames() throws {
        let jobs = try JobPlace()
        let folder = JobFolder(jobs.folder.path + "/it's here")
        let text = Slurm.text(array, folder, program: "/opt/my bas/bas", variables: [("BAS_THREADS", "2")])
        #expect(text.hasPrefix("#!/bin/sh\n") && text.contains("export BAS_THREADS='2'\n"))
        #expect(text.contains("'/opt/my bas/bas' worker '\(jobs.folder.path)/it'\\''s here' --array 1 --task \"$SLURM_ARRAY_TASK_ID\"\n"))
        #expect(array.name(in: folder) != array.name(in: jobs.folder))
    }

    @Test func optionsOfSbatchAreChecked() {
        #expect(Slurm.Option("partition", "gpu") != nil && Slurm.Option("cpus-per-task", "2") != nil)
        for name in ["array", "wrap", "output", "", "-p", "Partition", "a b", "x=y", "chdir"] {
            #expect(Slurm.Option(name, "1") == nil, "\(name)")
        }
    }
}
