import Files
import Testing

@testable import Jobs

/// What `bas jobs` shows.
@Suite struct ProgressTests {
    @Test func jobsAreCountedWhereverTheyRun() throws {
        let jobs = try JobPlace()
        #expect(try JobProgress(jobs.folder) == nil)
        try jobs.folder.describe(.init(list: "l", command: "sweep", count: 6, program: "bas"))
        #expect(try JobProgress(jobs.folder)?.counts.waiting == 6)
        let store = try ResultStore(jobs.folder, .writing)
        try store.plan("l", (0..<6).map(JobPlace.job))
        try store.record([JobPlace.done("id0", [], time: 100), JobPlace.failed("id1", "no")])
        try FileSystem.createFolder(jobs.folder.tasks)
        let lines = [
            JobResult("id2", .running).line, JobPlace.done("id2", [], time: 136).line, JobResult("id3", .running).line,
            // Another list's, and one that is known already.
            JobPlace.done("other", []).line, JobPlace.done("id0", []).line,
        ]
        try jobs.write(jobs.folder.tasks + "/1-0.jsonl", lines.joined(separator: "\n") + "\n")
        let progress = try #require(try JobProgress(jobs.folder))
        let counts = progress.counts
        #expect([counts.done, counts.failed, counts.running, counts.waiting] == [2, 1, 1, 2] && counts.all == 6)
        #expect(progress.lines.contains("done 2, running 1, failed 1, waiting 2") && progress.lines.contains("1 ×: no"))
        #expect(progress.json["waiting"] == JSON(2))
        #expect(!FileSystem.exists(jobs.folder.database + "-journal"))
    }

    @Test func theRateTellsTheRest() throws {
        let jobs = try JobPlace()
        try jobs.folder.describe(.init(list: "l", command: "sweep", count: 20, program: "bas"))
        let store = try ResultStore(jobs.folder, .writing)
        try store.plan("l", (0..<20).map(JobPlace.job))
        try store.record((0..<11).map { JobPlace.done("id\($0)", [], time: 1000 + 36 * Double($0)) })
        let progress = try #require(try JobProgress(jobs.folder))
        #expect(progress.perHour == 100 && progress.remaining == 9 * 36)
        #expect(progress.lines.contains("100 jobs an hour") && progress.lines.contains("about 5 min remain"))
        #expect([59.4, 100, 5400, 200_000].map(JobTime.text) == ["59 s", "2 min", "1 h 30 min", "2 d 7 h"])
    }
}
