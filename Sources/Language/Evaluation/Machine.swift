/// The evaluator's state: the modules, the depth of calls, the steps so far, and the builtin that is running.
final class Machine: @unchecked Sendable {
    // Only one run at a time touches it, on the evaluator's thread.
    let context: Context
    let main = Module(name: "main")
    var imports = ImportTable()
    /// The call of a builtin that is running; warnings point at it.
    var site: ActiveSite?
    var depth = 0
    private var steps = 0
    private let stepLimit: Int
    private let depthLimit: Int
    /// Addresses below this one leave too little stack; 0 before the first run.
    private var stackFloor: UInt = 0
    /// How many nested values are still made before the depth of one is checked.
    private var untilNesting = 256
    private var nestingState: UInt64 = 1
    /// The cycles of functions that someone else held when their call ended.
    var escaped = EscapedCycles()

    init(context: Context) {
        self.context = context
        stepLimit = context.limits.steps ?? Int.max
        depthLimit = context.limits.callDepth
    }

    /// Breaks the remaining cycles: values that outlive the session lose only each other's functions.
    deinit { escaped.dissolve() }

    func clear() {
        main.clear()
        imports.clear()
        escaped.releaseUnreachable()
    }

    /// Begins a run on the calling thread, which has `stackBytes` of stack left.
    func begin(stackBytes: Int) {
        var marker: UInt8 = 0
        let here = withUnsafePointer(to: &marker) { UInt(bitPattern: $0) }
        stackFloor = here &- UInt(stackBytes) &+ UInt(BigStack.margin)
        steps = 0
        depth = 0
        site = nil
    }

    /// Counts a step, which is an iteration or a call. Throws where a stop was requested or the limit on steps is reached.
    @inline(__always)
    func tick(_ node: Node) throws {
        steps &+= 1
        if context.interrupt.count != 0 || steps > stepLimit { throw stopped(at: node) }
    }

    private func stopped(at node: Node) -> Failure {
        if context.interrupt.count != 0 { return node.failure(.interrupted, "interrupted") }
        return node.failure(
            .tooManySteps, "the program was stopped after \(stepLimit) steps",
            notes: ["a step is an iteration or a call"])
    }

    /// Counts a call of a user's function as open. Throws `.callTooDeep`, and then `leave` must not be called, where calls are nested too
    /// deeply or little stack is left.
    @inline(__always)
    func enter(_ span: Span?) throws {
        depth += 1
        if depth > depthLimit || stackIsLow() {
            depth -= 1
            throw tooDeep(span)
        }
    }

    /// Ends a call that `enter` began.
    @inline(__always)
    func leave() { depth -= 1 }

    private func stackIsLow() -> Bool {
        var marker: UInt8 = 0
        return withUnsafePointer(to: &marker) { UInt(bitPattern: $0) } < stackFloor
    }

    private func tooDeep(_ span: Span?) -> Failure {
        Failure(
            Problem(
                .callTooDeep, "calls are nested too deeply",
                notes: ["\(depth) calls are open, each made by the one before"],
                help: "does this recursion end? a loop needs no depth"),
            at: span, label: "")
    }

    /// Guards against values nested so deeply that walking or releasing them would overflow the stack; called for each new value that holds
    /// a value which itself holds some. The check itself is made for one in 256 values on average, at pseudorandom distances, so that no
    /// order of a program's work hides a growing value, and at the same ones in every run.
    @inline(__always)
    func checkNesting(of value: Value, at span: Span?) throws {
        untilNesting &-= 1
        if untilNesting <= 0 { try lookAtNesting(of: value, span) }
    }

    /// Throws `.nestedTooDeep` where the value is nested deeper than the limit, and draws the distance to the next check.
    @inline(never)
    private func lookAtNesting(of value: Value, _ span: Span?) throws {
        nestingState = nestingState &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        untilNesting = 1 + Int(nestingState >> 33) % 511
        do {
            guard try value.isNested(deeperThan: context.limits.nesting) else { return }
        } catch {
            throw asFailure(error, at: span)
        }
        throw Failure(
            Problem(
                .nestedTooDeep, "values are nested too deeply here", notes: ["at most \(context.limits.nesting) levels"]),
            at: span, label: "")
    }
}
