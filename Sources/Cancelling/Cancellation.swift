/// Cancels work: the one question that everything long asks, and everything that keeps a result.
///
/// Whoever begins work that may be cancelled runs it within `scope`. Its loops over tasks, tiles, files and parameters ask
/// `isCancelled` or call `check`. What is skipped leaves invalid results: nobody keeps or writes them, because whoever would
/// asks first.
public enum Cancellation {
    private struct Scope: Sendable {
        /// Returns true once the work is cancelled; nil: the work cannot be cancelled.
        var question: (@Sendable () -> Bool)?
    }
    @TaskLocal private static var scope = Scope()

    /// Runs `body`, which is cancelled once `condition` is true: products of huge matrices and passes of large models then end
    /// within one task's time. Their results are invalid: the caller asks `condition` afterwards and discards them, caches
    /// nothing and writes nothing. Once true, `condition` must stay true.
    public static func scope<T>(when condition: @escaping @Sendable () -> Bool, _ body: () throws -> T) rethrows -> T {
        try $scope.withValue(Scope(question: condition)) { try body() }
    }

    /// Runs `body` in the scope that `question` was taken from, on another thread.
    public static func scope<T>(of question: (@Sendable () -> Bool)?, _ body: () throws -> T) rethrows -> T {
        try $scope.withValue(Scope(question: question)) { try body() }
    }

    /// Runs `body` in full, even where the work around it is cancelled: for writing files that belong together.
    public static func shielded<T>(_ body: () throws -> T) rethrows -> T {
        try $scope.withValue(Scope()) { try body() }
    }

    /// Returns true once the work is cancelled; nil where it cannot be. To be asked from other threads.
    public static var question: (@Sendable () -> Bool)? { scope.question }

    /// Whether the work was cancelled, so that what was computed may be invalid: caches keep nothing then.
    public static var isCancelled: Bool { scope.question?() ?? false }

    /// Whether the work can be cancelled: whether it runs within a scope.
    public static var isPossible: Bool { scope.question != nil }

    /// Throws `CancellationError` where the work was cancelled. Called before a result is written or kept, and between the
    /// files, parameters or passes of long work.
    public static func check() throws {
        if isCancelled { throw CancellationError() }
    }
}
