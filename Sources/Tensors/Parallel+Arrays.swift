/// Making arrays and walking rows in pieces, between which the work can be cancelled.
extension Parallel {
    /// Makes an array that `fill` writes part by part, on all threads. `costs`: operations per element.
    ///
    /// Where the work is cancelled, parts may be left uninitialized. Callers that compute with the result call
    /// `Cancellation.check` first.
    public static func array<T: BitwiseCopyable>(
        _ count: Int, costs: Int = 8, _ fill: (_ out: UnsafeMutablePointer<T>, _ part: Range<Int>) -> Void
    ) -> [T] {
        [T](unsafeUninitializedCapacity: count) { buffer, filled in
            filled = count
            guard let out = buffer.baseAddress else { return }
            pieces(count, costs: costs) { fill(out, $0) }
        }
    }

    /// Calls `body` for pieces of 0..<count, on all threads. `costs`: operations per element.
    public static func pieces(_ count: Int, costs: Int, _ body: (Range<Int>) -> Void) {
        let (work, overflow) = count.multipliedReportingOverflow(by: max(1, costs))
        let tasks = min(count, shortTasks(work: overflow ? .max : work))
        run(tasks: tasks) { task in body(range(task, of: tasks, count: count)) }
    }

    /// The number of tasks, each of which ends soon after the work is cancelled: for work that gives the same bits however
    /// it is cut.
    static func shortTasks(work: Int) -> Int { tasks(work: work, limit: max(16, work / pieceWork)) }

    /// The operations of a piece: some hundredths of a second of plain loops.
    private static let pieceWork = 40_000_000

    /// Counts elements that were processed, and asks after about every four million whether the work was cancelled.
    struct Question {
        private var left = Question.piece
        static let piece = 1 << 22

        /// Counts `count` elements; false once the work is cancelled.
        @inline(__always)
        mutating func goesOn(after count: Int) -> Bool {
            left -= count
            if left > 0 { return true }
            left = Question.piece
            return !Cancellation.isCancelled
        }
    }

    /// Calls `body` for one row after another on the calling thread, until the work is cancelled.
    @inline(__always)
    public static func eachRow(_ rows: Range<Int>, _ body: (Int) -> Void) {
        for row in rows {
            if Cancellation.isCancelled { return }
            body(row)
        }
    }
}
