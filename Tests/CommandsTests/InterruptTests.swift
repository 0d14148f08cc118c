import Glibc
import Language
import Synchronization
import Testing

@testable import Commands

/// What a stop costs: never a value, never what a training has learned, never the rest of the session.
@Suite(.serialized)
struct InterruptTests {
    private let bench = Workbench()

    /// Runs a cell and asks for a stop when an event says so, once.
    private func run(_ source: String, stopWhen: @escaping @Sendable (Event) -> Bool) -> Outcome {
        let interrupt = bench.session.interrupt
        let asked = Atomic(false)
        bench.session.setEvents { event in
            if stopWhen(event), asked.exchange(true, ordering: .relaxed) == false { interrupt.request() }
        }
        defer { bench.session.setEvents { _ in } }
        return bench.session.run(source: source)
    }

    /// Runs a cell and asks for a stop `milliseconds` later from another thread, as the signal watcher does.
    private func run(_ source: String, stopAfter milliseconds: UInt32) -> Outcome {
        let interrupt = bench.session.interrupt
        let thread = Unmanaged.passRetained(Later(interrupt, milliseconds))
        var id = pthread_t()
        pthread_create(
            &id, nil,
            { argument in
                if let argument { Unmanaged<Later>.fromOpaque(argument).takeRetainedValue().run() }
                return nil
            }, thread.toOpaque())
        let outcome = bench.session.run(source: source)
        pthread_join(id, nil)
        interrupt.reset()
        return outcome
    }

    private final class Later: Sendable {
        let interrupt: Interrupt
        let milliseconds: UInt32
        init(_ interrupt: Interrupt, _ milliseconds: UInt32) { (self.interrupt, self.milliseconds) = (interrupt, milliseconds) }
        func run() {
            usleep(milliseconds * 1000)
            interrupt.request()
        }
    }

    /// A stop while the prior pictures are drawn gives a model that goes on as if nothing had been.
    @Test func aStopBeforeTheFirstStepKeepsTheTraining() {
        bench.run("base = load_model(\"collage\"); photo = load_scene(\"mug_rose\")")
        let call = "phase1(base, photo, steps=2, seed=3, prior=2)"
        let outcome = run("part = \(call)") { event in
            if case .progress(let bar) = event { bar.title == "prior pictures" && bar.completed > 0 } else { false }
        }
        #expect(outcome.status == .interrupted)
        #expect(bench.isTrue("part.interrupted and len(part.history) == 0"))
        // A second stop at the same place loses nothing either.
        let again = run("part = resume(part)") { event in
            if case .progress(let bar) = event { bar.title == "prior pictures" && bar.completed > 0 } else { false }
        }
        #expect(again.status == .interrupted)
        bench.run("rest = resume(part)")
        #expect(bench.isTrue("not rest.interrupted and len(rest.history) == 2"))
        #expect(bench.isTrue("rest.hash == (\(call)).hash"))
    }

    /// A stop within a step, here within a loss of the user's, gives that step up and keeps those before it.
    @Test func aStopWithinAStepKeepsTheStepsBefore() {
        bench.run("base = load_model(\"collage\"); photo = load_scene(\"mug_rose\")")
        bench.run("fn own(out, pick) { print(\"loss\"); for i in 0..<3 { i }; attention_loss(out.attention, pick) }")
        let call = "phase1(base, photo, steps=4, seed=3, prior_weight=0, attention_loss=own)"
        let count = Atomic(0)
        let outcome = run("part = \(call)") { event in
            if case .stream("loss\n") = event { count.add(1, ordering: .relaxed).newValue == 3 } else { false }
        }
        #expect(outcome.status == .interrupted)
        #expect(bench.isTrue("part.interrupted and len(part.history) == 2"))
        bench.run("rest = resume(part)")
        #expect(bench.isTrue("rest.hash == (\(call)).hash"))
    }

    /// Uninterrupted each takes many seconds. What is computed afterwards is right: nothing half done was kept.
    @Test(arguments: [
        "matmul(a, a)", "[exp(a) * i for i in 0..<1000]", "generate(base, \"a photo of a dog\", n=200)",
        "leakage(model, photo, timesteps=[i * 9 for i in 0..<100]); leakage(model, photo, timesteps=[i * 9 for i in 0..<100])",
    ])
    func workIsGivenUp(source: String) {
        bench.run("base = load_model(\"collage\"); photo = load_scene(\"mug_rose\"); a = ones([14000, 14000])")
        bench.run("model = add_handles(base, 2, seed=1)")
        let small = "[leakage(model, photo, timesteps=[500]).own, sum(matmul(ones([64, 64]), ones([64, 64])))]"
        let before = bench.numbers(small)
        let outcome = run("result = \(source)", stopAfter: 150)
        #expect(outcome.status == .interrupted)
        #expect(outcome.diagnostics.first?.code == .interrupted)
        #expect(bench.session[global: "result"] == nil)
        #expect(!before.isEmpty && bench.numbers(small) == before)
    }
}
