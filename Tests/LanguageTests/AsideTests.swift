import Glibc
import Synchronization
import Testing

@testable import Language

/// A door that one side opens and the other waits for.
private final class Door: @unchecked Sendable {
    private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init() { sem_init(semaphore, 0, 0) }

    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    func open() { sem_post(semaphore) }
    func wait() { while sem_wait(semaphore) != 0 {} }
}

/// A number for the calling thread that no other one has or had: the system gives `pthread_self` of an ended thread to a new one.
private enum ThreadNumber {
    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        pthread_key_create(&key, nil)
        return key
    }()
    private static let last = Atomic(UInt(0))

    static var current: UInt {
        if let known = pthread_getspecific(key) { return UInt(bitPattern: known) }
        let number = last.wrappingAdd(1, ordering: .relaxed).newValue
        pthread_setspecific(key, UnsafeRawPointer(bitPattern: number))
        return number
    }
}

/// Which thread something ran on.
private final class Place: Sendable {
    private let noted = Atomic(UInt(0))

    func note() { noted.store(ThreadNumber.current, ordering: .relaxed) }
    var thread: UInt { noted.load(ordering: .relaxed) }
    var isHere: Bool { thread == ThreadNumber.current }
    var isNoted: Bool { thread != 0 }
}

/// Waits until work that was left has ended.
private func untilNothingIsLeft() { while AsideWork.leftNow > 0 { usleep(1000) } }

/// What a stop leaves to itself, and what it does not.
@Suite(.serialized) struct AsideTests {
    private static let much = Aside.noticed

    @Test func muchWorkHasAThreadOfItsOwn() throws {
        let (interrupt, place) = (Interrupt(), Place())
        let result = try Aside.run(extent: Self.much, interrupt) {
            place.note()
            return Interrupt.current === interrupt ? 7 : 0
        }
        #expect(result == 7 && place.isNoted && !place.isHere)
        #expect(throws: Problem.self) { try Aside.run(extent: Self.much, interrupt) { throw Problem(.badArgument, "no") } }
        _ = try Aside.run(extent: Self.much - 1, interrupt) { place.note() }
        #expect(place.isHere)
        // Within such work the thread is there already.
        let isSame = try Aside.run(extent: Self.much, interrupt) {
            place.note()
            return try Aside.run(extent: Self.much, interrupt) { place.isHere }
        }
        #expect(isSame && !place.isHere)
    }

