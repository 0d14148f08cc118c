import BreakAScene
import Commands
import Files
import Glibc
import Pages
import Synchronization
import Testing

@testable import Jupyter

/// A kernel on a thread of its own, listening where the system chose.
final class RunningKernel: Sendable {
    static let key = "a key of the tests"

    /// The address of each channel.
    let endpoints: [Channel: String]
    private let lines = Log()
    private let status = Mailbox<Int32>.made()

    /// What the kernel has told.
    private final class Log: Sendable {
        let lines = Mutex<[String]>([])
    }

    init(key: String = RunningKernel.key) throws {
        let lines = lines
        let settings = Self.settings { line in lines.lines.withLock { $0.append(line) } }
        let kernel = try Kernel(connection: Connection(key: key), settings: settings)
        endpoints = Dictionary(uniqueKeysWithValues: Channel.allCases.map { ($0, kernel.endpoint($0)) })
        // The kernel is used by the other thread only, from here on.
        nonisolated(unsafe) let running = kernel
        let status = status
        let thread = Box { status.put(running.run()) }
        var id = pthread_t()
        let argument = Unmanaged.passRetained(thread)
        let failed = pthread_create(
            &id, nil,
            { argument in
                if let argument { Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body() }
                return nil
            }, argument.toOpaque())
        try #require(failed == 0)
        pthread_detach(id)
    }

    private final class Box: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    static func settings(_ log: @escaping @Sendable (String) -> Void = { _ in }) -> Kernel.Settings {
        Kernel.Settings(
            builtins: CommandTable.all, standardLibrary: [library], version: CommandTable.version,
            html: { OutputPiece.html(text: $0.plain, picture: $0.image.map { ($0.png, $0.alt) }) },
            meet: { context, hasPerson in context[MaskPainting.self] = hasPerson ? unchanged : nil }, log: log)
    }

    /// A person who paints nothing: the scene comes back as it was.
    private static let unchanged: @Sendable (MaskPainting.Request) throws -> Scene = { request in try #require(request.scene) }

    private static var library: String {
        let parts = #filePath.split(separator: "/")
        return "/" + parts.dropLast(3).joined(separator: "/") + "/stdlib"
    }

    /// The lines that the kernel has told.
    var log: [String] { lines.lines.withLock { $0 } }

    /// Returns the exit code once the kernel has ended; nil where it has not ended in time.
    func ended(within seconds: Double) -> Int32? {
        var question = pollfd(fd: status.descriptor, events: Int16(POLLIN), revents: 0)
        Glibc.poll(&question, 1, Int32(seconds * 1000))
        return status.takeAll().last
    }

    /// Ends the kernel in good order.
    func end(_ client: Client) throws {
        try client.send("shutdown_request", ["restart": false], on: .control)
        #expect(ended(within: 60) == 0)
    }
}

extension Mailbox {
    /// A mailbox; a test without descriptors cannot go on.
    static func made() -> Mailbox {
        do { return try Mailbox() } catch { fatalError("\(error)") }
    }
}

/// Runs `body` with a kernel and a client, and ends both.
func withKernel(_ body: (RunningKernel, Client) throws -> Void) throws {
    let kernel = try RunningKernel()
    let client = try Client(kernel)
    try body(kernel, client)
    try kernel.end(client)
}
