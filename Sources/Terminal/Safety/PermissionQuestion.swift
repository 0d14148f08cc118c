import CReadline
import Files
import Glibc
import Language

/// Asks the person at the terminal whether a confined program may use a path.
struct PermissionQuestion: Sendable {
    private let file: String
    /// The program's text as it was before it ran, which an "always" trusts; nil where it could not be read.
    private let source: String?
    private let printer: EventPrinter
    private let interrupt: Interrupt

    init(file: String, source: String?, _ printer: EventPrinter, _ interrupt: Interrupt) {
        (self.file, self.source, self.printer, self.interrupt) = (file, source, printer, interrupt)
    }

    /// Whether a person can be asked: questions go to standard error and answers come from standard input.
    static var canAsk: Bool { Surroundings.isTerminal(STDIN_FILENO) && Surroundings.isTerminal(STDERR_FILENO) }

    /// Returns the answer; no where it is anything but a clear one, where the input ends, and after Ctrl-C.
    func answer(_ refusal: Confinement.Refusal) -> Confinement.Answer {
        let wasComputing = bas_screen_computing_now()
        bas_screen_computing(0)
        defer { bas_screen_computing(wasComputing) }
        printer.remark("\(file) wants to \(refusal.use.rawValue) \"\(printable(refusal.real))\", which is not its own.")
        // Keys that were typed before the question are no answer to it.
        tcflush(STDIN_FILENO, TCIFLUSH)
        let question = "Allow it?  y for this run, a for everything this file does from now on, Enter for no: "
        _ = write(STDERR_FILENO, question, question.utf8.count)
        switch line()?.lowercased() {
        case "y", "yes": return .yes
        case "a", "always":
            guard let source, let store = TrustStore.own else { return .everything }
            do { try store.add(source, path: file) } catch {
                printer.remark("It cannot be remembered: \((error as? Problem)?.message ?? "\(error)")")
            }
            return .everything
        default: return .no
        }
    }

    private func line() -> String? {
        var bytes: [UInt8] = []
        while bytes.count < 100 {
            var wait = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
            if interrupt.isRequested { return nil }
            guard poll(&wait, 1, 50) > 0 else { continue }
            var byte: UInt8 = 0
            let count = read(STDIN_FILENO, &byte, 1)
            if count < 0, errno == EINTR { continue }
            guard count == 1 else { return nil }
            if byte == UInt8(ascii: "\n") { break }
            bytes.append(byte)
        }
        return String(decoding: bytes, as: UTF8.self).filter { !$0.isWhitespace }
    }
}
