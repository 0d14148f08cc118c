import CReadline
import Glibc

/// Shows long text page by page.
enum Pager {
    /// Shows the text in a pager, on a terminal and where it is longer than the screen, and returns whether it did. The pager is `$PAGER`,
    /// else `less` with flags that leave the text on the screen; an empty `$PAGER` or `cat` means none.
    static func show(_ text: String, traits: ScreenTraits) -> Bool {
        guard traits.outputIsTerminal, Surroundings.isTerminal(STDIN_FILENO) else { return false }
        let rows = Int(bas_screen_rows(STDOUT_FILENO))
        let width = max(traits.width(), 1)
        let needed = text.split(separator: "\n", omittingEmptySubsequences: false).reduce(0) { count, line in
            count + max(1, (line.count + width - 1) / width)
        }
        guard rows > 0, needed >= rows else { return false }
        let pager = Surroundings.variable("PAGER") ?? "less -FIRX"
        guard !pager.isEmpty, pager != "cat" else { return false }
        return ChildProcess.shell(pager, input: text + "\n").map { $0 != 127 && $0 != 126 } ?? false
    }
}
