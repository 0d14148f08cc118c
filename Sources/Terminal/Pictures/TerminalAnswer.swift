import CReadline
import Glibc

/// What the terminal itself says that it can show.
struct TerminalAnswer: Sendable {
    var sixels = false
    /// Pixels of a character; nil where it does not tell.
    var cell: (width: Int, height: Int)?

    /// Asks the terminal of this process, for 0.4 s at most; where it does not answer, it can do nothing.
    static func asked() -> TerminalAnswer {
        var answer = bas_screen_answer()
        guard bas_screen_ask(&answer) != 0 else { return TerminalAnswer() }
        let cell = (width: Int(answer.cell_width), height: Int(answer.cell_height))
        return TerminalAnswer(sixels: answer.sixels != 0, cell: cell.width > 0 ? cell : nil)
    }
}
