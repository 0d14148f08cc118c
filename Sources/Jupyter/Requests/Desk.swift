import Files
import Glibc
import Language

/// The thread of the cells: it answers the requests of the shell channel, one after the other.
final class Desk {
    let session: Session
    let outbox: Outbox
    let publisher: Publisher
    let settings: Kernel.Settings
    private let inbox: Mailbox<Message>
    private let activity: Activity
    private var waiting: ArraySlice<Message> = []
    /// The requests to execute that are answered without executing them, because one before them failed.
    private var aborted: [Message] = []
    /// The number of the last cell.
    var count = 0
    var history = InputHistory()

    init(
        session: Session, inbox: Mailbox<Message>, outbox: Outbox, publisher: Publisher, activity: Activity, settings: Kernel.Settings
    ) {
        self.session = session
        self.inbox = inbox
        self.outbox = outbox
        self.publisher = publisher
        self.activity = activity
        self.settings = settings
    }

    /// Answers requests until the kernel ends.
    func work() {
        while !activity.isEnding {
            if waiting.isEmpty { waiting = inbox.takeAll()[...] }
            if let message = waiting.popFirst() { answer(message) } else { inbox.wait() }
        }
    }

    /// Answers a request between the messages that say that the kernel is busy, and idle again. The latter is the last one.
    private func answer(_ request: Message) {
        outbox.publish(.busy, for: request)
        respond(request)
        outbox.publish(.idle, for: request)
        if request.type == "execute_request" { activity.finish() }
        abort()
    }

    private func respond(_ request: Message) {
        guard let content = request.content else { return refuse(request, "the content is no JSON object") }
        switch request.type {
        case "execute_request": execute(request, content)
        case "complete_request": reply(request, completions(content))
        case "inspect_request": reply(request, inspection(content))
        case "is_complete_request": reply(request, completeness(content))
        case "history_request": reply(request, ["status": "ok", "history": .array(history.rows(content))])
        case "kernel_info_request": reply(request, KernelInfo.content(settings.version))
        case "comm_info_request": reply(request, ["status": "ok", "comms": [:]])
        // There are no comms here: one that a client opens is closed at once.
        case "comm_open": outbox.publish("comm_close", ["comm_id": content["comm_id"] ?? "", "data": [:]], parent: request.header)
        case "comm_msg", "comm_close": break
        case "shutdown_request":
            reply(request, ["status": "ok", "restart": .bool(content["restart"]?.boolValue ?? false)])
            activity.end()
        default: settings.log("a message is not understood: \(printable(request.type))")
        }
    }

    /// Answers a request with content of its reply.
    func reply(_ request: Message, _ content: JSONObject) {
        let name = request.type.hasSuffix("_request") ? String(request.type.dropLast("_request".count)) : request.type
        outbox.reply(name + "_reply", content, to: request, on: .shell)
    }

    /// Answers a request that does not say what it must.
    func refuse(_ request: Message, _ reason: String) {
        settings.log("a \(printable(request.type)) is refused: \(reason)")
        reply(request, RunFailure(name: "BadRequest", message: reason, traceback: [reason]).content)
    }

    // MARK: aborting

    /// How long requests that are on their way get to arrive when those behind a failed one are aborted, in microseconds.
    private static let arrival: UInt32 = 20_000

    /// Takes the requests to execute that wait, to abort them after the current one. A client that waits for an answer before it sends more
    /// has none there.
    func findExecutionsToAbort() {
        usleep(Self.arrival)
        waiting += inbox.takeAll()
        aborted = waiting.filter { $0.type == "execute_request" }
        waiting.removeAll { $0.type == "execute_request" }
    }

    /// Answers the requests that are to be aborted.
    private func abort() {
        for request in aborted {
            outbox.publish(.busy, for: request)
            reply(request, ["status": "aborted", "execution_count": JSON(count), "user_expressions": [:], "payload": []])
            outbox.publish(.idle, for: request)
            activity.finish()
        }
        aborted = []
    }
}
