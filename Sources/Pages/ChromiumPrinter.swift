import Files
import Glibc
import Language

/// Makes PDF files of pages with Chromium without a window, where it is installed.
public struct ChromiumPrinter: Sendable {
    /// The path of the program.
    public let program: String
    /// The names under which it is installed.
    private static let names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome", "microsoft-edge"]
    /// How long it may take, in seconds.
    private static let mostSeconds = 180.0

    /// Looks for the program in the folders of `path`, as `PATH` names them. Throws `.cannotWrite` where there is none, saying what to
    /// install.
    public init(path: String = getenv("PATH").map { String(cString: $0) } ?? "") throws(Problem) {
        let folders = path.split(separator: ":")
        for name in Self.names {
            for folder in folders where access("\(folder)/\(name)", X_OK) == 0 && !FileSystem.isFolder("\(folder)/\(name)") {
                program = "\(folder)/\(name)"
                return
            }
        }
        throw Problem(
            .cannotWrite, "a PDF is printed by Chromium, which is not installed",
            notes: ["looked for \(Self.names.joined(separator: ", ")) in PATH"],
            help: "as root: apt-get install chromium; or export .html and print it from a browser")
    }

    /// Returns the pages of an HTML text as a PDF file. It is shown without a network; that it runs no script is up to its own policy.
    /// `isStopped` is asked again and again; where it says so, the work ends with a `CancellationError`. Throws a `Problem` or a `FileError`
    /// where it cannot be printed.
    public func pdf(html: String, isStopped: () -> Bool) throws -> [UInt8] {
        let folder = try FileSystem.makeTemporaryFolder(named: "bas-print")
        defer { try? FileSystem.removeTree(folder) }
        try AtomicFile.write(folder + "/page.html", text: html)
        let status = try run(arguments(folder), errors: folder + "/errors", isStopped)
        let result = folder + "/page.pdf"
        guard status == 0, let bytes = try? ReadableFile.contents(result), bytes.starts(with: Array("%PDF".utf8)) else {
            let text = (try? ReadableFile.contents(folder + "/errors", limit: 1 << 24)).map { String(decoding: $0, as: UTF8.self) } ?? ""
            let lines = printable(text).split(separator: "\n").suffix(3).map(String.init)
            throw Problem(.cannotWrite, "\(program) printed no PDF (it ended with \(status))", notes: lines)
        }
        return bytes
    }

    private func arguments(_ folder: String) -> [String] {
        var arguments = [
            program, "--headless", "--disable-gpu", "--no-first-run", "--disable-extensions", "--disable-background-networking",
            "--disable-sync", "--disable-dev-shm-usage", "--host-resolver-rules=MAP * ~NOTFOUND",
            "--user-data-dir=\(folder)/profile", "--no-pdf-header-footer", "--print-to-pdf=\(folder)/page.pdf",
        ]
        // Chromium's sandbox refuses to run as root.
        if geteuid() == 0 { arguments.append("--no-sandbox") }
        return arguments + ["file://\(SafeAddress.encodedPath(folder))/page.html"]
    }

    /// Runs a program in a process group of its own, so that all its processes end with it. Returns its exit status.
    private func run(_ arguments: [String], errors: String, _ isStopped: () -> Bool) throws -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, errors, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK))
        var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        defer { words.forEach { free($0) } }
        var child: pid_t = 0
        let code = posix_spawn(&child, program, &actions, &attributes, &words, environ)
        guard code == 0 else { throw Problem(.cannotWrite, "cannot start \(program): \(String(cString: strerror(code)))") }
        var status: Int32 = 0
        var waited = 0.0
        while waitpid(child, &status, WNOHANG) == 0 {
            usleep(20_000)
            waited += 0.02
            guard isStopped() || waited > Self.mostSeconds else { continue }
            kill(-child, SIGKILL)
            waitpid(child, &status, 0)
            if waited > Self.mostSeconds { throw Problem(.cannotWrite, "\(program) did not end within \(Int(Self.mostSeconds)) seconds") }
            throw CancellationError()
        }
        // Helpers that it left behind.
        kill(-child, SIGKILL)
        return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
    }
}
