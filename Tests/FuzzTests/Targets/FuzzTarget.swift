/// Something that takes any bytes: it may refuse them, but must neither crash nor hang nor take much memory.
/// `make fuzz` searches for bytes that break it; `ReplayTests` runs the seeds and everything once found.
struct FuzzTarget: Sendable {
    /// Also the folder of its seeds.
    var name: String
    var run: @Sendable ([UInt8]) -> Void
    /// What the fuzzer begins with beside the seeds.
    var examples: @Sendable () -> [String] = { [] }

    static let all = [
        FuzzTarget(name: "language", run: LanguageFuzzing.read, examples: LanguageFuzzing.examples),
        FuzzTarget(name: "evaluator", run: LanguageFuzzing.evaluate, examples: LanguageFuzzing.coreExamples),
        FuzzTarget(name: "commands", run: LanguageFuzzing.evaluateWithTensors, examples: LanguageFuzzing.inMemoryExamples),
        FuzzTarget(name: "builtins", run: CallFuzzing.run),
        FuzzTarget(name: "safetensors", run: FileFuzzing.safetensors),
        FuzzTarget(name: "picture", run: FileFuzzing.picture),
        FuzzTarget(name: "configuration", run: FileFuzzing.configuration),
        FuzzTarget(name: "tokenizer", run: FileFuzzing.tokenizer),
        FuzzTarget(name: "adapters", run: ModelFuzzing.adapters),
        FuzzTarget(name: "checkpoints", run: ModelFuzzing.checkpoints),
        FuzzTarget(name: "singlefile", run: ModelFuzzing.singleFile),
        FuzzTarget(name: "journal", run: SessionFuzzing.journal),
        FuzzTarget(name: "frames", run: ServerFuzzing.frames),
        FuzzTarget(name: "server", run: ServerFuzzing.server),
    ]
}
