import Files
import Loopback
import Synchronization

/// What all pages show: the notebook's cells and their states, each part with the number of the change that it is from.
///
/// A page gets what changed since the last number that it was sent. So all pages show the same, one that comes late gets everything, and
/// for one that is slow nothing piles up: what changed several times meanwhile is sent once. Whoever changes the board waits for no page.
final class Board: EventSource {
    /// What is shown.
    struct Contents: Sendable {
        /// The number of the latest change; 0 is before everything.
        fileprivate(set) var revision = 1
        /// The notebook's name, what it is at, and what the switches say.
        var head = Tracked(ShownHead())
        /// The cells in the order of the file.
        var order = Tracked([Int]())
        /// The cells by their numbers, which stay when the file changes.
        var cells: [Int: ShownCell] = [:]

        /// Gives a part another value; one that is the same is no change.
        func set<Value: Equatable>(_ part: inout Tracked<Value>, _ value: Value) {
            if part.value != value { part = Tracked(value, revision: revision) }
        }
    }

    /// A part of what is shown.
    struct Tracked<Value: Sendable>: Sendable {
        var value: Value
        /// The number of the change that gave it this value.
        var revision: Int

        init(_ value: Value, revision: Int = 1) { (self.value, self.revision) = (value, revision) }
    }

    private struct State {
        var contents = Contents()
        var listeners: [Int: AsyncStream<Void>.Continuation] = [:]
        var next = 0
    }

    private let state = Mutex(State())

    /// What is shown now.
    var contents: Contents { state.withLock(\.contents) }

    /// Changes what is shown, and tells the pages.
    func change(_ body: (inout Contents) -> Void) {
        let listeners = state.withLock { state in
            state.contents.revision += 1
            body(&state.contents)
            return state.listeners.values.map { $0 }
        }
        for listener in listeners { listener.yield() }
    }

    /// Returns an element at once, and one whenever something may have changed, and now and then besides; what a reader misses is one.
    func listen() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let number = state.withLock { state in
            state.next += 1
            state.listeners[state.next] = continuation
            return state.next
        }
        continuation.onTermination = { [weak self] _ in self?.state.withLock { _ = $0.listeners.removeValue(forKey: number) } }
        continuation.yield()
        return stream
    }

    /// Wakes all listeners, so that they notice where their page is gone, and their pages where the server is.
    func beat() {
        for listener in state.withLock({ Array($0.listeners.values) }) { listener.yield() }
    }

    /// The number of pages that listen.
    var listenerCount: Int { state.withLock { $0.listeners.count } }

    /// Returns what changed since a number, as JSON for the page (nil where nothing did), with the number up to which it is.
    func change(since seen: Int) -> (revision: Int, json: String?) {
        let contents = contents
        guard contents.revision > seen else { return (seen, nil) }
        var parts: [(String, JSON)] = [("revision", JSON(contents.revision))]
        if contents.head.revision > seen { parts.append(("head", contents.head.value.json)) }
        if contents.order.revision > seen { parts.append(("order", .array(contents.order.value.map { JSON($0) }))) }
        let cells = contents.order.value.compactMap { id in contents.cells[id].flatMap { $0.change(since: seen, id) } }
        if !cells.isEmpty { parts.append(("cells", .array(cells))) }
        return (contents.revision, parts.count > 1 ? JSON.object(JSONObject(parts)).text() : nil)
    }
}

extension Board.Tracked: Equatable where Value: Equatable {}

/// What stands above the cells.
struct ShownHead: Sendable, Equatable {
    /// The file's name.
    var name = ""
    /// What keeps the file from being read, in words.
    var problem: String?
    var isRunning = false
    var runsOnSave = true
    /// Whether the preview has ended, so that no page tries to reach it again.
    var hasEnded = false
    /// Whether records are written into the file after each run.
    var records = false
    /// What was done last, in words: "recorded".
    var notice = ""
    /// The first cell that the last save changed.
    var changed: Int?
    /// The number of the file's version.
    var version = 0

    /// The head for the page.
    var json: JSON {
        [
            "name": .string(name), "problem": problem.map { .string($0) } ?? .null, "running": .bool(isRunning),
            "onSave": .bool(runsOnSave), "ended": .bool(hasEnded), "records": .bool(records), "notice": .string(notice),
            "changed": changed.map { JSON($0) } ?? .null, "version": JSON(version),
        ]
    }
}
