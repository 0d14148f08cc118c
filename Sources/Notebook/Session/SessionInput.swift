import Language

/// An input of a session that is to be saved as a notebook, or one that is left out and matters for those that are saved.
public struct SessionInput: Sendable {
    /// The input's part of the file: one cell or several, each of which begins at a `# %%` line. Empty where it is left out.
    public var text: String
    /// Code that ran in the session and does not stand in the file as it ran: the rest of an input that failed, an input that was interrupted
    /// or is left out. The names that it binds have values that the file does not give.
    public var unsaved: [String]
    /// What it showed; nil where that is not known.
    public var recording: CellRecording?
    /// Whether what it showed is recorded.
    public var isRecorded: Bool
    /// Whether its text fails as it did in the session.
    public var fails = false

    /// Creates an input.
    public init(text: String, unsaved: [String] = [], recording: CellRecording? = nil, isRecorded: Bool = true) {
        (self.text, self.unsaved, self.recording, self.isRecorded) = (text, unsaved, recording, isRecorded)
    }

    /// The cells of its text.
    var cells: [Cell] { text.isEmpty ? [] : cells(of: text) }

    private func cells(of text: String) -> [Cell] { Language.cells(of: text) }
}
