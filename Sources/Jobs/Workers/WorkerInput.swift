import Glibc

/// The worker's side of the pool: jobs come in, results go out.
public final class WorkerInput {
    private var received: [UInt8] = []

    /// Begins to watch standard input: when whoever starts the jobs is gone, this process ends at once, in the middle of a job too.
    public init() {
        var thread = pthread_t()
        let status = pthread_create(
            &thread, nil,
            { _ in
                while true {
                    // Without events, poll tells only of the other end's closing.
                    var question = pollfd(fd: STDIN_FILENO, events: 0, revents: 0)
                    if poll(&question, 1, -1) > 0, question.revents & Int16(POLLHUP | POLLERR | POLLNVAL) != 0 { _exit(0) }
                }
            }, nil)
        if status == 0 { pthread_detach(thread) }
    }

    /// Waits for the next line; nil at the end of the input.
    public func next() -> String? {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            if let end = received.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: received[..<end], as: UTF8.self)
                received.removeSubrange(...end)
                return line
            }
            let count = read(STDIN_FILENO, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return nil }
            received += buffer[..<count]
        }
    }

    /// Sends a line. Ends the process where nobody reads it any more.
    public func answer(_ line: String) {
        var bytes = Array((line + "\n").utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { send(STDOUT_FILENO, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { _exit(0) }
            bytes = bytes.dropFirst(count)
        }
    }
}
