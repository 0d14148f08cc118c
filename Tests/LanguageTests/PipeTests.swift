import Glibc
import Testing

@testable import Language

/// Scripts that come out of a pipe.
@Suite(.serialized) struct PipeTests {
    private let path = "/tmp/bas-pipe-\(getpid())"

    init() throws { try #require(mkfifo(path, 0o600) == 0) }

    /// A stop ends the waiting for somebody who writes.
    @Test func waitingCanBeInterrupted() throws {
        defer { unlink(path) }
        let session = Session()
        let interrupt = session.interrupt
        #expect(
            BigStack.detached {
                usleep(50_000)
                interrupt.request()
            })
        let outcome = session.run(path: path)
        #expect(outcome.diagnostics.first?.code == .interrupted)
        #expect(session.run(source: "1 + 1").value?.literalText == "2")
    }

    @Test func whatComesIsRun() throws {
        defer { unlink(path) }
        let path = path
        #expect(
            BigStack.detached {
                usleep(50_000)
                let writer = open(path, O_WRONLY)
                for part in ["x = 20\n", "x + 1"] {
                    _ = write(writer, part, part.utf8.count)
                    usleep(20_000)
                }
                close(writer)
            })
        #expect(Session().run(path: path).value?.literalText == "21")
    }

    /// What a program imports is a file: whoever reads a pipe takes what is in it from somebody else.
    @Test func importsTakeFiles() throws {
        defer { unlink(path) }
        #expect(Session().run(source: "import \"\(path)\" as m").diagnostics.first?.code == .cannotRead)
        #expect(Session().check(source: "import \"\(path)\" as m").allSatisfy { $0.code != .internal })
    }
}
