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
    private var literalCount = 0
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

    /// Guards against values nested so deeply that walking or releasing them would exhaust a stack. Looks at
    /// every 256th literal that holds another list or record: depth grows by one a literal.
    func checkNesting(of value: Value, at node: Node) throws {
        literalCount &+= 1
        guard literalCount & 0xFF == 0 else { return }
        if value.isNested(deeperThan: context.limits.nesting) {
            throw node.failure(
                .nestedTooDeep, "lists and records are nested too deeply here",
                notes: ["at most \(context.limits.nesting) levels"])
        }
    }
}
