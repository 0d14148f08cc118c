/// Something whose changes are sent to a page as they happen (server-sent events).
public protocol EventSource: Sendable {
    /// Returns an element at once, and one whenever something may have changed, and now and then besides.
    func listen() -> AsyncStream<Void>
    /// Returns what changed since a number, as JSON for the page (nil where nothing did), with the number up to which it is.
    func change(since seen: Int) -> (revision: Int, json: String?)
}
