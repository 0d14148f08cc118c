import FlyingSocks
import Glibc
import Language
import Synchronization

/// What the server allows.
public struct ServerLimits: Sendable {
    /// The most connections at a time; further ones are refused.
    public var connections = 64
    /// The longest time in which a request has to come, in seconds.
    public var readSeconds = 10.0
    /// The longest time in which a browser has to take an answer or an event, in seconds.
    public var writeSeconds = 20.0
    /// The shortest time between two events for one browser, in milliseconds.
    public var eventMilliseconds = 100
    /// The most bytes of a request's body.
    public var bodyBytes = 16 << 10

    /// Creates the limits of a page that sends little.
    public init() {}
}

/// An HTTP server on the loopback.
public final class LoopbackServer: Sendable {
    private let listener: Socket
    private let limits: ServerLimits
    private let count = Atomic<Int>(0)
    private let task = Mutex<Task<Void, Never>?>(nil)
    /// The port on which it listens.
    public let port: UInt16

    /// Begins to listen on 127.0.0.1; port 0 is any free one. Throws a `Problem` where the port cannot be used.
    public init(port: UInt16, limits: ServerLimits = ServerLimits()) throws {
        // A browser that leaves while it is written to is no reason to end the process.
        signal(SIGPIPE, SIG_IGN)
        self.limits = limits
        do {
            listener = try Socket(domain: AF_INET)
            // A browser that is started must not keep the port.
            _ = fcntl(listener.file.rawValue, F_SETFD, FD_CLOEXEC)
            try listener.setValue(true, for: .localAddressReuse)
            try listener.bind(to: .inet(ip4: "127.0.0.1", port: port))
            try listener.listen()
            guard case .ip4(_, let bound) = try listener.sockname() else { throw SocketError.unsupportedAddress }
            self.port = bound
        } catch {
            let reason = String(cString: strerror(errno))
            throw Problem(
                .cannotWrite, "cannot listen on 127.0.0.1\(port == 0 ? "" : ":\(port)"): \(reason)",
                help: port == 0 ? nil : "leave out --port, and a free one is taken", exitCode: .cannotCreate)
        }
    }

    /// Serves requests, each by `handler`, until `close`.
    public func start(_ handler: @escaping @Sendable (HTTPRequest) async -> HTTPReply) {
        task.withLock { task in
            task = Task.detached { [self] in
                let pool = SocketPool.make()
                guard (try? await pool.prepare()) != nil else { return }
                await withTaskGroup(of: Void.self) { group in
                    group.addTask { try? await pool.run() }
                    group.addTask { await self.accept(pool, handler) }
                    await group.next()
                    group.cancelAll()
                }
            }
        }
    }

    /// Ends all connections and the server, and waits for that.
    public func close() async {
        let running = task.withLock { $0 }
        running?.cancel()
        await running?.value
        try? listener.close()
    }

    private func accept(_ pool: some AsyncSocketPool, _ handler: @escaping @Sendable (HTTPRequest) async -> HTTPReply) async {
        guard let listening = try? AsyncSocket(socket: listener, pool: pool) else { return }
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                do {
                    let socket = try await listening.accept()
                    _ = fcntl(socket.socket.file.rawValue, F_SETFD, FD_CLOEXEC)
                    group.addTask { [self] in await serve(socket, handler) }
                } catch is CancellationError {
                    break
                } catch {
                    // No descriptor is left, or the browser is gone already.
                    try? await Task.sleep(for: .milliseconds(100))
                }
            }
            group.cancelAll()
        }
    }

    private func serve(_ socket: AsyncSocket, _ handler: @Sendable (HTTPRequest) async -> HTTPReply) async {
        let number = count.add(1, ordering: .relaxed).newValue
        if number <= limits.connections {
            await Connection(socket: socket, limits: limits).serve(handler)
        } else if number <= 2 * limits.connections {
            var short = limits
            (short.readSeconds, short.writeSeconds) = (1, 1)
            await Connection(socket: socket, limits: short).serve { _ in HTTPReply(status: 503, "too many connections\n") }
        }
        try? socket.close()
        count.subtract(1, ordering: .relaxed)
    }
}
