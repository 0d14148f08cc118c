import Language
import Tensors

extension CommandTable {
    /// Every row that this target adds to the language's core.
    public static let all: [Builtin] =
        (ModelCommands.all + MergeCommand.all + AdapterCommands.all + SceneCommands.all + WorldCommands.all + TrainingCommands.all
            + PlanCommand.all + [ProductsScope.builtin] + GenerationCommands.all
            + AttentionCommands.all + MethodCommands.all + SchedulerCommands.all + EvaluationCommands.all + BenchmarkCommand.all
            + [BootstrapCommand.builtin] + TestCommands.all + StudyCommands.all
            + [
                InspectionCommand.builtin, RefineCommand.builtin,
            ] + [ProbeCommand.builtin, SegmentCommand.builtin] + EvaluatorCommands.all + ScoreCommands.all + DriftCommands.all
            + tensorFamilies)

    /// The program's name and version.
    public static let version = "bas 0.1"

    /// The engine in words, for a banner: "OpenBLAS SkylakeX, 2 threads".
    public static var engine: String { "OpenBLAS \(BLAS.selection.core), \(Parallel.threads) thread\(Parallel.threads == 1 ? "" : "s")" }
}
