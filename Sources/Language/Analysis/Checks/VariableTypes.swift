/// The types of a program's variables, by `NamedValue.id`; not yet assigned is nil. Remembers what it held since a way
/// through a part of the program began, so that a way costs what it changes and not what there is.
struct VariableTypes {
    private(set) var all: [StaticType?]
    /// What stood where something was written, while ways are open.
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

    /// Where `close` goes back to.
    mutating func open() -> Int {
        openWays += 1
        return changes.count
    }

    /// Makes everything as it was when the innermost way was opened.
    mutating func close(_ start: Int) {
        while changes.count > start, let change = changes.popLast() { all[change.id] = change.before }
        openWays -= 1
    }
}
