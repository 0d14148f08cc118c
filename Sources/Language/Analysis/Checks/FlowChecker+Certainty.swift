/// Which errors a run is certain to raise: only those may keep a program from being started.
extension FlowChecker {
    /// The identity of a diagnostic: its error code and the byte offset of its place.
    struct Finding: Hashable {
        var code: ErrorCode
        var start: Int

        init(_ code: ErrorCode, _ start: Int) { (self.code, self.start) = (code, start) }
        init(_ diagnostic: Diagnostic) { self.init(diagnostic.code, diagnostic.span?.start ?? -1) }
    }

    /// The reasons why a place may not be reached although the program's start was.
    struct Doubts {
        /// The number of branches, loops, `try` blocks and the like around the place that may be skipped or left early.
        var around = 0
        /// Whether a `break` or `continue` may have left the enclosing loop, or its current round, before the place.
        var mayHaveLeftLoop = false
        /// Whether the enclosing function may have returned, or the program ended on purpose, before the place.
        var mayHaveReturned = false

        /// Whether the place is certain to be reached.
        var isNone: Bool { around == 0 && !mayHaveLeftLoop && !mayHaveReturned }
    }

    /// Records an error that must occur when the program runs, or when the enclosing function is called. Does nothing where the place may
    /// not be reached, or where nothing is reported.
    func noteCertain(_ finding: Finding) {
        guard doubts.isNone, !isSilent, recovering == 0 else { return }
        if functions.isEmpty { certain.insert(finding) } else { functions[functions.count - 1].certain.insert(finding) }
    }

    /// Takes over what is certain to fail in a function of this file, because a call of it fails likewise.
    func noteCall(of function: UserFunction) {
        if function.syntax.span.file === file { function.certain.forEach { noteCertain($0) } }
        if function.neverReturns { noteEnd() }
    }

    /// Notes that the program ends on purpose at this place. Where even that is in doubt nothing changes: if the program does not end here,
    /// it reaches the later errors, so a run fails in either case.
    func noteEnd() { if doubts.isNone { doubts.mayHaveReturned = true } }

    /// Runs `body` for a part of the program that may not be reached.
    func doubtfully<T>(_ isDoubtful: Bool = true, _ body: () -> T) -> T {
        if isDoubtful { doubts.around += 1 }
        defer { if isDoubtful { doubts.around -= 1 } }
        return body()
    }

    /// Runs `body` for a loop's body; `isTaken` says that there is a first round. A `break` within it raises no doubt about what follows
    /// the loop.
    func withinLoop<T>(isTaken: Bool, _ body: () -> T) -> T {
        let before = doubts.mayHaveLeftLoop
        defer { doubts.mayHaveLeftLoop = before }
        return doubtfully(!isTaken, body)
    }
}
