import Glibc

/// Text on standard output, in the pager where it is longer than the screen.
public enum Page {
    /// Prints the text. Ends the process quietly where the reader has gone away.
    public static func show(_ text: String) {
        signal(SIGPIPE, SIG_IGN)
        if Pager.show(text, traits: .current(color: .auto)) { return }
        let sink = FileSink(STDOUT_FILENO)
        sink.write(text + "\n")
        sink.flush()
    }
}
