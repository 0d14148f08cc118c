import Language
import Tensors

extension CommandTable {
    /// Every row that this target adds to the language's own.
    public static let all: [Builtin] =
        (ModelCommands.all + SceneCommands.all + TrainingCommands.all + GenerationCommands.all + AttentionCommands.all
        + MethodCommands.all + tensorFamilies).relating(related)

    /// What runs everything, for a banner: "OpenBLAS SkylakeX, 2 threads".
    public static var engine: String { "OpenBLAS \(BLAS.selection.core), \(Parallel.threads) thread\(Parallel.threads == 1 ? "" : "s")" }
}
