import CReadline
import Glibc

/// The process's surroundings: environment, descriptors, its own path, files and clocks.
public enum Surroundings {
    /// Returns a variable of the environment, or nil where it is not set.
    public static func variable(_ name: String) -> String? {
        guard let value = getenv(name) else { return nil }
        return String(cString: value)
    }

    /// Returns those of the named variables that are set.
    public static func variables(_ names: [String]) -> [String: String] {
        var result: [String: String] = [:]
        for name in names { result[name] = variable(name) }
        return result
    }

    /// All variables of the environment.
    static var allVariables: [String: String] {
        var result: [String: String] = [:]
        var place = environ
        while let entry = place.pointee {
            let parts = String(cString: entry).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { result[String(parts[0])] = String(parts[1]) }
            place += 1
        }
        return result
    }

    /// The path of this program with links resolved.
    public static var executable: String? {
        guard let path = realpath("/proc/self/exe", nil) else { return nil }
        defer { free(path) }
        return String(cString: path)
    }

    /// Returns whether something exists at a path.
    public static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Returns whether a descriptor is a terminal.
    public static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

    /// Catches SIGINT, SIGTERM, SIGHUP, SIGTSTP and SIGWINCH from now on. Returns a descriptor from which their numbers are read, a byte each;
    /// negative where there is none.
    public static func catchSignals() -> Int32 { bas_signals_start() }

    /// Returns the seconds on a clock that never goes back.
    static func monotonicSeconds() -> Double { seconds(CLOCK_MONOTONIC) }

    static func pause(_ seconds: Double) { usleep(UInt32(seconds * 1e6)) }

    /// Returns the processor seconds of all threads of this process.
    static func processorSeconds() -> Double { seconds(CLOCK_PROCESS_CPUTIME_ID) }

    private static func seconds(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    /// Returns `$NAME/bas/FILE` by the XDG rules (relative values do not count), else the path in `fallback` below the home folder, or nil
    /// without a home.
    static func path(_ file: String, variable name: String, fallback: String) -> String? {
        if let base = variable(name), base.hasPrefix("/") { return "\(base)/bas/\(file)" }
        guard let home = variable("HOME"), home.hasPrefix("/") else { return nil }
        return "\(home)/\(fallback)/bas/\(file)"
    }

    static var historyPath: String? { path("history", variable: "XDG_STATE_HOME", fallback: ".local/state") }
    /// The folder in which sessions keep their journals.
    static var sessionsPath: String? { path("sessions", variable: "XDG_STATE_HOME", fallback: ".local/state") }
    static var initPath: String? { path("init.bas", variable: "XDG_CONFIG_HOME", fallback: ".config") }

    /// Makes a folder with those above it; returns false where that fails (`errno` says why).
    static func makeFolder(_ path: String, mode: mode_t) -> Bool {
        if mkdir(path, mode) == 0 { return true }
        if errno == EEXIST { return isFolder(path) }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
            return false
        }
        return makeFolder(String(path[..<slash]), mode: mode) && (mkdir(path, mode) == 0 || errno == EEXIST)
    }

    /// Returns whether a path is a folder; sets `errno` where it is not.
    static func isFolder(_ path: String) -> Bool {
        var info = stat()
        guard stat(path, &info) == 0 else { return false }
        if info.st_mode & S_IFMT == S_IFDIR { return true }
        errno = ENOTDIR
        return false
    }

    /// Returns the remaining bytes of a descriptor, or nil where reading fails.
    static func bytes(of descriptor: Int32) -> [UInt8]? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            if count < 0 { return nil }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
        }
    }

    /// Returns the names in a folder, unsorted, without those that begin with a dot; none where it cannot be read.
    static func names(in folder: String) -> [String] {
        guard let handle = opendir(folder) else { return [] }
        defer { closedir(handle) }
        var names: [String] = []
        while let entry = readdir(handle) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names
    }

    static var currentFolder: String? {
        guard let path = getcwd(nil, 0) else { return nil }
        defer { free(path) }
        return String(cString: path)
    }

    /// Returns a time (in seconds since 1970; now for nil) in a format of `strftime`, in the local zone.
    static func localTime(_ format: String, at seconds: Int? = nil) -> String {
        var seconds = seconds ?? time(nil)
        var parts = tm()
        localtime_r(&seconds, &parts)
        var buffer = [CChar](repeating: 0, count: 100)
        let count = strftime(&buffer, buffer.count, format, &parts)
        return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    static var lastErrorText: String { errorText(errno) }

    static func errorText(_ code: Int32) -> String { String(cString: strerror(code)) }
}

/// Returns the folder of a path; "." where it has none.
func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
}
