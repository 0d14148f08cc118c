/// The evaluator's state: modules, depth, steps and the call that is running.
final class Machine: @unchecked Sendable {
    // Used by one run at a time, on the evaluator's thread.
    let context: Context
    let main = Module(name: "main")
    var imports = ImportTable()
    /// The call of a builtin that is running, for warnings.
    var site: ActiveSite?
    var depth = 0
    private var steps = 0
    private let stepLimit: Int
    private let depthLimit: Int
    /// Addresses below this leave too little stack; 0 while no run is going on.
    private var stackFloor: UInt = 0
    /// Values that hold others, until one is looked at again.
    private var untilNesting = 256
    private var nestingState: UInt64 = 1
    /// Functions that hold each other and that their call has left to somebody.
    var escaped = EscapedCycles()

    init(context: Context) {
        self.context = context
        stepLimit = context.limits.steps ?? Int.max
        depthLimit = context.limits.callDepth
    }

    /// Values that outlive the session lose nothing but each other's functions.
    deinit { escaped.dissolve() }

    func clear() {
        main.clear()
        imports.clear()
        escaped.releaseUnreachable()
    }

    /// Begins a run on this thread.
    func begin(stackBytes: Int) {
        var marker: UInt8 = 0
        let here = withUnsafePointer(to: &marker) { UInt(bitPattern: $0) }
        stackFloor = here &- UInt(stackBytes) &+ UInt(BigStack.margin)
        steps = 0
        depth = 0
        site = nil
    }

    /// Counts a step and looks whether a stop was asked for: at every iteration and call.
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

    /// Enters a call of a user's function; `leave` goes with it.
    @inline(__always)
    func enter(_ span: Span?) throws {
        depth += 1
        if depth > depthLimit || stackIsLow() {
            depth -= 1
            throw tooDeep(span)
        }
    }

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

    /// Guards against values nested so deeply that walking or releasing them would exhaust a stack. To be called for what
    /// holds another value that holds some: depth grows by one a call. Looks at one in 256 of them, at random, so that no
    /// order of a program's work keeps a growing value out of sight; at random in the same way in every run.
    @inline(__always)
    func checkNesting(of value: Value, at span: Span?) throws {
        untilNesting &-= 1
        if untilNesting <= 0 { try lookAtNesting(of: value, span) }
    }

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
