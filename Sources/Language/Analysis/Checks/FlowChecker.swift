/// Interprets a program with types in place of values, in the order in which it would run, and reports what must fail.
///
/// Where two ways through the program meet, their types are joined; a variable that a loop assigns has, from the loop's start, the join of
/// all types that the loop assigns to it. A branch that cannot be taken is checked without reporting. One mistake is reported once: the
/// type of what follows from it is unknown.
final class FlowChecker {
    let context: Context
    let names: NameTable
    let modules: StaticModules
    let file: SourceFile
    var diagnostics: [Diagnostic] = []
    /// The types of names and fields, by the byte offset at which the name begins, for hover and completion.
    var typeAt: [Int: StaticType] = [:]
    /// The names of named arguments in calls of this file's functions. `function` is the byte offset at which the called function begins.
    var labelled: [(function: Int, span: Span)] = []
    /// The types that fields are looked up in, by the byte offset at which the field's name begins.
    var ownerAt: [Int: StaticType] = [:]

    /// The variables' types at the place that is being checked.
    var types: VariableTypes
    /// The assignments since each open way began, innermost way last.
    private var journal: [[(id: Int, type: StaticType)]] = []
    /// The number of enclosing `silently` calls; nothing is reported while it is above 0.
    private var muted = 0
    /// The number of `try` blocks around the place. While it is above 0, errors become warnings, because a `recover` handles them.
    var recovering = 0
    /// Whether the place cannot be reached.
    var isDead = false
    /// The number of enclosing loops that are in their silent first pass. Loops within these skip their own, so that nested loops do not
    /// take exponential time.
    var silentLoops = 0
    /// The functions whose bodies enclose the place, innermost last; empty in the file's own statements.
    var functions: [FunctionFrame] = []
    /// The number of enclosing `with seed(…)` blocks, plus the calls of `seed(…)` so far.
    var seeded = 0
    /// The ids of variables that a part which cannot be parsed may bind; their types stay unknown.
    private var doubtful: Set<Int> = []
    /// The calls of builtins in reachable code, in the order in which they were checked.
    var calls: [AnalyzedCall] = []
    /// The number of loops around the place.
    var loops = 0
    /// The paths that the program has written so far.
    var written: Set<String> = []
    /// Every place that binds a variable, ordered by byte offset.
    private let bindings: [(offset: Int, id: Int)]
    /// The types of the session's variables, by name.
    let outside: [String: StaticType]

    /// The errors that a run is certain to raise, among the reports and the unknown names.
    var certain: Set<Finding> = []
    /// The reasons why the place may not be reached.
    var doubts = Doubts()

    /// What has been found in a function's body so far.
    struct FunctionFrame {
        /// The function's number, as in `NamedValue.owner`.
        var number: Int
        /// The types that `return` statements have given so far.
        var returned: [StaticType] = []
        /// The errors that every call of the function raises.
        var certain: Set<Finding> = []
        /// Whether the function draws random numbers without a seed.
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

    /// Records a diagnostic, unless the place is silent or cannot be reached. Within `try` an error becomes a warning.
    func report(_ diagnostic: Diagnostic) {
        guard muted == 0, !isDead else { return }
        var diagnostic = diagnostic
        if recovering > 0 { diagnostic.severity = .warning }
        diagnostics.append(diagnostic)
        if diagnostic.severity == .error { noteCertain(Finding(diagnostic)) }
    }

    /// Reports an error and returns the type that then remains: unknown.
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

    /// Reports a warning.
    func warn(_ code: ErrorCode, _ message: String, _ span: Span, label: String = "", help: String? = nil) {
        report(
            Diagnostic(
                code: code, severity: .warning, message: message,
                labels: [.init(span: span, text: label, primary: true)], help: help))
    }

    /// Whether nothing is reported for the place.
    var isSilent: Bool { muted > 0 || isDead }

    /// Runs `body` without reports.
    func silently<T>(_ body: () -> T) -> T {
        muted += 1
        defer { muted -= 1 }
        return body()
    }

    /// Runs `body` for a branch, silently where `taken` is false; nil means that it is not known whether the branch is taken.
    func branch<T>(taken: Bool?, _ body: () -> T) -> T { taken == false ? silently(body) : body() }

    // MARK: variables

    /// Makes the variables of this name unknown for good: a part of the program that cannot be parsed may bind them.
    func doubt(_ name: String) {
        for symbol in names.symbols where symbol.name == name {
            doubtful.insert(symbol.id)
            types[symbol.id] = .unknown
        }
    }

    /// Gives a variable a type and records that in the open way.
    func assign(_ symbol: NamedValue, _ type: StaticType) {
        let type = doubtful.contains(symbol.id) ? .unknown : type
        types[symbol.id] = type
        if !journal.isEmpty { journal[journal.count - 1].append((symbol.id, type)) }
    }

    /// The effect of one way through a part of the program on the variables.
    struct Way {
        /// The types at the end of the way, of the variables that it assigned, by id.
        var last: [Int: StaticType] = [:]
        /// Every assignment on the way, in order.
        var all: [(id: Int, type: StaticType)] = []
        /// Whether the end of the way cannot be reached.
        var isDead = false
    }

    /// Runs `body` and returns what it did to the variables; their types and `isDead` are then put back.
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

    /// Continues after alternative ways of which exactly one is taken: each variable gets the join of its types at their ends.
    func merge(_ ways: [Way]) {
        let open = ways.filter { !$0.isDead }
        for way in ways where !journal.isEmpty { journal[journal.count - 1] += way.all }
        if open.isEmpty { isDead = true }
        for id in Set(open.flatMap { $0.last.keys }) {
            let ends = open.map { $0.last[id] ?? types[id] }
            types[id] = ends.contains { $0 == nil } ? .unknown : StaticType.join(ends.compactMap { $0 })
        }
    }

    /// Continues after a way that may have run in part, or several times: each variable that it assigns gets the join of its type before
    /// and of all types assigned; unknown where it had none before.
    func mergeAny(_ way: Way) {
        if !journal.isEmpty { journal[journal.count - 1] += way.all }
        var joined: [Int: StaticType] = [:]
        for (id, type) in way.all { joined[id] = joined[id].map { $0.join(type) } ?? type }
        for (id, type) in joined { types[id] = types[id].map { $0.join(type) } ?? .unknown }
    }

    /// Returns the ids of the variables that a part of the program binds.
    func symbols(boundIn span: Span) -> [Int] {
        bindings[bindings.partitioningIndex { $0.offset >= span.start }...].prefix { $0.offset < span.end }.map(\.id)
    }
}
