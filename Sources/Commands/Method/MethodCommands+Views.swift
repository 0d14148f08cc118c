import BreakAScene
import Diffusion
import Language
import Tensors

// What a step may change of a pick before it learns from it: how near its things are seen, and what the prompt says beside
// them.
extension MethodCommands {
    static let pick = Key<PickValue>("pick", doc: "From union_sample.")
    private static let share = Key<Value>(
        "share", .oneOf([.number, .list(.number)]), defaultValue: .float(1), range: 0...1,
        doc: "The probability; or the part, [top, left, side] in shares of the photo's height and width.")
    private static let contexts = Key<[String]>(
        oneOrMore: "contexts", doc: "Prompts with * in the place of the handles, or such as name them.")
    private static let example =
        "pick = union_sample(add_handles(load_model(\"collage\"), 2), load_scene(\"mug_rose\"), law=\"single\", seed=1); "

    static let views: [Builtin] = [
        Builtin(
            "zoomed", family: .method,
            summary: "Shows a pick from closer: with some probability a random square around its things instead of the whole photo.",
            parameters: [pick, share, SeedState.key],
            result: .pick, terms: ["crop", "closer", "augmentation", "square", "layout"],
            examples: [.init(example + "zoomed(pick, [0.25, 0.25, 0.5]).part", shows: "[0.25, 0.25, 0.5]")],
            seeAlso: ["in_context"], run: zoomed),
        Builtin(
            "in_context", family: .method, summary: "Puts a pick's handles into another prompt: one of the contexts, at random.",
            parameters: [pick, contexts, SeedState.key],
            result: .pick, terms: ["prompt", "background", "place", "style", "template"],
            examples: [
                .init(example + "ends_with(in_context(pick, \"an oil painting of * at night\").prompt, \"> at night\")", shows: "true")
            ], run: inContext),
    ]

    @Sendable private static func zoomed(_ call: Call) throws -> Value {
        var pick = try call[Self.pick]
        switch try ViewLaws.choice(call[share], share.name) {
        case .share(0): break
        case .share(let probability):
            let part = pick.scene.part(pick.union.chosen, share: probability, try SeedState.draw(call, stream: "zoomed"))
            if let part { pick = try pick.changing { $0.part = part } }
        case .part(let top, let left, let side):
            guard let part = pick.scene.part(pick.union.chosen, top: top, left: left, side: side) else {
                throw Problem(.badArgument, TrainingError.unseen.description, argument: share.name, help: ViewLaws.partHelp)
            }
            pick = try pick.changing { $0.part = part }
        }
        return .host(pick)
    }

    @Sendable private static func inContext(_ call: Call) throws -> Value {
        let (pick, given) = (try call[Self.pick], try call[contexts])
        guard !given.isEmpty else { return .host(pick) }
        let context = PromptContext.sample(given, try SeedState.draw(call, stream: "in_context"))
        return .host(try pick.changing { $0.context = try ViewLaws.checked(context, pick, contexts.name) })
    }
}

extension ResultType {
    static let pick = host(PickValue.self, "pick (image, masks, handles, prompt)")
}

/// Checks what laws of zoom and of contexts give.
enum ViewLaws {
    static let contextHelp = "write * where they go: \"a photo of * at the beach\", \"an oil painting of *\""
    static let partHelp = "a part is [top, left, side] in shares of the photo's height and width, and shows every thing of the pick"

    /// Returns a probability from a number, or a part of the photo from three. Throws `.badArgument` for anything else.
    static func choice(_ value: Value, _ argument: String) throws -> Zoom.Choice {
        let items = try value.elements
        let numbers = (value.number.map { [$0] } ?? items?.compactMap(\.number)) ?? []
        guard numbers.allSatisfy({ (0...1).contains($0) }),
            numbers.count == 1 && value.number != nil || numbers.count == 3 && items?.count == 3
        else {
            throw Problem(
                .badArgument, "\(argument) is a probability, 0 to 1, or a part of the photo, [top, left, side]", argument: argument,
                label: "this is \(value.inlineText.prefix(60))", help: partHelp)
        }
        guard numbers.count == 3 else { return .share(numbers[0]) }
        guard numbers[2] > 0 else {
            throw Problem(.badArgument, "\(argument): a part's side is more than 0", argument: argument, help: partHelp)
        }
        return .part(top: numbers[0], left: numbers[1], side: numbers[2])
    }

    /// Returns the contexts of a list. Throws where one has no place for whatever handles a step draws.
    static func checked(_ contexts: [String]) throws -> [String] {
        if let fault = contexts.lazy.compactMap(PromptContext.fault).first {
            throw Problem(.badArgument, fault, argument: "contexts", help: contextHelp)
        }
        return contexts
    }

    /// Returns a context for a pick, which has one place for its handles or names each of them once. Throws for any other.
    static func checked(_ context: String, _ pick: PickValue, _ argument: String) throws -> String {
        if context.contains(PromptContext.place) {
            if let fault = PromptContext.fault(context) { throw Problem(.badArgument, fault, argument: argument, help: contextHelp) }
        }
        do {
            if try pick.isNamed(in: context) { return context }
        } catch {
            throw ErrorMapping.problem(error, argument: argument)
        }
        throw Problem(
            .badArgument, "the prompt \"\(context)\" does not name each handle of its step once", argument: argument,
            label: "the step draws \(pick.tokens.joined(separator: ", "))", help: contextHelp)
    }
}
