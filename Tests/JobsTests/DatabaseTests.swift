import CSQLite
import Files
import Testing

@testable import Jobs

/// The connection to SQLite, and what a person is told where a file cannot be used.
@Suite struct DatabaseTests {
    @Test func valuesComeBackAsTheyWere() throws {
        let jobs = try JobPlace()
        let database = try Database(jobs.folder.database, .writing)
        try database.execute("CREATE TABLE t (a, b)")
        let values: [SQLValue] = [.null, .int(.min), .real(0.1), .text("it's \"ä\"\n😀"), .text("")]
        for value in values { try database.run("INSERT INTO t VALUES (?, ?)", [value, .int(1)]) }
        #expect(try database.run("SELECT a FROM t").rows.map { $0[0] } == values)
        #expect(throws: DatabaseError.self) { try database.run("SELECT 1; SELECT 2") }
        #expect(throws: DatabaseError.self) { try database.run("  ") }
        #expect(try database.run("SELECT 1 AS x; ").columns == ["x"])
    }

    @Test func aTransactionThatFailsLeavesNothing() throws {
        let jobs = try JobPlace()
        let database = try Database(jobs.folder.database, .writing)
        try database.execute("CREATE TABLE t (a)")
        #expect(throws: CancellationError.self) {
            try database.transaction {
                try database.run("INSERT INTO t VALUES (1)")
                throw CancellationError()
            }
        }
        #expect(try database.run("SELECT count(*) FROM t").rows == [[.int(0)]])
    }

    private func reason(_ body: () throws -> Void) -> DatabaseError.Reason? {
        do {
            try body()
            return nil
        } catch {
            return (error as? DatabaseError)?.reason
        }
    }

    @Test func otherFilesAreToldApart() throws {
        let jobs = try JobPlace()
        #expect(reason { _ = try ResultStore(jobs.folder, .reading) } == .cannotOpen)
        try jobs.write(jobs.folder.database, "this is no database, but it is long enough to have a header of one hundred bytes")
        #expect(reason { _ = try ResultStore(jobs.folder, .writing) } == .damaged)
        try FileSystem.remove(jobs.folder.database)
        let other = try Database(jobs.folder.database, .writing)
        try other.execute("CREATE TABLE notes (text)")
        #expect(reason { _ = try ResultStore(jobs.folder, .writing) } == .foreign)
        #expect(reason { _ = try ResultStore(JobFolder("/sys"), .writing) } == .cannotOpen)
    }

    /// A database whose pages were overwritten is an error, never a crash or a wrong result.
    @Test func aDamagedDatabaseIsTold() throws {
        let jobs = try JobPlace()
        do {
            let store = try ResultStore(jobs.folder, .writing)
            try store.plan("l", (0..<500).map(JobPlace.job))
        }
        var bytes = try ReadableFile.contents(jobs.folder.database)
        for place in 4096..<bytes.count { bytes[place] = UInt8(truncatingIfNeeded: place &* 31) }
        try AtomicFile.write(jobs.folder.database) { try $0.write(bytes) }
        #expect(
            reason {
                let store = try ResultStore(jobs.folder, .writing)
                _ = try store.rows("l")
                try store.plan("l", (0..<600).map(JobPlace.job))
            } == .damaged)
    }

    @Test func aFullDiskLosesNothing() throws {
        let jobs = try JobPlace()
        let store = try ResultStore(jobs.folder, .writing)
        try store.plan("l", [JobPlace.job(0)])
        try store.record([JobPlace.done("id0", [("x", JSON(1))])])
        try store.limit(pages: 12)
        #expect(reason { try store.plan("l", (0..<5000).map(JobPlace.job)) } == .full)
        let counts = try store.counts("l")
        #expect(counts.done == 1 && counts.all == 1)
    }

    /// What a process leaves that was killed while it wrote: pages of a transaction that never ended, and the journal that undoes them.
    @Test func whatAKilledProcessLeftIsUndone() throws {
        let (jobs, copy) = (try JobPlace(), try JobPlace())
        let store = try ResultStore(jobs.folder, .writing)
        try store.plan("l", (0..<300).map(JobPlace.job))
        let writer = try Database(jobs.folder.database, .writing)
        try writer.execute("PRAGMA cache_size = 1; BEGIN IMMEDIATE; UPDATE jobs SET list = 'half', settings = settings || settings")
        for end in ["", "-journal"] {
            try AtomicFile.write(copy.folder.database + end) { try $0.write(ReadableFile.contents(jobs.folder.database + end)) }
        }
        try writer.execute("ROLLBACK")
        #expect(try ResultStore(copy.folder, .reading).counts("l").waiting == 300)
    }

    @Test func aConfinedProgramOpensNoOtherDatabase() throws {
        let (jobs, other) = (try JobPlace(), try JobPlace())
        _ = try ResultStore(other.folder, .writing)
        let grant = try #require(Confinement.Grant(jobs.folder.path, .write))
        try Confinement.$current.withValue(Confinement([grant])) {
            _ = try ResultStore(jobs.folder, .writing)
            #expect(throws: FileError.self) { _ = try ResultStore(other.folder, .writing) }
            #expect(throws: FileError.self) { _ = try ResultStore(other.folder, .reading) }
        }
    }
}
