import CZeroMQ
import Cancelling
import Files
import Glibc
import Language
import Synchronization

/// A Jupyter kernel: a session whose cells come from clients, such as notebooks, over five sockets.
///
/// `run` works on the calling thread, which owns all sockets; the cells run on a thread of their own. What the kernel sends goes through a
/// queue (`Outbox`) to the thread of the sockets, so that no socket is ever used by two threads.
public final class Kernel {
    /// What a kernel is made of.
    public struct Settings: Sendable {
        /// The builtin table.
        public var builtins: [Builtin]
        /// The folders in which models, scenes and modules are looked for.
        public var standardLibrary: [String]
        /// The program's name and version: "bas 0.1".
        public var version: String
        /// Returns a value's display as HTML that needs nothing else, with what people explore in it and its tables; nil where its text and
        /// its picture say the same. Clients that show HTML show nothing else of the value.
        public var html: @Sendable (Display) -> String?
        /// Tells the session, before each cell, whether a person is there whom it can ask: so says `allow_stdin` of the request, which
        /// notebooks that run without anybody set to false.
        public var meet: @Sendable (Context, _ hasPerson: Bool) -> Void
        /// Receives what the kernel has to tell whoever started it, line by line.
        public var log: @Sendable (String) -> Void

        /// Creates settings.
        public init(
            builtins: [Builtin], standardLibrary: [String], version: String, html: @escaping @Sendable (Display) -> String?,
            meet: @escaping @Sendable (Context, _ hasPerson: Bool) -> Void = { _, _ in }, log: @escaping @Sendable (String) -> Void
        ) {
            self.builtins = builtins
            self.standardLibrary = standardLibrary
            self.version = version
            self.html = html
            self.meet = meet
            self.log = log
        }
    }

    let settings: Settings
    let signer: Signer
    let outbox: Outbox
    let inbox: Mailbox<Message>
    let publisher: Publisher
    let activity: Activity
    let session: Session
    /// The open sockets; nil after the end.
    var sockets: Sockets?
    var seen = SeenSignatures()

    /// Listens on the addresses of a connection. Throws a `Problem` where that fails.
    public init(connection: Connection, settings: Settings) throws {
        self.settings = settings
        signer = Signer(key: connection.key)
        do {
            outbox = try Outbox(signer: signer)
            inbox = try Mailbox()
            sockets = try Sockets(connection)
        } catch let error as ZeroMQError {
            let help = error.code == EADDRINUSE ? "another kernel may run with the same connection file" : nil
            throw Problem(.cannotRead, error.description, help: help, exitCode: .inputOutput)
        } catch {
            throw Problem(.cannotRead, "\(error)", exitCode: .inputOutput)
        }
        let publisher = Publisher(outbox: outbox, html: settings.html)
        var options = SessionOptions(standardLibrary: settings.standardLibrary)
        options.checksFirst = true
        options.display = { DisplayContext(width: Publisher.width) }
        session = Session(builtins: settings.builtins, options: options) { publisher.handle($0) }
        session.context.isForPages = true
        self.publisher = publisher
        activity = Activity(session.interrupt)
    }

    /// Returns the address on which a channel listens; empty after the end.
    public func endpoint(_ channel: Channel) -> String { sockets?[channel].endpoint ?? "" }

    /// Serves clients until one of them, or a signal, ends the kernel. Returns the exit code of the process.
    public func run(watching process: ProcessWatch? = nil) -> Int32 {
        guard sockets != nil else { return ExitCode.internal.rawValue }
        let (outbox, inbox, publisher, activity, session, settings) = (outbox, inbox, publisher, activity, session, settings)
        let started = OwnThread.detached {
            Desk(session: session, inbox: inbox, outbox: outbox, publisher: publisher, activity: activity, settings: settings).work()
            activity.leave()
            outbox.letters.wake()
        }
        guard started else {
            settings.log("cannot start a thread")
            return ExitCode.internal.rawValue
        }
        let status = serve(process)
        // Closing waits until what was sent last has left, a second at most.
        sockets = nil
        return status
    }
}

/// The five sockets of a kernel.
struct Sockets {
    let shell, iopub, stdin, control, heartbeat: ZeroMQSocket

    /// The most messages that wait for a client that does not read; more are dropped.
    private static let mostWaiting: Int32 = 5000
    /// The most messages of a client that wait here; it keeps the others.
    private static let mostUnread: Int32 = 256

    init(_ connection: Connection) throws(ZeroMQError) {
        let context = try ZeroMQContext()
        func open(_ channel: Channel, _ kind: ZeroMQSocket.Kind) throws(ZeroMQError) -> ZeroMQSocket {
            let socket = try ZeroMQSocket(context, kind)
            socket.set(ZMQ_SNDHWM, Self.mostWaiting)
            socket.set(ZMQ_RCVHWM, Self.mostUnread)
            socket.set(ZMQ_IPV6, connection.ip.contains(":") && connection.transport == "tcp" ? 1 : 0)
            switch kind {
            // A client that comes back with its old identity takes the place of its dead connection.
            case .router: socket.set(ZMQ_ROUTER_HANDOVER, 1)
            // Every subscription is passed on, also the second one to the same topic: each is welcomed.
            case .publisher: socket.set(ZMQ_XPUB_VERBOSE, 1)
            case .dealer, .subscriber: break
            }
            try socket.bind(connection.address(channel))
            return socket
        }
        shell = try open(.shell, .router)
        iopub = try open(.iopub, .publisher)
        stdin = try open(.stdin, .router)
        control = try open(.control, .router)
        heartbeat = try open(.heartbeat, .router)
    }

    subscript(channel: Channel) -> ZeroMQSocket {
        switch channel {
        case .shell: shell
        case .iopub: iopub
        case .stdin: stdin
        case .control: control
        case .heartbeat: heartbeat
        }
    }

    /// The sockets in the order in which they are looked at: first what must not wait.
    var all: [ZeroMQSocket] { [control, heartbeat, iopub, shell, stdin] }
}
