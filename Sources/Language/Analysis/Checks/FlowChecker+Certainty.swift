/// What a run must come to, and what it may not: only what is certain may keep a program from being run.
extension FlowChecker {
    /// A finding by its kind and place.
    struct Finding: Hashable {
        var code: ErrorCode
        var start: Int

        init(_ code: ErrorCode, _ start: Int) { (self.code, self.start) = (code, start) }
        init(_ diagnostic: Diagnostic) { self.init(diagnostic.code, diagnostic.span?.start ?? -1) }
    }

    /// Reasons why a place may not be reached although the one before it was.
    struct Doubts {
        /// Branches, loops, `try` and the like around it, that may not be taken or may go another way.
        var around = 0
        /// Its loop may have been left, or its round.
        var mayHaveLeftLoop = false
        /// Its function may have returned, or the program ended as it was meant to.
        var mayHaveReturned = false

        var isNone: Bool { around == 0 && !mayHaveLeftLoop && !mayHaveReturned }
    }

    func noteCertain(_ finding: Finding) {
        guard doubts.isNone, !isSilent, recovering == 0 else { return }
        if functions.isEmpty { certain.insert(finding) } else { functions[functions.count - 1].certain.insert(finding) }
    }

    /// A call of a function of this file: what must fail in it must fail here.
    func noteCall(of function: UserFunction) {
        if function.syntax.span.file === file { function.certain.forEach { noteCertain($0) } }
        if function.neverReturns { noteEnd() }
    }

    /// The program ends here, as it was meant to. Where it ends here only perhaps, what must fail later fails instead.
    func noteEnd() { if doubts.isNone { doubts.mayHaveReturned = true } }

    /// Goes through what may not be reached.
    func doubtfully<T>(_ isDoubtful: Bool = true, _ body: () -> T) -> T {
        if isDoubtful { doubts.around += 1 }
        defer { if isDoubtful { doubts.around -= 1 } }
        return body()
    }

    /// Goes through a loop's body. What leaves the loop leaves nothing else.
    func withinLoop<T>(isTaken: Bool, _ body: () -> T) -> T {
        let before = doubts.mayHaveLeftLoop
        defer { doubts.mayHaveLeftLoop = before }
        return doubtfully(!isTaken, body)
    }
}
