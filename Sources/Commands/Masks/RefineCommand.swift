import BreakAScene
import Language

/// `refine`: a scene's masks estimated anew from where a trained model's handles look.
enum RefineCommand {
    private static let least = Key<Double>(
        "least_iou", default: 0.4, range: 0...1,
        doc: "A new mask whose soft IoU with the old one is below this is refused, and the old one stays.", keywordOnly: true)
    private static let seed = Key<Int>("seed", default: 0, doc: "Of the noise that the model looks through.", keywordOnly: true)

    static let builtin = Builtin(
        "refine", family: .scenes,
        summary: "A scene whose masks are estimated anew from its handles' attention maps: for masks that were drawn too loosely.",
        parameters: [SceneCommands.scene, ModelCommands.model, least, seed], result: .scene,
        terms: ["masks", "re-estimate", "tighten", "attention", "segment"],
        examples: [
            .init("s = load_scene(\"mug_rose\"); len(refine(s, add_handles(load_model(\"collage\"), 2)).masks)", shows: "2")
        ], seeAlso: ["automask", "overlap", "attention"], cost: .engine, run: refine)

    /// Runs `refine`. Warns of each mask whose estimate was refused.
    @Sendable private static func refine(_ call: Call) throws -> Value {
        let (scene, model) = (try call[SceneCommands.scene].scene, try call[ModelCommands.model].model)
        _ = try call.pairing(model, scene)
        let (least, seed) = (try call[least], try call[seed])
        let result = try call.mapped(SceneCommands.scene) { try model.refine(scene, leastOverlap: least, seed: seed) }
        for index in result.kept {
            call.context.warn(
                .modelMismatch,
                "refine: the estimate of \(scene.names[index]) has a soft IoU of \(NumberText.share(result.overlaps[index])) with its mask, less than \(NumberText.share(least)): the mask stays as it is",
                argument: SceneCommands.scene.name, help: "least_iou=\(NumberText.share(result.overlaps[index])) takes it; look at it first"
            )
        }
        return .host(SceneValue(result.scene))
    }
}
