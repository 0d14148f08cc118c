/// The format after the colon in `"{x:>8.3f}"`: `[[fill]align][+][0][width][.precision][type]`, as in Python.
public struct FormatSpec: Sendable, Equatable {
    /// Where the text stands within its width.
    public enum Alignment: Character, Sendable {
        case left = "<"
        case right = ">"
        case center = "^"
    }

    /// The character that fills the width.
    public var fill: Character = " "
    /// The alignment; nil where it is not given, which means right for numbers and left for text.
    public var alignment: Alignment?
    /// Whether positive numbers get a plus sign.
    public var plus = false
    /// The least number of characters; 0 for any.
    public var width = 0
    /// The number of digits, or of a text's characters; nil where it is not given.
    public var precision: Int?
    /// One of `f e g d x % s`; nil where it is not given.
    public var type: Character?

    private static let types: Set<Character> = ["f", "e", "g", "d", "x", "%", "s"]
    /// The largest width and precision that are accepted.
    private static let largest = 500

    /// Creates a format that changes nothing.
    public init() {}

    /// Creates the format that the text describes, or returns nil where it describes none.
    public init?(_ text: String) {
        var rest = Array(text)[...]
        if rest.count >= 2, let align = Alignment(rawValue: rest[rest.startIndex + 1]) {
            fill = rest.removeFirst()
            alignment = align
            rest.removeFirst()
        } else if let first = rest.first, let align = Alignment(rawValue: first) {
            alignment = align
            rest.removeFirst()
        }
        if rest.first == "+" {
            plus = true
            rest.removeFirst()
        }
        if rest.first == "0", alignment == nil {
            fill = "0"
            rest.removeFirst()
        }
        if let number = FormatSpec.number(&rest) { width = number }
        if rest.first == "." {
            rest.removeFirst()
            guard let number = FormatSpec.number(&rest) else { return nil }
            precision = number
        }
        if let last = rest.first, FormatSpec.types.contains(last) {
            type = last
            rest.removeFirst()
        }
        guard rest.isEmpty, width <= FormatSpec.largest, precision ?? 0 <= FormatSpec.largest else {
            return nil
        }
    }

    private static func number(_ rest: inout ArraySlice<Character>) -> Int? {
        var digits = ""
        while let first = rest.first, first.isASCII, first.isWholeNumber {
            digits.append(first)
            rest.removeFirst()
        }
        // A number that does not fit into an int is beyond every limit as well.
        return digits.isEmpty ? nil : Int(digits) ?? .max
    }

    /// Returns the text filled to the width.
    public func pad(_ text: String, number: Bool) -> String {
        let missing = width - text.count
        guard missing > 0 else { return text }
        if fill == "0", alignment == nil, number, let sign = text.first, "+-".contains(sign) {
            return String(sign) + String(repeating: "0", count: missing) + text.dropFirst()
        }
        switch alignment ?? (number ? .right : .left) {
        case .left: return text + String(repeating: fill, count: missing)
        case .right: return String(repeating: fill, count: missing) + text
        case .center:
            let left = missing / 2
            return String(repeating: fill, count: left) + text
                + String(repeating: fill, count: missing - left)
        }
    }
}
