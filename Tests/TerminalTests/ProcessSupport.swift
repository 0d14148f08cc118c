import Glibc
import Testing

/// The built `bas`, which lies beside the test program.
enum Executable {
    static func path() throws -> String {
        if let given = getenv("BAS_EXECUTABLE") { return String(cString: given) }
        let own = try #require(realpath("/proc/self/exe", nil))
        defer { free(own) }
        let text = String(cString: own)
        let beside = String(text[..<(text.lastIndex(of: "/") ?? text.startIndex)]) + "/bas"
        try #require(access(beside, X_OK) == 0, "\(beside) is not built; `swift test` builds it")
        return beside
    }
}

/// A folder for one test, removed with it.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/bas-terminal-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        _ = Child.spawn(["/bin/rm", "-rf", path], environment: []) { _ in }.map { Child.wait($0) }
    }

    /// A file of this folder with this text; its path.
    @discardableResult
    func write(_ name: String, _ text: String) throws -> String {
        let file = try #require(fopen(path + "/" + name, "w"))
        let bytes = Array(text.utf8)
        fwrite(bytes, 1, bytes.count, file)
        fclose(file)
        return path + "/" + name
    }

    /// Removes a file or a folder with all that lies in it.
    func remove(_ name: String) {
        _ = Child.spawn(["/bin/rm", "-rf", path + "/" + name], environment: []) { _ in }.map { Child.wait($0) }
    }

    func read(_ name: String) -> String {
        guard let file = fopen(path + "/" + name, "r") else { return "" }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The environment in which `bas` touches nothing outside this folder.
    var environment: [String] {
        [
            "HOME=\(path)", "XDG_STATE_HOME=\(path)/state", "XDG_CONFIG_HOME=\(path)/config",
            "PATH=/usr/bin:/bin",
            "TERM=xterm", "LC_ALL=C.UTF-8", "INPUTRC=/dev/null", "PAGER=cat",
            "LD_LIBRARY_PATH=\(libraryPath)",
        ]
    }

    private var libraryPath: String { getenv("LD_LIBRARY_PATH").map { String(cString: $0) } ?? "" }
}

enum Child {
    // Glibc shows Swift only what POSIX names; this flag is Linux's.
    private static let newSession: Int16 = 0x80

    /// Starts a program; nil where that fails. In a session of its own, so that a terminal opened for it is
    /// its own.
    static func spawn(
        _ words: [String], environment: [String], ownSession: Bool = false,
        actions setUp: (inout posix_spawn_file_actions_t) -> Void
    ) -> pid_t? {
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup($0) } + [nil]
        defer { for word in arguments + variables { free(word) } }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        setUp(&actions)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // Whoever runs the tests in the background lets them ignore some signals; the program shall not.
        var defaults = sigset_t()
        sigemptyset(&defaults)
        for signal in [SIGINT, SIGQUIT, SIGPIPE, SIGHUP, SIGTERM, SIGTSTP] { sigaddset(&defaults, signal) }
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF) | (ownSession ? newSession : 0))
        var id = pid_t()
        let failed = posix_spawn(&id, words[0], &actions, &attributes, &arguments, &variables)
        return failed == 0 ? id : nil
    }

    /// The exit status, 128 + the signal where one ended it. A program that runs longer than `limit` seconds
    /// is killed.
    static func wait(_ id: pid_t, limit: Double = 120) -> Int32 {
        var status: Int32 = 0
        var left = Int(limit * 1000)
        while waitpid(id, &status, WNOHANG) != id {
            usleep(1000)
            left -= 1
            if left == 0 { kill(id, SIGKILL) }
        }
        return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + (status & 0x7F)
    }
}

/// What a finished run of `bas` gave.
struct Run {
    var status: Int32
    var output: String
    var errors: String

    /// Runs `bas` without a terminal. `signal` is sent after so many seconds.
    init(
        _ arguments: [String], input: String = "", in folder: TemporaryFolder, environment: [String] = [],
        output target: String? = nil, signal: (number: Int32, after: Double)? = nil
    ) throws {
        let program = try Executable.path()
        try folder.write("stdin", input)
        let line = "cd \"$0\" && exec \"$@\""
        let id = try #require(
            Child.spawn(
                ["/bin/sh", "-c", line, folder.path, program] + arguments,
                environment: folder.environment + environment
            ) { actions in
                let create = O_WRONLY | O_CREAT | O_TRUNC
                posix_spawn_file_actions_addopen(&actions, 0, folder.path + "/stdin", O_RDONLY, 0)
                posix_spawn_file_actions_addopen(
                    &actions, 1, target ?? folder.path + "/stdout", create, 0o600)
                posix_spawn_file_actions_addopen(&actions, 2, folder.path + "/stderr", create, 0o600)
            })
        if let signal {
            usleep(UInt32(signal.after * 1e6))
            kill(id, signal.number)
        }
        status = Child.wait(id)
        output = folder.read("stdout")
        errors = folder.read("stderr")
    }
}
