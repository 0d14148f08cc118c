import BreakAScene
import Diffusion
import Language
import TestSupport
import Testing

@testable import Commands

/// `bas check --plan`: what scripts will need, without running them.
@Suite(.serialized) struct ScriptPlanTests {
    private static func plan(_ source: String) -> ScriptPlan {
        let session = Workbench().session
        return ScriptPlan(session.analyze(source: source).calls, session.context, rates: PlanRates(products: 1e11))
    }

    private static let start = """
        base  = load_model("collage")
        photo = load_scene("mug_rose")

        """

    /// The plan that a run would make itself, of the model with its values.
    @Test func aTrainingIsPlannedAsTheRunPlansIt() throws {
        let rows = Self.plan(
            Self.start + "m = phase1(base, photo, steps=7, prior_weight=0)\nm2 = phase2(m, photo, train=\"kv\", steps=3, prior_weight=0)"
        ).rows
        #expect(rows.map(\.command) == ["load_model \"collage\"", "phase1", "phase2"] && rows.map(\.line) == [1, 3, 4])
        let model = try ModelFolder.load(Fixtures.root + "/stdlib/models/collage")
        #expect(rows[0].memory == model.byteCount)
        var options = Preset.collage.options(phase: 1)
        (options.steps, options.priorWeight) = (7, 0)
        let first = TrainingPlan(model, phase: 1, options)
        #expect(rows[1].memory == first.peak)
        #expect(abs((rows[1].seconds ?? 0) - 7 * first.operationsPerStep / 0.5e11) < 1e-9)
        options = Preset.collage.options(phase: 2)
        (options.steps, options.priorWeight, options.trains) = (3, 0, .kv)
        #expect(rows[2].memory == TrainingPlan(model, phase: 2, options).peak)
    }

    /// Prior pictures and both phases are in it; what was moved stays in float32 for what comes after.
    @Test func whatComesBeforeAndAfterCounts() {
        let rows = Self.plan(
            Self.start
                + "m = break_a_scene(base, photo)\npictures = generate(m, \"a photo\", n=4, steps=10)\ngenerate(base, \"a photo\", n=4, steps=10)"
        ).rows
        #expect(rows[1].notes.contains { $0.contains("prior pictures") } && rows[1].notes.filter { $0.contains("steps of") }.count == 2)
        #expect((rows[2].memory ?? 0) > (rows[3].memory ?? .max) && rows[2].seconds == rows[3].seconds)
        #expect(rows[2].notes.first?.hasPrefix("4 pictures in 10 steps") == true)
    }

    /// A session draws the same prior pictures once.
    @Test func priorPicturesCountOnce() {
        let rows = Self.plan(Self.start + "m = phase1(base, photo)\nm = phase2(m, photo)\nphase2(m, photo, prior=3)").rows
        #expect(rows.dropFirst().map { $0.notes.contains { $0.contains("prior pictures") } } == [true, false, true])
    }

    @Test func whatIsNotKnownIsSaidToBeUnknown() {
        let rows = Self.plan(
            Self.start + """
                m = phase1(base, photo, steps=len(args), prior_weight=0)
                fn draw(model) { generate(model, "a photo") }
                for i in 1..3 { phase2(m, photo, steps=i, prior_weight=0) }
                other = load_model(args[1])
                phase1(other, photo)
                resume("folder")
                """
        ).rows
        #expect(rows[1].seconds == nil && rows[1].memory != nil && rows[1].notes.contains { $0.hasPrefix("steps: not known") })
        #expect(rows[2].command == "generate" && rows[2].memory == nil)
        #expect(rows[3].seconds == nil && rows[3].notes.contains("each time round the loop"))
        for row in rows[4...] { #expect(row.memory == nil && row.seconds == nil && !row.notes.isEmpty, "\(row)") }
        #expect(rows.count == 7)
    }

    @Test func aMissingModelIsNoCrash() {
        let rows = Self.plan("m = load_model(\"nowhere/sd\")\ngenerate(m, \"a photo\")").rows
        #expect(rows.allSatisfy { $0.memory == nil && $0.notes.contains { $0.contains("nowhere/sd") } })
    }

    /// An outline has the shapes and formats of the model, and none of its values.
    @Test func outlinesReadNoValues() throws {
        let path = Fixtures.root + "/stdlib/models/collage"
        let (whole, outline) = (try ModelFolder.load(path), try ModelFolder.outline(path))
        #expect(whole.byteCount == outline.byteCount && whole.parameterCount == outline.parameterCount)
        #expect(
            zip(whole.namedParameters, outline.namedParameters).allSatisfy {
                $0.name == $1.name && $0.value.shape == $1.value.shape && $0.value.value.format == $1.value.value.format
            })
    }

    @Test func columnsAreAligned() {
        let lines = Self.plan(Self.start + "m = phase1(base, photo, steps=7, prior_weight=0)\ngenerate(m, \"a photo\")").lines(width: 200)
        #expect(lines.count == 5 && lines[0].hasPrefix("line  command"))
        let ends = Set(lines.dropFirst().map { $0.prefix(while: { $0 != "B" }).count })
        #expect(ends.count == 1, "\(lines.joined(separator: "\n"))")
        #expect(Self.plan(Self.start + "phase1(base, photo)").lines(width: 60).allSatisfy { displayWidth($0) <= 60 })
    }
}
