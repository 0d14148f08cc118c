import Language

/// The rows of the builtin table that this target adds to the language's own.
public enum CommandTable {
    /// The rows that need tensors and pictures only, but no model.
    public static let tensorFamilies: [Builtin] =
        TensorCommands.all + MaskCommands.all + PictureCommands.all + FigureCommands.all
}