    /// The body does not end before the test lets it: whoever waited for it would wait for ever.
    @Test func aStopLeavesItBehind() throws {
        let (interrupt, door, told) = (Interrupt(), Door(), Place())
        let recorder = Recorder()
        let session = Session { recorder.record($0) }
        #expect {
            try Aside.run(extent: Self.much, interrupt) {
                interrupt.request()
                door.wait()
                session.context.emit(.stream("nobody hears this"))
                if interrupt.isRequested, interrupt.question() { told.note() }
            }
        } throws: { ($0 as? Problem)?.code == .interrupted }
        #expect(AsideWork.leftNow == 1)
        // The next computation is asked for; the old one hears of its stop all the same.
        interrupt.reset()
        #expect(!interrupt.isRequested)
        door.open()
        untilNothingIsLeft()
        #expect(told.isNoted && recorder.printed.isEmpty)
    }

    @Test func workThatEndsAtOnceIsKept() throws {
        let interrupt = Interrupt()
        let result = try Aside.run(extent: Self.much, interrupt) {
            interrupt.request()
            return 5
        }
        #expect(result == 5 && AsideWork.leftNow == 0)
    }

    /// Memory is held by two at most: a third is done on the thread that asks for it.
    @Test func onlySoMuchIsLeft() throws {
        let (door, place) = (Door(), Place())
        for _ in 0..<Aside.most {
            let interrupt = Interrupt()
            #expect(throws: Problem.self) {
                try Aside.run(extent: Self.much, interrupt) {
                    interrupt.request()
                    door.wait()
                }
            }
        }
        try Aside.run(extent: Self.much, Interrupt()) { place.note() }
        #expect(place.isHere)
        for _ in 0..<Aside.most { door.open() }
        untilNothingIsLeft()
    }

    /// Rows of the table go aside with large arguments, and with functions of the program never.
    @Test func builtinsGoAside() throws {
        let place = Place()
        let row = Builtin(
            "look", family: "test", summary: "Notes its thread.",
            parameters: [Parameter("x", doc: "Anything."), Parameter("f", doc: "Anything.", optional: true)], cost: .detachable(),
            run: { call in
                place.note()
                return .bool(AsideWork.current != nil)
            }
        )
        let session = Session(builtins: [row])
        func answer(_ source: String) -> String { session.run(source: source).value?.literalText ?? "none" }
        session.run(source: "xs = list(1..40000)")
        #expect(answer("look(xs)") == "true")
        #expect(answer("look([xs, xs])") == "true")
        #expect(answer("look({a: xs})") == "true")
        #expect(answer("look(repeat(\"a\", 70000))") == "true")
        #expect(answer("look(xs, fn() { 1 })") == "false")
        #expect(answer("look(1)") == "false")
    }

    /// A session goes on with all its values although a builtin never ends.
    @Test func theSessionGoesOn() throws {
        let door = Door()
        let row = Builtin(
            "endless", family: "test", summary: "Asks for a stop and waits.", parameters: [Parameter("x", doc: "Anything.")],
            cost: .detachable(),
            run: { call in
                call.context.interrupt.request()
                door.wait()
                return .int(1)
            }
        )
        let session = Session(builtins: [row])
        session.run(source: "xs = list(1..100000); kept = 41")
        let outcome = session.run(source: "kept = endless(xs)")
        #expect(outcome.status == .interrupted && outcome.diagnostics.first?.code == .interrupted)
        #expect(session.run(source: "kept + len(xs)").value?.literalText == "100041")
        door.open()
        untilNothingIsLeft()
    }

    // MARK: letting go

    /// Tells on which thread its last holder let it go.
    private struct Weighty: HostValue {
        final class Content: Sendable {
            let place: Place, door: Door
            init(_ place: Place, _ door: Door) { (self.place, self.door) = (place, door) }
            deinit {
                place.note()
                door.open()
            }
        }
        let content: Content
        var typeName: String { "weighty" }
    }

    private static let passed = Key<Value>("value", doc: "Passed on.")
    private static let place = Key<Int>("x", doc: "The place.")

    /// Lists of so many values are let go aside: after a stop, and when a name or a result is bound anew.
    @Test(arguments: [
        ["[stop(weighty(), x) for x in xs]"], ["map(xs, fn(x) { stop(weighty(), x) })"], ["kept = [weighty() for x in xs]; kept = 1"],
        ["fn f() { own = [weighty() for x in xs]; g = fn() { own }; own = 1 }; f()"], ["[weighty() for x in xs]", "2"],
    ])
    func manyValuesAreLetGoAside(_ cells: [String]) {
        let (last, evaluator, door) = (Place(), Place(), Door())
        let first = Mutex<Value?>(.host(Weighty(content: .init(last, door))))
        let session = Session(builtins: [
            Builtin(
                "weighty", family: "test", summary: "The value, once; a string from then on.", result: .any,
                run: { _ in
                    evaluator.note()
                    return first.withLock { value in
                        defer { value = nil }
                        return value ?? "x"
                    }
                }),
            Builtin(
                "stop", family: "test", summary: "Asks for a stop at the last item.",
                parameters: [Self.passed, Self.place], result: .any,
                run: { call in
                    if try call[Self.place] == Aside.noticed + 5000 { call.context.interrupt.request() }
                    return try call[Self.passed]
                }),
        ])
        session.context.results.budget = 0
        session.run(source: "xs = list(1..\(Aside.noticed + 10_000))")
        for (number, source) in cells.enumerated() { session.run(source: source, cell: number + 1) }
        door.wait()
        #expect(last.isNoted && evaluator.isNoted && last.thread != evaluator.thread)
    }
}
