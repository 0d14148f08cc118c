import Files
import Testing

@testable import Jobs

/// The jobs of a folder and their results.
@Suite struct ResultStoreTests {
    private func store(_ jobs: JobPlace, _ count: Int = 3) throws -> ResultStore {
        let store = try ResultStore(jobs.folder, .writing)
        try store.plan("l", (0..<count).map(JobPlace.job))
        return store
    }

    @Test func resultsComeBackExactly() throws {
        let jobs = try JobPlace()
        let measures: [(String, JSON)] = [
            ("x", JSON(0.1 + 0.2)), ("whole", JSON(2.0)), ("int", JSON(2)), ("nan", JSON(Double.nan)), ("inf", JSON(-Double.infinity)),
            ("text", .string("a \"quoted\"\ntext")), ("none", .null), ("list", .array([JSON(1), JSON(Double.nan)])),
        ]
        do {
            let store = try store(jobs)
            try store.record([JobResult("id1", .running)])
            #expect(try store.counts("l").running == 1)
            try store.record([JobPlace.done("id1", measures), JobPlace.failed("id2", "no")])
        }
        let store = try ResultStore(jobs.folder, .reading)
        let rows = try store.rows("l")
        #expect(rows.map(\.number) == [1, 2] && rows[1].error == "no" && rows[1].measures == nil)
        let found = try #require(rows[0].measures)
        #expect(found.keys == measures.map(\.0))
        #expect(JSON.object(found).text(allowsNonFinite: true) == JSON.object(JSONObject(measures)).text(allowsNonFinite: true))
        #expect(try store.missing("l") == ["id0", "id2"])
    }

    @Test func whatIsDoneStaysDone() throws {
        let jobs = try JobPlace()
        defer { withExtendedLifetime(jobs) {} }
        let store = try store(jobs)
        try store.record([JobPlace.done("id0", [("x", JSON(1))])])
        try store.record([JobPlace.failed("id0", "late"), JobResult("id0", .running), JobPlace.done("id0", [("x", JSON(2))])])
        #expect(try store.rows("l")[0].measures?["x"] == JSON(1))
        try store.record([JobPlace.failed("id1", "first")])
        try store.retry("l")
        #expect(try store.counts("l").waiting == 2 && store.counts("l").done == 1)
    }

    @Test func anotherListSharesItsJobs() throws {
        let jobs = try JobPlace()
        defer { withExtendedLifetime(jobs) {} }
        let store = try store(jobs, 2)
        try store.record([JobPlace.done("id1", [("x", JSON(7))])])
        try store.plan("m", [JobPlace.job(1), JobPlace.job(5), JobPlace.job(1)])
        #expect(try store.rows("m").map(\.identity) == ["id1"] && store.missing("m") == ["id5"])
        #expect(try store.counts("m").all == 2)
    }

    @Test func theSameListIsNotWrittenAgain() throws {
        let jobs = try JobPlace()
        let store = try store(jobs, 50)
        try store.record([JobPlace.done("id3", [("x", JSON(1))])])
        let before = try ReadableFile.contents(jobs.folder.database)
        try store.plan("l", (0..<50).map(JobPlace.job) + [JobPlace.job(3)])
        #expect(try ReadableFile.contents(jobs.folder.database) == before)
    }

    @Test func queriesReadAndWriteNothing() throws {
        let jobs = try JobPlace()
        do {
            let store = try store(jobs)
            try store.record([
                JobPlace.done("id0", [("x", JSON(1.5)), ("a b", .string("t")), ("nan", JSON(Double.nan))]),
                JobPlace.done("id1", [("x", JSON(2))]),
                JobPlace.failed("id2", "no"),
            ])
        }
        let store = try ResultStore(jobs.folder, .reading)
        let all = try store.query("SELECT * FROM runs", "l")
        #expect(all.columns == ["a", "name", "x", "a b", "nan", "error", "seconds", "host"] && all.rows.count == 3)
        #expect(all.rows[0].prefix(5) == [.int(0), .text("it's"), .real(1.5), .text("t"), .null])
        #expect(try store.query("SELECT sum(x) FROM runs", "l").rows == [[.real(3.5)]])
        for sql in [
            "DELETE FROM jobs", "UPDATE jobs SET list = 'x'", "DROP TABLE jobs", "ATTACH DATABASE '/tmp/x.db' AS y",
            "VACUUM INTO '/tmp/y.db'",
            "INSERT INTO jobs (identity, list, number, settings) VALUES ('z', 'l', 9, '{}')", "CREATE TABLE z (a)",
            "SELECT load_extension('x')", "SELECT nothing FROM runs", "SELECT writefile('/tmp/z', 'x')",
        ] {
            #expect(throws: DatabaseError.self, "\(sql)") { try store.query(sql, "l") }
        }
        #expect(!FileSystem.exists("/tmp/x.db") && !FileSystem.exists("/tmp/y.db"))
        #expect(try store.rows("l").count == 3)
    }

    @Test func oneProcessWritesAtATime() throws {
        let jobs = try JobPlace()
        let lock = try JobLock(jobs.folder)
        #expect(throws: FileError.self) { _ = try JobLock(jobs.folder) }
        withExtendedLifetime(lock) {}
    }

    @Test func aFolderOfOtherThingsIsNoFolderOfJobs() throws {
        let jobs = try JobPlace()
        try jobs.folder.checkForeign()
        try jobs.folder.describe(.init(list: "l", command: "sweep", count: 3, program: "bas"))
        try jobs.folder.checkForeign()
        #expect(try jobs.folder.described()?.count == 3)
        try jobs.write(jobs.folder.path + "/jobs.json", "{\"bas_jobs\": 2, \"list\": \"l\"}")
        #expect(throws: JobFolderError.self) { try jobs.folder.described() }
        let other = try JobPlace()
        try other.write(other.folder.path + "/notes.txt", "mine")
        #expect(throws: JobFolderError.self) { try other.folder.checkForeign() }
    }
}
