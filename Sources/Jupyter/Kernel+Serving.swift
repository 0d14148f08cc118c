import Files
import Glibc
import Language

/// The thread of the sockets: it passes messages on, and answers what must not wait for a running cell.
extension Kernel {
    /// The most messages that are taken from one socket before the others get their turn.
    private static let mostInARow = 64
    /// The longest time that a running cell gets to stop when the kernel ends, in seconds.
    private static let patience = 2.0
    /// The longest topic of a subscription that is welcomed, in bytes.
    private static let longestTopic = 1024

    /// Serves the sockets until the kernel ends. Returns the exit code.
    func serve(_ process: ProcessWatch?) -> Int32 {
        guard let sockets else { return ExitCode.internal.rawValue }
        let descriptors = [outbox.letters.descriptor] + (process.map { [$0.descriptor] } ?? []).filter { $0 >= 0 }
        var poll = ZeroMQPoll(sockets.all, descriptors: descriptors)
        var status: Int32 = 0
        var deadline: Double?
        while true {
            let now = monotonicSeconds()
            let pause = publisher.flushDue(at: now)
            let wait = [pause, process?.pause, deadline.map { max(0, $0 - now) }].compactMap(\.self).min()
            poll.wait(wait.map { Int(($0 * 1000).rounded(.up)) } ?? -1)
            if let signal = process?.next() { status = react(to: signal) ?? status }
            send(sockets)
            repeatedly(sockets.control) { receive($0, on: .control) }
            repeatedly(sockets.heartbeat) { sockets.heartbeat.send($0) }
            repeatedly(sockets.iopub) { welcome($0, sockets.iopub) }
            if !activity.isEnding { repeatedly(sockets.shell) { receive($0, on: .shell) } }
            // The kernel asks nothing, so that there is nothing to answer.
            repeatedly(sockets.stdin) { _ in }
            guard activity.isEnding else { continue }
            if deadline == nil {
                deadline = now + Self.patience
                inbox.wake()
            }
            // What the other thread sent before it left is in the queue by now.
            guard activity.hasLeft || monotonicSeconds() >= (deadline ?? 0) else { continue }
            send(sockets)
            return status
        }
    }

    private func send(_ sockets: Sockets) {
        for letter in outbox.letters.takeAll() { sockets[letter.channel].send(letter.frames) }
    }

    /// Takes messages from a socket while there are some, but not without end.
    private func repeatedly(_ socket: ZeroMQSocket, _ body: ([[UInt8]]) -> Void) {
        for _ in 0..<Self.mostInARow {
            switch socket.receive() {
            case .nothing: return
            case .message(let frames): body(frames)
            case .tooLarge: settings.log("a message is dropped: it is too large")
            }
        }
    }

    private func receive(_ frames: [[UInt8]], on channel: Channel) {
        let message: Message
        do {
            message = try Message.read(frames, signer) { seen.insert($0) }
        } catch {
            return settings.log("a message on \(channel.rawValue) is dropped: \(error.text)")
        }
        guard channel == .shell else { return control(message) }
        if message.type == "execute_request" { activity.expect() }
        inbox.put(message)
    }

    /// Welcomes a subscriber, who from now on gets all that is published.
    private func welcome(_ frames: [[UInt8]], _ socket: ZeroMQSocket) {
        guard let frame = frames.first, frame.first == 1, frame.count <= Self.longestTopic else { return }
        outbox.welcome(topic: Array(frame.dropFirst()))
    }

    // MARK: control

    /// Answers a request of the control channel.
    private func control(_ message: Message) {
        outbox.publish(.busy, for: message)
        switch message.type {
        case "kernel_info_request":
            outbox.reply("kernel_info_reply", KernelInfo.content(settings.version), to: message, on: .control)
        case "interrupt_request":
            activity.stop()
            outbox.reply("interrupt_reply", ["status": "ok"], to: message, on: .control)
        case "shutdown_request":
            let content: JSONObject = ["status": "ok", "restart": .bool(message.content?["restart"]?.boolValue ?? false)]
            outbox.reply("shutdown_reply", content, to: message, on: .control)
            outbox.publish("shutdown_reply", content, parent: message.header)
            activity.end()
        default: settings.log("a message is not understood: \(printable(message.type))")
        }
        outbox.publish(.idle, for: message)
    }

    /// Does what a signal asks. Returns the exit code with which the kernel ends, or nil where it goes on.
    private func react(to signal: ProcessWatch.Signal) -> Int32? {
        switch signal {
        case .interrupt:
            if !activity.stop() { settings.log("nothing runs that could be interrupted; SIGTERM ends the kernel") }
            return nil
        case .end(let status):
            activity.end()
            return status
        }
    }
}

/// Returns the seconds on a clock that never goes back.
func monotonicSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
