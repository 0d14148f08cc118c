import CReadline
import Glibc

/// The abilities that the terminal itself reports.
struct TerminalAnswer: Sendable {
    var sixels = false
    /// The pixels of a character; nil where the terminal does not tell.
    var cell: (width: Int, height: Int)?

    /// Asks the terminal of this process, for at most 0.4 s. A terminal that does not answer has none of the abilities.
    static func asked() -> TerminalAnswer {
        var answer = bas_screen_answer()
        guard bas_screen_ask(&answer) != 0 else { return TerminalAnswer() }
        let cell = (width: Int(answer.cell_width), height: Int(answer.cell_height))
        return TerminalAnswer(sixels: answer.sixels != 0, cell: cell.width > 0 ? cell : nil)
    }
}
