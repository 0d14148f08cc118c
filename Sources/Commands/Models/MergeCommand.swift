import BreakAScene
import Diffusion
import Language

/// The builtins for handles by their scene, and for results of several scenes in one model.
enum MergeCommand {
    private static let first = Key<ModelValue>("a", doc: "One result.")
    private static let second = Key<ModelValue>("b", doc: "Another; a handle whose token a has already gets the next free token.")
    private static let base = Key<ModelValue?>(
        "base", doc: "What both were learned from, where they do not know it (they come from folders).", keywordOnly: true)
    private static let scene = Key<SceneValue>("scene", doc: "The scene that they were made for.")

    static let all: [Builtin] = [
        Builtin(
            "merge", family: .models,
            summary: "Joins two results on the same base: the handles of both, and the base's parameters plus both changes.",
            parameters: [first, second, base], result: .model,
            terms: ["combine", "join", "several scenes", "lora", "handles", "compose"],
            examples: [
                .init(
                    "b = load_model(\"collage\"); m = merge(add_handles(b, load_scene(\"mug_rose\")), add_handles(b, load_scene(\"toys\"))); [h.scene for h in m.handles]",
                    shows: "[\"mug_rose\", \"mug_rose\", \"toys\", \"toys\", \"toys\"]")
            ], seeAlso: ["phase1", "phase2", "break_a_scene", "resume"], run: merge),
        Builtin(
            "handles_of", family: .models,
            summary: "The handles of a scene in a model that may have others too: one a mask, in the masks' order.",
            parameters: [ModelCommands.model, scene], result: ResultType("list of handles", .listOf(HandleValue.valueType)),
            terms: ["pairing", "masks", "several scenes"], paper: "§3.1",
            examples: [
                .init(
                    "m = add_handles(add_handles(load_model(\"collage\"), 1), load_scene(\"mug_rose\")); handles_of(m, load_scene(\"mug_rose\"))[0].token",
                    shows: "\"<asset1>\"")
            ]
        ) { call in
            let model = try call[ModelCommands.model].model
            let pairing = try call.pairing(model, call[scene].scene)
            return .list(pairing.handles.map { .host(HandleValue(model, index: $0)) })
        },
    ]

    @Sendable private static func merge(_ call: Call) throws -> Value {
        let (a, b) = (try call[first].learned, try call[second].learned)
        let (result, renamed) = try call.mapped(second) { try a.merged(with: b, base: call[base]?.model) }
        if !renamed.isEmpty {
            call.context.emit(.stream(renamed.map { "\($0.from) of the second model is \($0.to) here.\n" }.joined()))
        }
        return .host(ModelValue(result))
    }
}
