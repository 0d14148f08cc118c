import Glibc
import Synchronization

/// Stops a run that takes longer, or holds more memory, than its limits allow. It watches on a thread of its own and asks for a stop as a
/// person does, so that what may be kept is kept; the run's error then names the limit.
final class LimitWatch: Sendable {
    /// The seconds between two looks.
    private static let interval = 0.05
    private let interrupt: Interrupt
    private let deadline: Double
    private let seconds: Double
    private let memory: Int?
    private let isOver = Mutex(false)

    /// Begins to watch; nil where the context has no such limit.
    init?(_ context: Context) {
        let limits = context.limits
        let given = min(limits.seconds ?? .infinity, context.secondsLeft ?? .infinity)
        guard given.isFinite || limits.memory != nil else { return nil }
        (interrupt, memory) = (context.interrupt, limits.memory)
        seconds = limits.seconds ?? given
        deadline = monotonicSeconds() + given
        guard given > 0 else {
            interrupt.request(because: tookTooLong)
            return
        }
        // Without a thread there is no limit of time or memory; nothing else would work then either.
        _ = BigStack.detached { [self] in watch() }
    }

    /// Ends the watch: nothing is asked for afterwards.
    func end() { isOver.withLock { $0 = true } }

    private func watch() {
        while true {
            usleep(UInt32(max(0.001, min(Self.interval, deadline - monotonicSeconds())) * 1e6))
            let reached = reached()
            let isDone = isOver.withLock { isOver in
                if !isOver, let reached { interrupt.request(because: reached) }
                return isOver || reached != nil
            }
            if isDone { return }
        }
    }

    private func reached() -> Problem? {
        if monotonicSeconds() >= deadline { return tookTooLong }
        guard let memory, let held = Self.residentBytes(), held > memory else { return nil }
        return Problem(
            .tooManyBytes, "the program was stopped: bas holds \(byteText(held)) of memory", notes: ["it may hold \(byteText(memory))"],
            help: "--limit-memory=SIZE allows more")
    }

    private var tookTooLong: Problem {
        Problem(.timeLimit, "the program was stopped after \(durationText(seconds))", help: "--limit-time=TIME allows more")
    }

    /// Returns the bytes of memory that this process holds, or nil where the system does not tell.
    private static func residentBytes() -> Int? {
        let descriptor = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 128)
        let count = read(descriptor, &buffer, buffer.count)
        guard count > 0 else { return nil }
        let pages = String(decoding: buffer[..<count], as: UTF8.self).split(separator: " ").dropFirst().first.flatMap { Int($0) }
        return pages.map { $0 * Int(sysconf(Int32(_SC_PAGESIZE))) }
    }
}

/// Returns seconds in words: "0.5 s", "90 s", "10 min", "2 h".
func durationText(_ seconds: Double) -> String {
    for (unit, size) in [("h", 3600.0), ("min", 60.0)] where seconds >= size && seconds.truncatingRemainder(dividingBy: size) == 0 {
        return "\(shortNumber(seconds / size)) \(unit)"
    }
    return "\(shortNumber(seconds)) s"
}
