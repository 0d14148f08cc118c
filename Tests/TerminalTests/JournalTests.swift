import Files
import Glibc
import Language
import Testing

@testable import Terminal

/// The journal of inputs, and what is made of one whose session died.
struct JournalTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private var sessions: String { folder.path + "/sessions" }

    /// A journal as a session that was killed leaves it.
    private func write(_ records: [JournalRecord], cut: Int = 0, named name: String = "1.journal", age: Int = 0) throws {
        mkdir(sessions, 0o700)
        let head = JournalRecord.session(started: time(nil) - age, folder: folder.path)
        let bytes = Array(JournalRecord.heading.utf8) + ([head] + records).flatMap(\.encoded)
        let file = try #require(fopen("\(sessions)/\(name)", "w"))
        fwrite(bytes, 1, bytes.count - cut, file)
        fclose(file)
    }

    private let some: [JournalRecord] = [
        .cell(number: 1, source: "a = 1\nb = \"日本\""), .ended(.ok, seconds: 0.5), .command(":undo"),
        .cell(number: 2, source: "a + 1"),
    ]

    @Test func recordsComeBack() throws {
        let all =
            some + [
                .session(started: 7, folder: "/a b"), .ended(.interrupted, seconds: 1e-9),
                .ended(.interrupted, seconds: 2, mark: ProgressMark(title: "phase 2  fine-tuning", occurrence: 3, completed: 17)),
            ]
        let bytes = Array(JournalRecord.heading.utf8) + all.flatMap(\.encoded)
        #expect(JournalRecord.decode(bytes) == all)
        #expect(JournalRecord.decode(Array("no journal".utf8)) == nil)
        #expect(CRC32.checksum("123456789".utf8) == 0xCBF4_3926)
    }

    /// Whatever is torn off or flipped: the records before it are read, the damaged one and those after it are not.
    @Test func aTornOrDamagedTailIsLeftOut() throws {
        let bytes = Array(JournalRecord.heading.utf8) + some.flatMap(\.encoded)
        for cut in 0..<some[3].encoded.count {
            let expected = cut == 0 ? some : Array(some.dropLast())
            #expect(JournalRecord.decode(Array(bytes.dropLast(cut))) == expected)
        }
        for place in JournalRecord.heading.utf8.count..<bytes.count {
            var damaged = bytes
            damaged[place] ^= 0x10
            let read = try #require(JournalRecord.decode(damaged))
            #expect(read.count < some.count && Array(some.prefix(read.count)) == read)
        }
    }

    @Test func aLivingSessionIsNotLost() throws {
        let journal = Journal(folder: sessions)
        #expect(LostSession.all(in: sessions).isEmpty)
        for record in some { journal.append(record) }
        #expect(journal.failure == nil)
        #expect(Surroundings.names(in: sessions).count == 1)
        #expect(LostSession.all(in: sessions).isEmpty)
        journal.finish()
        #expect(Surroundings.names(in: sessions).isEmpty)
    }

    @Test func sessionsBesideEachOtherHaveTheirOwn() throws {
        // Two of one process in the same second: the second cannot take the first one's file.
        let (one, other) = (Journal(folder: sessions), Journal(folder: sessions))
        one.append(some[0])
        other.append(some[0])
        #expect(one.failure == nil && other.failure == nil)
        #expect(Surroundings.names(in: sessions).count == 2)
    }

    @Test func aKilledSessionIsFound() throws {
        try write(some)
        let lost = try #require(LostSession.all(in: sessions).first)
        #expect(
            lost.entries == [
                .cell(number: 1, source: "a = 1\nb = \"日本\"", status: .ok), .command(":undo"),
                .cell(number: 2, source: "a + 1", status: nil),
            ])
        #expect(lost.title.hasPrefix("a session of ") && lost.title.hasSuffix(" with 2 cells"))
        #expect(lost.script == "# %% In [1]\na = 1\nb = \"日本\"\n\n# :undo\n\n# %% In [2]   (had not ended)\n# a + 1\n")
        #expect(Recovery.list([lost]).contains("In [1]: a = 1 …") && Recovery.list([lost]).contains("(had not ended)"))
        // While one prompt has it, another does not.
        #expect(LostSession.all(in: sessions).isEmpty)
    }

    /// What Ctrl-C ended after some steps ends there again; where the journal does not know, the replay says what differs.
    @Test func aReplayStopsWhereTheSessionWasInterrupted() throws {
        let work = Builtin(
            "work", family: "test", summary: "Counts.", parameters: [], result: "int",
            run: { call in
                for step in 1...9 {
                    call.context.note(Progress(id: 1, title: "some work", completed: step, total: 9))
                    if call.context.interrupt.isRequested { return .int(step) }
                }
                return .int(9)
            })
        let mark = ProgressMark(title: "some work", occurrence: 1, completed: 4)
        try write([
            .cell(number: 1, source: "work()"), .ended(.interrupted, seconds: 1, mark: mark),
            .cell(number: 2, source: "work()"), .ended(.interrupted, seconds: 1), .cell(number: 3, source: "work()"),
            .ended(.ok, seconds: 1),
        ])
        let lost = try #require(LostSession.all(in: sessions).first)
        #expect(lost.script.contains("In [1]   (interrupted at 4 of some work)"))
        let printer = PrinterHarness()
        let sink = printer.printer
        let prompt = Prompt(
            session: Session(builtins: [work]) { sink.handle($0) }, printer: sink, reader: ScriptedReader([]),
            surrounds: Prompt.Surrounds(lost: lost))
        prompt.run()
        let output = printer.output.text
        #expect(output.contains("stops there again)\nOut[1]: 4\n"))
        #expect(
            output.contains("nobody noted where; Ctrl-C interrupts it again)\nOut[2]: 9\n(this had been interrupted and now ran to its end")
        )
        #expect(output.hasSuffix("Out[3]: 9\n(replayed)\n"))
    }

    @Test func oldEmptyAndTooManyGo() throws {
        try write([], named: "empty.journal")
        try write(some, named: "old.journal", age: 40 * 24 * 3600)
        for number in 0..<25 { try write(some, named: "\(100 + number).journal") }
        #expect(LostSession.all(in: sessions).count == 20)
        #expect(Surroundings.names(in: sessions).count == 20)
        #expect(!Surroundings.names(in: sessions).contains("old.journal"))
        #expect(!Surroundings.names(in: sessions).contains("104.journal"))
    }

    @Test func aPlaceThatCannotBeWrittenIsSaidOnce() {
        let journal = Journal(folder: "/proc/nothing")
        journal.append(some[0])
        #expect(journal.failure != nil)
        journal.append(some[0])
        journal.finish()
    }

    @Test func numbersPickSessions() throws {
        try write(some, named: "1.journal")
        try write(some, named: "2.journal")
        let lost = LostSession.all(in: sessions)
        #expect(try Recovery.find("", among: lost).path.hasSuffix("2.journal"))
        #expect(try Recovery.find("2", among: lost).path.hasSuffix("1.journal"))
        #expect(throws: Problem.self) { try Recovery.find("3", among: lost) }
        #expect(throws: Problem.self) { try Recovery.find("x", among: lost) }
        #expect(throws: Problem.self) { try Recovery.find("", among: []) }
        #expect(try Recovery.forget("1", among: lost).hasSuffix("forgotten)"))
        #expect(Surroundings.names(in: sessions) == ["1.journal"])
    }
}
