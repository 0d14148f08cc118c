import Language

extension Call {
    /// Shows sentences to whoever runs the program, wrapped to the width of where they are shown.
    func tell(_ text: String) {
        context.emit(.stream(TextWrapping.lines(text, width: context.displayContext.width).joined(separator: "\n") + "\n"))
    }
}
