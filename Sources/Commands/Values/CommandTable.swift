import Language

/// The rows of the builtin table that this target adds to the language's own.
public enum CommandTable {
    /// What needs tensors and pictures only, no model.
    public static let tensorFamilies: [Builtin] =
        TensorCommands.all + MaskCommands.all + PictureCommands.all + FigureCommands.all
}
