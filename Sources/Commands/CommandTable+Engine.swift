import Language
import Tensors

extension CommandTable {
    /// Every row that this target adds to the language's own.
    public static let all: [Builtin] = Abandonable.rows(
        (ModelCommands.all + MergeCommand.all + AdapterCommands.all + SceneCommands.all + TrainingCommands.all + PlanCommand.all + [
            ProductsScope.builtin
        ] + GenerationCommands.all
            + AttentionCommands.all + MethodCommands.all + SchedulerCommands.all + EvaluationCommands.all + [InspectionCommand.builtin]
            + tensorFamilies).relating(related).tellingOrigins(origins).analyzed)

    /// What this program is called, and which of it this is.
    public static let version = "bas 0.1"

    /// What runs everything, for a banner: "OpenBLAS SkylakeX, 2 threads".
    public static var engine: String { "OpenBLAS \(BLAS.selection.core), \(Parallel.threads) thread\(Parallel.threads == 1 ? "" : "s")" }
}
