import Testing

@testable import BreakAScene
@testable import Tensors

@Suite struct PromptContextTests {
    @Test func aContextIsAPromptWithAPlaceForTheHandles() {
        #expect(PromptContext.prompt("a photo of *", ["<a>"]) == "a photo of <a>")
        #expect(PromptContext.prompt("an oil painting of * in the snow", ["<a>", "<b>"]) == "an oil painting of <a> and <b> in the snow")
        #expect(PromptContext.prompt("*", ["<a>"]) == "<a>")
        #expect(PromptContext.prompt("a photo of <a> at night", ["<a>"]) == "a photo of <a> at night")
        #expect(UnionSample(chosen: [1, 0], isFlipped: false).prompt(["<a>", "<b>"]) == "a photo of <b> and <a>")
        #expect(PromptContext.fault("a photo of * at the beach") == nil)
        for wrong in ["", "at the beach", "a photo of {}", "* and *"] { #expect(PromptContext.fault(wrong) != nil, "\(wrong)") }
    }

    /// Each equally often; one that is given three times, three times as often; the next draw does not depend on the last.
    @Test func contextsAreDrawnUniformly() {
        let contexts = ["a *", "b *", "a *", "c *", "a *"]
        var random = RandomState(seed: 9)
        let drawn = (0..<10_000).compactMap { _ in PromptContext.sample(contexts, &random) }
        func share(_ context: String) -> Double { Double(drawn.count { $0 == context }) / 10_000 }
        #expect(abs(share("a *") - 0.6) < 0.02 && abs(share("b *") - 0.2) < 0.02 && abs(share("c *") - 0.2) < 0.02)
        let pairs = Double(zip(drawn, drawn.dropFirst()).count { $0 == "b *" && $1 == "b *" }) / 9999
        #expect(abs(pairs - 0.04) < 0.01)
        #expect(random.steps == ["in_context": 10_000])
        #expect(PromptContext.sample([], &random) == nil && random.steps == ["in_context": 10_000])
    }

    @Test func optionsAreKeptInFiles() throws {
        var options = TrainingOptions()
        (options.contexts, options.zoom) = (["a photo of * at night", "*"], 0.25)
        #expect(TrainingOptions(try JSON.parse(options.json.text())) == options)
        #expect(TrainingOptions(TrainingOptions().json) == TrainingOptions())
        for (name, value) in [
            ("zoom", JSON(2.0)), ("zoom", JSON(-0.5)), ("contexts", .string("*")), ("contexts", .array([.string("night")])),
            ("contexts", .array([JSON(1)])),
        ] {
            guard case .object(var object) = options.json else { return }
            object[name] = value
            #expect(TrainingOptions(.object(object)) == nil, "\(name)")
        }
    }

    @Test func onlyCollageHasThem() {
        for phase in 1...2 {
            for preset in [Preset.paper, .code] {
                #expect(preset.options(phase: phase).contexts.isEmpty && preset.options(phase: phase).zoom == 0)
            }
        }
    }
}
