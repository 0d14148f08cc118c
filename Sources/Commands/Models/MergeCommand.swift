import BreakAScene
import Diffusion
import Language

/// The builtins for handles by their scene, and for results of several scenes in one model.
enum MergeCommand {
    static let all: [Builtin] = [
        Builtin(
            "merge", family: "models",
            summary: "Joins two results on the same base: the handles of both, and the base's parameters plus both changes.",
            parameters: [
                Parameter("a", .host("model"), doc: "One result."),
                Parameter("b", .host("model"), doc: "Another; a handle whose token a has already gets the next free token."),
                Parameter(
                    "base", .host("model"), doc: "What both were learned from, where they do not know it (they come from folders).",
                    keywordOnly: true, optional: true),
            ],
            result: "model", terms: ["combine", "join", "several scenes", "lora", "handles", "compose"],
            examples: [
                .init(
                    "b = load_model(\"collage\"); m = merge(add_handles(b, load_scene(\"mug_rose\")), add_handles(b, load_scene(\"toys\"))); [h.scene for h in m.handles]",
                    shows: "[\"mug_rose\", \"mug_rose\", \"toys\", \"toys\", \"toys\"]")
            ], run: merge),
        Builtin(
            "handles_of", family: "models",
            summary: "The handles of a scene in a model that may have others too: one a mask, in the masks' order.",
            parameters: [ModelCommands.model, Parameter("scene", .host("scene"), doc: "The scene that they were made for.")],
            result: "list of handles", terms: ["pairing", "masks", "several scenes"], paper: "§3.1",
            examples: [
                .init(
                    "m = add_handles(add_handles(load_model(\"collage\"), 1), load_scene(\"mug_rose\")); handles_of(m, load_scene(\"mug_rose\"))[0].token",
                    shows: "\"<asset1>\"")
            ]
        ) { call in
            let model = try call.host("model", as: ModelValue.self).model
            let pairing = try call.pairing(model, try call.host("scene", as: SceneValue.self).scene)
            return .list(pairing.handles.map { .host(HandleValue(model, index: $0)) })
        },
    ]

    @Sendable private static func merge(_ call: Call) throws -> Value {
        let (a, b) = (try call.host("a", as: ModelValue.self).learned, try call.host("b", as: ModelValue.self).learned)
        let base = try call.optional("base").map { _ in try call.host("base", as: ModelValue.self).model }
        let (result, renamed) = try call.mapped("b") { try a.merged(with: b, base: base) }
        if !renamed.isEmpty {
            call.context.emit(.stream(renamed.map { "\($0.from) of the second model is \($0.to) here.\n" }.joined()))
        }
        return .host(ModelValue(result))
    }
}
