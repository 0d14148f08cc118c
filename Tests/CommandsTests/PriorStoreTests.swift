import Language
import Testing

@testable import BreakAScene
@testable import Commands
@testable import Tensors

/// Prior pictures are kept as they are drawn: a drawing that was cut off goes on, and gives the same bit for bit.
@Suite(.serialized) struct PriorStoreTests {
    private static let call = "phase1(base, photo, steps=2, prior=12, prior_prompts=[\"a photo at the beach\"], seed=3"

    private static func bench() -> Workbench {
        let bench = Workbench()
        bench.run("base = load_model(\"collage\"); photo = load_scene(\"mug_rose\")")
        return bench
    }

    /// Runs a cell, asks for a stop where the drawing has done `share` of its steps (never where it is more than 1), and
    /// tells how many steps of the drawing the progress bar passed through.
    @discardableResult
    private static func run(_ bench: Workbench, _ code: String, stopAt share: Double) -> Int {
        let (interrupt, passed) = (bench.session.interrupt, Passed())
        bench.session.setEvents { event in
            guard case .progress(let bar) = event, bar.title == "prior pictures" else { return }
            passed.note(bar.completed)
            if Double(bar.completed) > share * Double(bar.total) { interrupt.request() }
        }
        _ = bench.session.run(source: code)
        bench.session.setEvents { _ in }
        return passed.first ?? -1
    }

    private final class Passed: @unchecked Sendable {
        private(set) var first: Int?
        func note(_ step: Int) { first = first ?? step }
    }

    @Test func aDrawingThatWasCutOffGoesOn() throws {
        try inTemporaryFolder { _ in
            let whole = Self.bench()
            whole.run("whole = \(Self.call))")
            let hash = whole.text("whole.hash")
            let bench = Self.bench()
            Self.run(bench, "part = \(Self.call), checkpoint=\"run\")", stopAt: 0.75)
            #expect(FileSystem.contents("run/prior") == ["000000.safetensors"])
            // Another process would have nothing but the folder; it begins behind the first eight of twelve.
            let other = Self.bench()
            let first = Self.run(other, "rest = \(Self.call), checkpoint=\"run\")", stopAt: 2)
            #expect(first > 8 * 20 && other.text("rest.hash") == hash)
            // They lie in the scene's file now, and are found there before anything is drawn.
            #expect(FileSystem.contents("run").contains("scene.safetensors") && !FileSystem.exists("run/prior"))
            let again = Self.bench()
            #expect(Self.run(again, "again = \(Self.call), checkpoint=\"run\")", stopAt: 2) == -1)
            #expect(again.text("again.hash") == hash)
            // Without a folder, in the model that was left.
            bench.run("0")
            Self.run(bench, "left = \(Self.call))", stopAt: 0.75)
            #expect(Self.run(bench, "rest = resume(left)", stopAt: 2) > 8 * 20)
            #expect(bench.text("rest.hash") == hash)
        }
    }

    /// A folder of another training is refused before hours go into prior pictures.
    @Test func anotherTrainingsFolderIsRefusedBeforeAnythingIsDrawn() throws {
        try inTemporaryFolder { _ in
            let bench = Self.bench()
            bench.run("m = phase1(base, photo, steps=1, prior_weight=0, seed=3, checkpoint=\"run\")")
            let drawn = Passed()
            bench.session.setEvents { event in
                if case .progress(let bar) = event, bar.title == "prior pictures" { drawn.note(bar.completed) }
            }
            let problem = bench.session.run(source: "\(Self.call), checkpoint=\"run\")").diagnostics.first { $0.severity == .error }
            #expect(
                problem?.code == .checkpoint && problem?.plain().contains("steps is 2 here, 1 there") == true,
                "\(problem?.plain() ?? "no error")")
            #expect(drawn.first == nil && !FileSystem.exists("run/prior"))
        }
    }

    /// A damaged part, and one of another drawing, are drawn again.
    @Test func whatDoesNotFitIsDrawnAgain() throws {
        try inTemporaryFolder { _ in
            let bench = Self.bench()
            guard let model = bench.session[global: "base"]?.host(as: ModelValue.self)?.model else { throw Problem(.internal, "no model") }
            var options = PriorOptions()
            (options.count, options.steps) = (9, 2)
            let whole = try PriorSet(model, options) { _, _ in }
            func drawn(_ options: PriorOptions) throws -> (pictures: Tensor, steps: Int) {
                var steps = 0
                let set = try PriorSet(model, options, store: PriorStore(folder: "prior", drawnBy: model, options)) { _, _ in steps += 1 }
                return (set.pictures, steps)
            }
            #expect(try drawn(options).steps == 4)
            let kept = try drawn(options)
            #expect(kept.steps == 0 && kept.pictures.isIdentical(to: whole.pictures))
            try AtomicFile.write("prior/000008.safetensors", text: "damaged")
            let repaired = try drawn(options)
            #expect(repaired.steps == 2 && repaired.pictures.isIdentical(to: whole.pictures))
            options.seed += 1
            let other = try drawn(options)
            #expect(other.steps == 4 && !other.pictures.isIdentical(to: whole.pictures))
        }
    }
}
