/// Arrays that are made, and rows that are walked, in pieces that a stop can come between.
extension Parallel {
    /// An array that `fill` writes part by part, on all threads. `costs`: operations an element.
    ///
    /// Where the work is abandoned, parts may be left as they were found: any bits at all. Callers that compute with the
    /// result ask `checkWanted` first.
    public static func array<T: BitwiseCopyable>(
        _ count: Int, costs: Int = 8, _ fill: (_ out: UnsafeMutablePointer<T>, _ part: Range<Int>) -> Void
    ) -> [T] {
        [T](unsafeUninitializedCapacity: count) { buffer, filled in
            filled = count
            guard let out = buffer.baseAddress else { return }
            pieces(count, costs: costs) { fill(out, $0) }
        }
    }

    /// Runs `body` over 0..<count in pieces, on all threads. `costs`: operations an element.
    public static func pieces(_ count: Int, costs: Int, _ body: (Range<Int>) -> Void) {
        let (work, overflow) = count.multipliedReportingOverflow(by: max(1, costs))
        let tasks = min(count, shortTasks(work: overflow ? .max : work))
        run(tasks: tasks) { task in body(range(task, of: tasks, count: count)) }
    }

    /// As many tasks as end soon after a stop: for work that gives the same bits however it is cut.
    static func shortTasks(work: Int) -> Int { tasks(work: work, limit: max(16, work / pieceWork)) }

    /// Operations of a piece: some hundredths of a second of plain loops.
    private static let pieceWork = 40_000_000

    /// Counts elements gone through, and asks whether they are still wanted after every four million or so.
    struct Question {
        private var left = Question.piece
        static let piece = 1 << 22

        /// False once nobody wants what is being computed.
        @inline(__always)
        mutating func goesOn(after count: Int) -> Bool {
            left -= count
            if left > 0 { return true }
            left = Question.piece
            return !isAbandoned
        }
    }

    /// Runs `body` for one row after another on this thread, until nobody wants the result any more.
    @inline(__always)
    public static func eachRow(_ rows: Range<Int>, _ body: (Int) -> Void) {
        for row in rows {
            if isAbandoned { return }
            body(row)
        }
    }
}
