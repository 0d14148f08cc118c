import BreakAScene
import Language
import Testing

@testable import Commands

/// `automask`, `refine`, and what handles are called.
@Suite struct AutomaskTests {
    private static let setting = """
        base = load_model("collage"); s = load_scene("mug_rose"); m = add_handles(base, 2)

        """

    private func run(_ code: String) -> Programs.Result { Programs.run(Self.setting + code, table: CommandTable.all) }

    @Test(arguments: [
        ("automask(s.image)", "automask: how many things?"), ("automask(s.image, 3, words=[\"mug\"])", "automask: 1 words for 3 masks"),
        ("automask(s.image, 0)", "automask"), ("automask(s.image, 9)", "automask"),
        ("automask(s.image, 1, words=[\"\"])", "has no token"),
        ("automask(s.image, words=[\"mug\"], attention=false)", "attention=false asks no model"),
        ("automask(image(zeros([32, 32, 3])), 2)", "the picture has not 2 regions"),
        ("refine(s, base)", "the model has no handles of the scene"), ("refine(s, m, least_iou=2)", "least_iou"),
    ])
    func refuses(_ code: String, _ message: String) {
        let first = run(code).first
        #expect(first?.message.contains(message) ?? false, "\(first?.message ?? "no problem")")
        #expect(first?.code != .internal)
    }

    /// The guesses make a scene, they are near the true masks, and come again bit for bit.
    @Test func guessesMakeAScene() {
        #expect(run("len(scene(s.image, automask(s.image, 2)).masks) == 2 and automask(s.image, 2) == automask(s.image, 2)").isTrue)
        #expect(run("min([overlap(a, b) for a, b in zip(automask(s.image, 2), s.masks)]) > 0.8").isTrue)
        #expect(run("automask(s.image, 2, model=base) == automask(s.image, 2)").isTrue)
    }

    /// Boxes around the things become tighter; a guard that nothing passes keeps every mask, and says so of each.
    @Test func refineTightensAndGuards() {
        let boxes = "b = scene(s.image, [box([0, 40], [68, 112], s), box([64, 48], [128, 112], s)], title=\"boxes\")\n"
        #expect(
            run(boxes + "r = refine(b, m); all(tensor([overlap(x, y) > overlap(z, y) for x, y, z in zip(r.masks, s.masks, b.masks)]))")
                .isTrue)
        let kept = run(boxes + "refine(b, m, least_iou=1) == b")
        #expect(kept.isTrue)
        #expect(kept.outcome.diagnostics.map(\.code) == [.modelMismatch, .modelMismatch])
        #expect(kept.outcome.diagnostics.allSatisfy { $0.severity == .warning && $0.message.contains("the mask stays as it is") })
    }

    @Test func handlesGoByTheirThings() {
        let named = HandleLabel(token: "<asset0>", name: "mug", mask: 0)
        #expect(named.short == "mug" && named.full == "mug <asset0>")
        for name in ["mask 3", ""] {
            let label = HandleLabel(token: "<asset3>", name: name, mask: 3)
            #expect(label.short == "<asset3>" && label.full == "<asset3>")
        }
        #expect(
            HandleLabel(token: "<asset0>", name: "mask 3", mask: 0).short == "mask 3", "the name of another place was given by a person")
    }
}
