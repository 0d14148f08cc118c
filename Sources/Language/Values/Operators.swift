/// Operators that a host value may take part in. `&`, `|` and `!` also work on bools.
public enum BinaryOperator: String, Sendable, CaseIterable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case floorDivide = "//"
    case remainder = "%"
    case power = "**"
    case and = "&"
    case or = "|"
    case equal = "=="
    case notEqual = "!="
    case less = "<"
    case lessEqual = "<="
    case greater = ">"
    case greaterEqual = ">="
}

public enum UnaryOperator: String, Sendable, CaseIterable {
    case negate = "-"
    /// `!x`, and `not x` (which takes only bools).
    case not = "!"
}

/// One entry between the brackets of `x[.., 0:16, -1]`.
public enum Subscript: Sendable {
    /// An index, a range, a list of indices, or `none` for a new axis: whatever the host accepts.
    case at(Value)
    /// `a:b:step`: the end is left out, negative counts from the end, nil where nothing was written.
    case slice(start: Int?, end: Int?, step: Int?)
    /// `..`: all axes not named.
    case ellipsis
}
