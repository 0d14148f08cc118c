/// A call of a builtin before running, with the types of its arguments. It is the counterpart of `Call`; `Builtin.infer` gets one.
public struct StaticCall: Sendable {
    /// The builtin that is called.
    public let builtin: Builtin
    /// The type of each parameter's argument, else of its default value, else none; unknown where a spread may give the argument.
    let bound: [StaticType]
    /// Whether each parameter was given an argument.
    let given: [Bool]
    /// The types of the arguments that a variadic parameter collects; nil where a spread hides how many there are.
    public let rest: [StaticType]?

    /// Returns the type of a parameter's value; unknown where the builtin has no such parameter.
    public func type(_ row: some Declaring) -> StaticType { place(of: row).map { bound[$0] } ?? .unknown }

    /// Returns whether an argument is certainly given and not known to be none.
    public func has(_ row: some Declaring) -> Bool {
        guard let place = place(of: row), given[place] else { return false }
        if case .constant(.none) = bound[place] { return false }
        return true
    }

    /// Returns an argument's int where it is known, else nil.
    public func int(_ row: some Declaring) -> Int? { type(row).int }

    /// Returns an argument's string where it is known, else nil.
    public func string(_ row: some Declaring) -> String? {
        if case .constant(.string(let text)) = type(row) { text } else { nil }
    }

    /// Returns an argument's bool where it is known, else nil.
    public func bool(_ row: some Declaring) -> Bool? {
        if case .constant(.bool(let flag)) = type(row) { flag } else { nil }
    }

    /// Returns the ints of a list, nil for items that are not known; a single int is a list of one. Returns nil where the argument is no
    /// list or its length is not known.
    public func ints(_ row: some Declaring) -> [Int?]? {
        switch type(row) {
        case .int: [nil]
        case .constant(.int(let value)): [value]
        case .list(let items): items.map(\.int)
        default: nil
        }
    }

    private func place(of row: some Declaring) -> Int? {
        let name = row.name
        return builtin.parameters.firstIndex { $0.name == name }
    }
}
