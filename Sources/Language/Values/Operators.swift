/// The binary operators that host values may take part in. `&` and `|` also work on bools.
public enum BinaryOperator: String, Sendable, CaseIterable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    /// Division, which gives a float for ints.
    case divide = "/"
    /// Division rounded down.
    case floorDivide = "//"
    /// The remainder of division rounded down, which has the divisor's sign.
    case remainder = "%"
    /// The power; a negative exponent gives a float for ints.
    case power = "**"
    /// "And" of bools, intersection of masks.
    case and = "&"
    /// "Or" of bools, union of masks.
    case or = "|"
    case equal = "=="
    case notEqual = "!="
    case less = "<"
    case lessEqual = "<="
    case greater = ">"
    case greaterEqual = ">="
}

/// The unary operators. Host values may take part in them.
public enum UnaryOperator: String, Sendable, CaseIterable {
    case negate = "-"
    /// `!x`, which bools and host values take, and `not x`, which takes only bools.
    case not = "!"
}

/// One entry between the brackets of `x[.., 0:16, -1]`.
public enum Subscript: Sendable {
    /// An index, a range, a list of indices, or `none` for a new axis; the host decides what it accepts.
    case at(Value)
    /// `a:b:step`, with nil for the parts that are left out. The end is excluded, and negative numbers count from the end.
    case slice(start: Int?, end: Int?, step: Int?)
    /// `..`, which stands for all axes that are not named.
    case ellipsis
}
