import BreakAScene
import Diffusion
import Language
import Tensors

extension LoRAFormat: WordArgument {}

/// The builtins for a model's change from its base as a small file: LoRA, and whole results.
enum AdapterCommands {
    private static let model = ModelCommands.model
    private static let source = Key<String>("path", doc: "The file.", file: .input(library: nil))
    private static let target = Key<String>("path", doc: "The file.", file: .output)
    private static let base = Key<ModelValue>("base", doc: "The model that the change is counted from.")
    private static let scale = Key<Double>(
        "scale", defaultValue: .float(1), range: -100...100, doc: "How much of it.", keywordOnly: true)
    private static let rank = Key<Int>("rank", default: 8, range: 1...1024, doc: "Of every changed matrix.", keywordOnly: true)
    private static let format = Key<LoRAFormat>("format", default: .diffusers, doc: "Whose names.", keywordOnly: true)
    private static let lowRank = Key<Int?>(
        "rank", range: 1...1024, doc: "Of every changed matrix: a smaller file, which loses much of a long training.", keywordOnly: true,
        standard: "every changed number")
    private static let notes = Key<Record>(
        "notes", defaultValue: .record(Record()), doc: "What else to write into it: scene, metrics.", keywordOnly: true)

    /// The beginning of examples: b, and m that has made a step away from it.
    private static let step =
        "b = load_model(\"collage\"); m = require_grad(b, \"kv\"); m, o = update(m, adamw(m.parameters, lr=1e-3), "
        + "grad(mean(predict_noise(m, ones([1, 16, 16, 8]), 500, \"a dog\").noise), m.parameters)); "

    static let all: [Builtin] = [
        Builtin(
            "load_lora", family: .models, summary: "Adds a LoRA to a model: peft's, diffusers' and kohya's names are known.",
            parameters: [source, model, scale], result: .model, terms: ["adapter", "peft", "kohya", "low rank"],
            examples: [
                .init(step + "save_lora(m, \"toy.safetensors\", b); len(diff(b, load_lora(\"toy.safetensors\", b))) > 0", shows: "true")
            ], seeAlso: ["save_lora", "save_result", "load_result"], run: loadLoRA),
        Builtin(
            "save_lora", family: .models,
            summary: "Writes a model's change from its base as a LoRA: every changed matrix by its best of low rank.",
            parameters: [model, target, base, rank, format], result: "record {path, layers, error, beside, relative}",
            terms: ["adapter", "peft", "kohya", "low rank", "svd"],
            examples: [
                .init(step + "save_lora(m, \"toy.safetensors\", b, rank=4).error < 1", shows: "true")
            ], seeAlso: ["save_result", "load_result"], run: saveLoRA),
        Builtin(
            "save_result", family: .models,
            summary: "Writes what a training made of its base as one file: handles, every changed number or their low rank, settings.",
            parameters: [model, target, base, lowRank, notes],
            result: "record {path, layers, error, beside, relative}; how much is lost is printed",
            terms: ["export", "checkpoint", "handles", "small"],
            examples: [
                .init(
                    "b = load_model(\"collage\"); save_result(add_handles(b, 1, init=[\"toy\"]), \"toy.safetensors\", b).error",
                    shows: "0.0")
            ], seeAlso: ["load_result"], run: saveResult),
        Builtin(
            "load_result", family: .models, summary: "The model that a result file's training made of its base.",
            parameters: [source, base], result: .model, terms: ["import", "checkpoint", "handles"],
            examples: [
                .init(
                    "b = load_model(\"collage\"); save_result(add_handles(b, 1), \"toy.safetensors\", b); load_result(\"toy.safetensors\", b).handles[0].token",
                    shows: "\"<asset0>\"")
            ], run: loadResult),
    ]

    @Sendable private static func loadLoRA(_ call: Call) throws -> Value {
        let value = try call[model]
        let path = FileNames.readable(try call[source], call.context)
        return .host(value.replacing(try call.mapped(source) { try LoRAFile.read(path, into: value.model, scale: call[scale]) }))
    }

    @Sendable private static func saveLoRA(_ call: Call) throws -> Value {
        let (model, base) = (try call[Self.model].model, try call[Self.base].model)
        let path = try call.target(target, isFolder: false)
        let rank = try call[rank]
        let report = try call.mapped(target) { try LoRAFile.write(model, base: base, to: path, rank: rank, format: call[format]) }
        if report.error > 0 { call.tell(lost(report, rank: rank)) }
        return record(path, report)
    }

    @Sendable private static func saveResult(_ call: Call) throws -> Value {
        let (value, base) = (try call[model], try call[Self.base].model)
        let path = try call.target(target, isFolder: false)
        var metadata = ["phases": JSON.array(value.learned.provenance.map { .string($0) }).text()]
        for (key, note) in try call[notes].pairs { metadata["note.\(key)"] = note.inlineText }
        let rank = try call[lowRank]
        let report = try call.mapped(target) { try ResultFile.write(value.model, base: base, to: path, rank: rank, metadata: metadata) }
        call.tell(lost(report, rank: rank))
        return record(path, report)
    }

    /// Returns a sentence on what a file loses of the model from which it was written; `rank` nil: every changed number is in it.
    private static func lost(_ report: LoRAReport, rank: Int?) -> String {
        guard let rank, report.error > 0 else { return "Nothing is lost: the loaded model is this very model." }
        func percent(_ share: Double) -> String { NumberText.significant(share * 100) + " %" }
        let beside = report.beside > 0 ? " (of which \(percent(report.beside)) in biases, norms and tables, which no low rank holds)" : ""
        return
            "At rank \(rank) the file leaves out \(percent(report.error)) of what training changed\(beside): the loaded model's changed weights are off by "
            + "\(percent(report.relative)). save_result without rank= loses nothing."
    }

    @Sendable private static func loadResult(_ call: Call) throws -> Value {
        let value = try call[base]
        let path = FileNames.readable(try call[source], call.context)
        let (model, metadata) = try call.mapped(source) { try ResultFile.read(path, base: value.model) }
        var learned = value.replacing(model).learned
        learned.provenance = (metadata["phases"].flatMap { try? JSON.parse($0) }?.arrayValue ?? []).compactMap(\.stringValue)
        return .host(ModelValue(learned))
    }

    private static func record(_ path: String, _ report: LoRAReport) -> Value {
        .record(
            Record([
                ("path", .string(path)), ("layers", .int(report.layers)), ("error", .float(report.error)),
                ("beside", .float(report.beside)),
                ("relative", .float(report.relative)),
            ]))
    }
}
