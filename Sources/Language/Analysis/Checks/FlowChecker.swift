/// Goes through a program as it would run, with types in place of values, and reports what must fail.
///
/// Where two ways meet, types are joined; what a loop assigns has, from its start, the join of all that it
/// assigns. A way that cannot be taken is gone through without reporting. One mistake is reported once: what
/// follows from it is unknown.
final class FlowChecker {
    let context: Context
    let names: NameTable
    let modules: StaticModules
    let file: SourceFile
    var diagnostics: [Diagnostic] = []
    /// What stands at byte offsets: names and fields, for hover and completion.
    var typeAt: [Int: StaticType] = [:]
    var labelled: [(function: Int, span: Span)] = []
    /// By the byte offset of a field's name: what it is a field of.
    var ownerAt: [Int: StaticType] = [:]

    var types: VariableTypes
    /// Assignments since a branch began, innermost branch last.
    private var journal: [[(id: Int, type: StaticType)]] = []
    /// Nothing is reported while above 0.
    private var muted = 0
    /// Errors are warnings while above 0: `try` recovers from them.
    var recovering = 0
    /// What follows cannot be reached.
    var isDead = false
    /// Loops around this place whose first way through is silent: inner ones save theirs.
    var silentLoops = 0
    /// The function being gone through, innermost last; empty in the file's own statements.
    var functions: [FunctionFrame] = []
    /// `with seed(…)` around this place, or seed(…) called before.
    var seeded = 0
    private var doubtful: Set<Int> = []
    /// Calls of commands, in the order of the way through the program.
    var calls: [AnalyzedCall] = []
    /// Loops around this place.
    var loops = 0
    /// Paths that the program writes.
    var written: Set<String> = []
    /// Every place that binds a variable, in order.
    private let bindings: [(offset: Int, id: Int)]
    /// Values of the session, by name.
    let outside: [String: StaticType]

    /// What the run cannot get around, of what was reported and of names that nothing binds.
    var certain: Set<Finding> = []
    /// What this place stands in that may not be taken, and what may have been left before it.
    var doubts = Doubts()

    struct FunctionFrame {
        var number: Int
        var returned: [StaticType] = []
        /// What fails whenever the function is called.
        var certain: Set<Finding> = []
        /// Something drew without a seed.
        var draws = false
    }

    var table: BuiltinTable { context.builtins }

    init(
        _ program: Program, names: NameTable, context: Context, modules: StaticModules,
        outside: [String: StaticType]
    ) {
        self.names = names
        self.context = context
        self.modules = modules
        self.outside = outside
        file = program.file
        bindings = names.bound.map { ($0.key, $0.value.id) }.sorted { $0.0 < $1.0 }
        types = VariableTypes(count: names.symbols.count)
    }

    // MARK: reporting

    func report(_ diagnostic: Diagnostic) {
        guard muted == 0, !isDead else { return }
        var diagnostic = diagnostic
        if recovering > 0 { diagnostic.severity = .warning }
        diagnostics.append(diagnostic)
        if diagnostic.severity == .error { noteCertain(Finding(diagnostic)) }
    }

    /// Reports, and gives what is then known of the value: nothing.
    @discardableResult
    func fail(
        _ code: ErrorCode, _ message: String, _ span: Span, label: String = "", notes: [String] = [],
        help: String? = nil
    ) -> StaticType {
        report(
            Diagnostic(
                code: code, message: message, labels: [.init(span: span, text: label, primary: true)], notes: notes,
                help: help))
        return .unknown
    }

    func warn(_ code: ErrorCode, _ message: String, _ span: Span, label: String = "", help: String? = nil) {
        report(
            Diagnostic(
                code: code, severity: .warning, message: message,
                labels: [.init(span: span, text: label, primary: true)], help: help))
    }

    /// Whether what is gone through here is told to nobody.
    var isSilent: Bool { muted > 0 || isDead }

    func silently<T>(_ body: () -> T) -> T {
        muted += 1
        defer { muted -= 1 }
        return body()
    }

    /// With reports unless the way is known not to be taken.
    func branch<T>(taken: Bool?, _ body: () -> T) -> T { taken == false ? silently(body) : body() }

    // MARK: variables

    /// A part of the program that cannot be read may bind this name.
    func doubt(_ name: String) {
        for symbol in names.symbols where symbol.name == name {
            doubtful.insert(symbol.id)
            types[symbol.id] = .unknown
        }
    }

    func assign(_ symbol: NamedValue, _ type: StaticType) {
        let type = doubtful.contains(symbol.id) ? .unknown : type
        types[symbol.id] = type
        if !journal.isEmpty { journal[journal.count - 1].append((symbol.id, type)) }
    }

    /// What a way through a part of the program did to the variables; they are as before.
    struct Way {
        var last: [Int: StaticType] = [:]
        var all: [(id: Int, type: StaticType)] = []
        var isDead = false
    }

    func way(_ body: () -> Void) -> Way {
        let (start, wasDead) = (types.open(), isDead)
        journal.append([])
        body()
        var result = Way(all: journal.removeLast(), isDead: isDead)
        for (id, _) in result.all { result.last[id] = types[id] ?? .unknown }
        types.close(start)
        isDead = wasDead
        return result
    }

    /// Goes on behind ways of which one was taken.
    func merge(_ ways: [Way]) {
        let open = ways.filter { !$0.isDead }
        for way in ways where !journal.isEmpty { journal[journal.count - 1] += way.all }
        if open.isEmpty { isDead = true }
        for id in Set(open.flatMap { $0.last.keys }) {
            let ends = open.map { $0.last[id] ?? types[id] }
            types[id] = ends.contains { $0 == nil } ? .unknown : StaticType.join(ends.compactMap { $0 })
        }
    }

    /// What may have happened, perhaps several times or in part.
    func mergeAny(_ way: Way) {
        if !journal.isEmpty { journal[journal.count - 1] += way.all }
        var joined: [Int: StaticType] = [:]
        for (id, type) in way.all { joined[id] = joined[id].map { $0.join(type) } ?? type }
        for (id, type) in joined { types[id] = types[id].map { $0.join(type) } ?? .unknown }
    }

    /// The variables that a part of the program binds.
    func symbols(boundIn span: Span) -> [Int] {
        bindings[bindings.partitioningIndex { $0.offset >= span.start }...].prefix { $0.offset < span.end }.map(\.id)
    }
}
