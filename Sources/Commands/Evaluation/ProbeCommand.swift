import BreakAScene
import Evaluators
import Images
import Language
import Tensors
import World

/// The builtin that names what pictures show: of each question's answers the one whose words an evaluator of prompts finds nearest.
enum ProbeCommand {
    private static let images = Key<[ImageValue]>(oneOrMore: "images", doc: "The pictures.")
    private static let things = Key<[String]>(
        "things", default: [], doc: "Words for things, [\"mug\", \"rose\"]: adds the question which of them is there.", keywordOnly: true)
    private static let judge = Key<EvaluatorValue?>(
        "prompts_by", doc: "An evaluator of prompts; \"image_text\", which ships, where not given.", keywordOnly: true)

    static let builtin = Builtin(
        "probe", family: .evaluation,
        summary: "Names place and style of pictures, and which of some things is there: the nearest answer, and by how much it leads.",
        parameters: [images, things, judge], result: .table,
        terms: ["classify", "zero-shot", "background", "style", "what is it", "prompt followed", "clip", "recognise"], paper: "B.2",
        examples: [
            .init("probe(load_world(\"woman_suitcase\").image).answer[0]", shows: "\"beach\"")
        ], seeAlso: ["prompt_similarity", "inspect_pictures"], run: run)

    /// A question, with its answers and the words that stand for each.
    private struct Question {
        let name: String
        let answers: [(answer: String, texts: [String])]
    }

    /// The questions that the world's recipe has answers to. A style that is only a phrase, and what a background without words says, are no
    /// answers.
    private static func questions(_ recipe: Recipe, things: [String]) -> [Question] {
        let styles = recipe.drawnStyles.map { ($0.name, ["\($0.phrase) a thing"]) }
        let backgrounds = recipe.backgrounds.map { ($0.name, $0.phrases.filter { !$0.isEmpty }.map { "a photo of a thing \($0)" }) }
        let known = [Question(name: "background", answers: backgrounds), Question(name: "style", answers: styles)]
        return things.isEmpty ? known : known + [Question(name: "thing", answers: things.map { ($0, ["a photo of a \($0)"]) })]
    }

    @Sendable private static func run(_ call: Call) throws -> Value {
        let (images, words) = (try call[images].map(\.image), try call[things])
        guard !images.isEmpty else { throw Problem(.badArgument, "probe: there is no picture", argument: Self.images.name) }
        guard words.count != 1 else {
            throw Problem(.badArgument, "probe: one word leaves no choice", argument: things.name, help: "name what else it could be")
        }
        let encoder = try encoder(call)
        let questions = questions(try call.mapped(nil) { try WorldLibrary.recipe(call.context) }, things: words)
        let rows = try Cost.cancellable(call.context.interrupt) {
            try call.mapped(Self.images) {
                let pictures = try encoder.imageFeatures(images)
                let found = try questions.map { try answers($0, pictures, encoder) }
                return images.indices.flatMap { picture in found.map { [.int(picture)] + $0[picture] } }
            }
        }
        return .host(
            TableValue(
                columns: ["picture", "question", "answer", "similarity", "lead", "second"], rows: rows, settings: ["picture", "question"]))
    }

    /// The cells of one question for each picture. Of the words for one answer the nearest count.
    private static func answers(_ question: Question, _ pictures: Tensor, _ encoder: any ImageTextEncoder) throws -> [[Value]] {
        let owners = question.answers.enumerated().flatMap { place, answer in answer.texts.map { _ in place } }
        let cosines = Features.cosines(pictures, try encoder.textFeatures(question.answers.flatMap(\.texts)))
        return cosines.map { row in
            var best = [Double](repeating: -1, count: question.answers.count)
            for (text, owner) in owners.enumerated() { best[owner] = max(best[owner], row[text]) }
            let order = best.indices.sorted { best[$0] > best[$1] }
            return [
                .string(question.name), .string(question.answers[order[0]].answer), .float(best[order[0]]),
                .float(best[order[0]] - best[order[1]]), .string(question.answers[order[1]].answer),
            ]
        }
    }

    private static func encoder(_ call: Call) throws -> any ImageTextEncoder {
        guard let encoder = try call.judgeOrShipped(judge, .prompts).imageText else { throw Problem(.internal, "no encoder of prompts") }
        return encoder
    }
}
