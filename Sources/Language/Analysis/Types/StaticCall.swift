/// A call of a builtin before running: what is known of its arguments. The counterpart of `Call`, for
/// `Builtin.infer`.
public struct StaticCall: Sendable {
    public let builtin: Builtin
    /// Per parameter: the argument's type, else the default's, else none's; unknown where a spread may give it.
    let bound: [StaticType]
    let given: [Bool]
    /// What a variadic parameter collected; nil where a spread hides how many there are.
    public let rest: [StaticType]?

    public func type(_ name: String) -> StaticType {
        builtin.parameters.firstIndex { $0.name == name }.map { bound[$0] } ?? .unknown
    }

    /// Whether the argument is known to be there and not none.
    public func has(_ name: String) -> Bool {
        guard let place = builtin.parameters.firstIndex(where: { $0.name == name }), given[place] else { return false }
        if case .constant(.none) = bound[place] { return false }
        return true
    }

    /// The number, string or bool of an argument, where it is known.
    public func int(_ name: String) -> Int? { type(name).int }

    public func string(_ name: String) -> String? {
        if case .constant(.string(let text)) = type(name) { text } else { nil }
    }

    public func bool(_ name: String) -> Bool? {
        if case .constant(.bool(let flag)) = type(name) { flag } else { nil }
    }

    /// A list of ints of which each may be unknown; a single int is a list of one. nil where nothing is known.
    public func ints(_ name: String) -> [Int?]? {
        switch type(name) {
        case .int: [nil]
        case .constant(.int(let value)): [value]
        case .list(let items): items.map(\.int)
        default: nil
        }
    }
}
