/// The types of a program's variables, by `NamedValue.id`; nil where a variable is not yet assigned. While a way is open, changes are
/// logged so that they can be undone: a way costs what it changes, not the number of variables.
struct VariableTypes {
    private(set) var all: [StaticType?]
    /// The changed variables with their types before the change, while ways are open.
    private var changes: [(id: Int, before: StaticType?)] = []
    private var openWays = 0

    init(count: Int) { all = Array(repeating: nil, count: count) }

    subscript(id: Int) -> StaticType? {
        get { all[id] }
        set {
            if openWays > 0 { changes.append((id, all[id])) }
            all[id] = newValue
        }
    }

    /// Opens a way and returns the mark that `close` takes.
    mutating func open() -> Int {
        openWays += 1
        return changes.count
    }

    /// Undoes all changes since `open` returned this mark.
    mutating func close(_ start: Int) {
        while changes.count > start, let change = changes.popLast() { all[change.id] = change.before }
        openWays -= 1
    }
}
