import Files
import Glibc
import Language
import Loopback
import Notebook
import Pages

/// The live page of a notebook: a server on the loopback, and a session in which the notebook's cells run when its file is saved.
public final class Preview: Sendable {
    /// What a preview is started with.
    public struct Options: Sendable {
        /// The port; 0 is any free one.
        public var port: UInt16
        /// Whether saving the file runs what has to run, at first.
        public var runsOnSave: Bool
        /// Whether the record is written into the file after each run.
        public var records: Bool

        /// Creates options.
        public init(port: UInt16 = 0, runsOnSave: Bool = true, records: Bool = false) {
            (self.port, self.runsOnSave, self.records) = (port, runsOnSave, records)
        }
    }

    /// How a preview ended.
    public enum End: Sendable {
        /// A person asked for it on a page.
        case asked
        /// A signal asked for it.
        case interrupted
    }

    private let server: LoopbackServer
    private let gate = Gate()
    private let board = Board()
    private let director: Director
    private let session: Session
    private let routes: PageRoutes

    /// Prepares a preview of the notebook at `path` and begins to listen. Its cells run in `session`; `analyst` is a session with the same
    /// builtins, in which nothing runs. Throws a `Problem` where the file cannot be read or the port cannot be used.
    public init(_ path: String, _ session: Session, analyst: Session, options: Options = Options()) throws {
        let file = try NotebookFile(path: path)
        let isConfined = session.context.confinement != nil
        if let confinement = session.context.confinement { analyst.confine(to: confinement) }
        let rendering = Rendering(builtins: Set(session.context.builtins.names), showsFiles: !isConfined)
        self.session = session
        director = Director(path, session, analyst: analyst, board, rendering)
        routes = PageRoutes(
            gate: gate, board: board, rendering: rendering, director: director, pictures: isConfined ? nil : PictureFiles(beside: file))
        board.change { contents in
            var head = ShownHead()
            (head.name, head.runsOnSave, head.records) = (file.name, options.runsOnSave, options.records)
            contents.set(&contents.head, head)
        }
        server = try LoopbackServer(port: options.port)
    }

    /// The address of the page, with the token that lets a browser in.
    public var address: String { "http://127.0.0.1:\(server.port)/\(gate.token)/" }

    /// The address that leads to the page once, for the command line of a browser, which other users of the machine can read; nil where it
    /// was used.
    public var addressToOpen: String? { gate.ticketPath.map { "http://127.0.0.1:\(server.port)\($0)" } }

    /// Serves the page until a person or a signal (`session.interrupt`) asks for the end, and returns what asked.
    public func serve() -> End {
        server.start { [routes] request in await routes.answer(request) }
        let looking = Task.detached { [director, board] in
            await director.read()
            var looks = 0
            while !Task.isCancelled {
                try? await Task.sleep(for: .milliseconds(120))
                await director.look()
                looks += 1
                if looks % 25 == 0 { board.beat() }
            }
        }
        let end = waiting { [director, session] in
            while true {
                try? await Task.sleep(for: .milliseconds(40))
                // While a cell runs, the request is the session's; a run that it ended tells the director.
                if await !director.isRunning, session.interrupt.isRequested { await director.end(.interrupted) }
                if let end = await director.end, await !director.isRunning { return end }
            }
        }
        waiting { [board, server] in
            looking.cancel()
            board.change { contents in
                var head = contents.head.value
                head.hasEnded = true
                contents.set(&contents.head, head)
            }
            // The pages are told before their connections end.
            try? await Task.sleep(for: .milliseconds(250))
            await server.close()
        }
        return end
    }
}
