// Which files a program of unknown origin may touch: asked by every opening, writing and listing of this target.
import Glibc
import Synchronization

/// The files and folders that a program may read and write, where it is confined to some.
///
/// A run is confined while `current` is set: `ReadableFile`, `AtomicFile`, `LineFile` and `FileSystem` then refuse every other path, whoever
/// calls them. Paths are compared after all links are resolved. What is granted can grow only by the answer of a person (`ask`).
public final class Confinement: Sendable {
    /// The confinement of the work on this thread; nil where it may use every file.
    @TaskLocal public static var current: Confinement?

    /// What is done with a file.
    public enum Use: String, Sendable {
        case read, write
    }

    /// A file or folder, with all that lies below it, that may be used.
    public struct Grant: Sendable, Equatable {
        /// The path without links.
        public let path: String
        /// The use that is granted; what may be written may be read as well.
        public let use: Use
        /// Whether names below it that begin with a dot are left out: keys, settings and repositories lie there.
        public let leavesOutHidden: Bool

        /// Creates a grant of a path, whose links are resolved now. Returns nil for a path that cannot be resolved.
        public init?(_ path: String, _ use: Use, leavesOutHidden: Bool = false) {
            guard let real = RealPath.of(path) else { return nil }
            self.init(real: real, use, leavesOutHidden: leavesOutHidden)
        }

        /// Creates a grant of exactly this absolute path: where a link stands there, what it leads to is not granted.
        public init(real path: String, _ use: Use, leavesOutHidden: Bool = false) {
            (self.path, self.use, self.leavesOutHidden) = (path, use, leavesOutHidden)
        }

        /// Returns whether this grants a use of a path without links.
        public func covers(_ real: String, _ use: Use) -> Bool {
            guard use == .read || self.use == .write else { return false }
            guard let rest = RealPath.below(path, real) else { return false }
            return !leavesOutHidden || !rest.split(separator: "/").contains { $0.first == "." }
        }
    }

    /// A use that was refused.
    public struct Refusal: Error, Sendable, Equatable {
        /// Why a use is refused.
        public enum Reason: Sendable {
            /// Nothing grants the path.
            case outside
            /// It is a pipe, a device, a socket or, for writing, a file that has another name elsewhere, which nothing grants.
            case special
            /// It belongs to the system's view of processes and devices, or cannot be resolved; nothing grants that.
            case system
        }
        /// The path as it was given.
        public let path: String
        /// Where it leads; the path itself where it leads nowhere.
        public let real: String
        /// What was to be done.
        public let use: Use
        /// Why not.
        public let reason: Reason
    }

    private struct State {
        var grants: [Grant]
        var isLifted = false
        /// Whether a person is asked about the next refusal; a first no is the answer to all that follow.
        var mayAsk = true
    }
    private let state: Mutex<State>
    private let ask: (@Sendable (Refusal) -> Answer)?

    /// What a person says about a refusal.
    public enum Answer: Sendable {
        /// Refuse it, and whatever else is asked for.
        case no
        /// Allow this path, and what lies below it, until the program ends.
        case yes
        /// Allow everything from now on.
        case everything
    }

    /// Creates a confinement to these grants. `ask` is called for a path that is merely outside; nil refuses without a question.
    public init(_ grants: [Grant], ask: (@Sendable (Refusal) -> Answer)? = nil) {
        state = Mutex(State(grants: grants))
        self.ask = ask
    }

    /// What is granted now.
    public var grants: [Grant] { state.withLock(\.grants) }
    /// Whether a person has allowed everything.
    public var isLifted: Bool { state.withLock(\.isLifted) }

    /// Returns why a path may not be used, or nil where it may. Asks nobody.
    public func refusal(_ path: String, _ use: Use) -> Refusal? {
        let (grants, isLifted) = state.withLock { ($0.grants, $0.isLifted) }
        if isLifted { return nil }
        func refused(_ real: String, _ reason: Refusal.Reason) -> Refusal { Refusal(path: path, real: real, use: use, reason: reason) }
        guard let real = RealPath.of(path) else { return refused(path, .system) }
        if ["/proc", "/sys"].contains(where: { RealPath.below($0, real) != nil }) { return refused(real, .system) }
        if RealPath.isSpecial(real) || use == .write && RealPath.isShared(real) { return refused(real, .special) }
        return grants.contains { $0.covers(real, use) } ? nil : refused(real, .outside)
    }

    /// Throws a `Refusal` for a path that may not be used, after a person has been asked where one can be.
    public func permit(_ path: String, _ use: Use) throws(Refusal) {
        guard let refusal = refusal(path, use) else { return }
        guard refusal.reason == .outside, let ask, state.withLock(\.mayAsk) else { throw refusal }
        // Whoever asks may write down the answer.
        switch Self.$current.withValue(nil, operation: { ask(refusal) }) {
        case .no:
            state.withLock { $0.mayAsk = false }
            throw refusal
        case .yes: state.withLock { $0.grants.append(Grant(real: refusal.real, use)) }
        case .everything: state.withLock { $0.isLifted = true }
        }
    }

    /// Runs `body`, during which this thread's confinement also grants a path, which the caller has derived from one that is granted: the
    /// draft of a folder that is being written.
    public static func granting<T>(_ path: String, _ body: () throws -> T) rethrows -> T {
        guard let current, let grant = Grant(path, .write) else { return try body() }
        if current.isLifted { return try body() }
        return try $current.withValue(Confinement(current.grants + [grant])) { try body() }
    }

    /// Throws a `FileError` where this thread may not use a path.
    public static func check(_ path: String, _ operation: FileError.Operation) throws(FileError) {
        guard let current else { return }
        let use: Use = operation == .open || operation == .read ? .read : .write
        if current.refusal(path, use) != nil { throw FileError(operation, path, reason: .confined) }
    }

    /// Returns whether this thread may read a path.
    static func allowsReading(_ path: String) -> Bool { current?.refusal(path, .read) == nil }
}
