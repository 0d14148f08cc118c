import BreakAScene
import Evaluators
import Language

/// An encoder that judges pictures, as a value of the language.
struct EvaluatorValue: DeclaredValue {
    let evaluator: any Evaluator
    /// What `load_evaluator` reads it from again: the path of its folder, or its name where it needs none.
    let source: String

    /// The evaluator that needs no weights.
    static let appearance = EvaluatorValue(evaluator: AppearanceEncoder(), source: AppearanceEncoder().name)

    /// Loads an evaluator by what `source` says. Throws what reading its folder throws.
    static func load(_ source: String) throws -> EvaluatorValue {
        source == appearance.source ? appearance : EvaluatorValue(evaluator: try EvaluatorFolder.load(source), source: source)
    }

    static let declaration = HostDeclaration<EvaluatorValue>(
        "evaluator", "A network that judges pictures: of prompts (CLIP), of identity (DINO), or where things are (a segmenter).",
        reader: "load_evaluator", makers: "load_evaluator(\"image_text\")",
        fields: [
            .init("name", .string, "The name of its folder.") { .string($0.evaluator.name) },
            .init("summary", .string, "What it is, in one phrase.") { .string($0.evaluator.summary) },
            .init("prompts", .bool, "Whether it compares pictures with texts.") { .bool($0.imageText != nil) },
            .init("identity", .bool, "Whether it tells things apart.") { .bool($0.identity != nil) },
            .init("segments", .bool, "Whether it finds things in pictures.") { .bool($0.segmenter != nil) },
            .init("features", .int, "The number of numbers that it says of a picture; 0 for a segmenter.") {
                .int($0.evaluator.featureSize)
            },
        ], element: nil, operators: false)

    /// The evaluator as one of prompts; nil where it knows no texts.
    var imageText: (any ImageTextEncoder)? { evaluator as? any ImageTextEncoder }
    /// The evaluator as one of identity; nil where it is none.
    var identity: (any IdentityEncoder)? { evaluator as? any IdentityEncoder }

    /// The evaluator as a segmenter; nil where it is none.
    var segmenter: (any ThingSegmenter)? { evaluator as? any ThingSegmenter }

    func isEqual(to other: any HostValue) -> Bool {
        guard let other = (other as? EvaluatorValue)?.evaluator else { return false }
        return other.fingerprint == evaluator.fingerprint && other.featureSize == evaluator.featureSize
    }

    var inlineText: String { "evaluator \(evaluator.name): \(evaluator.summary)" }
    var byteCount: Int { 4096 }
    func display(_ context: DisplayContext) -> Display {
        let uses = [imageText != nil ? "prompts" : nil, identity != nil ? "identity" : nil].compactMap(\.self).joined(separator: " and ")
        let text =
            inlineText + (segmenter == nil ? ", features of \(evaluator.featureSize) numbers, for \(uses)" : ", finds things in pictures")
        return Display(TextLines.wrapped(text, width: context.width, rest: "  ").joined(separator: "\n"))
    }
}
