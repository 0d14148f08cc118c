/// The binary operators; grammar.txt has the same table of levels.
enum Infix {
    case logical(and: Bool)
    case comparison(BinaryOperator)
    case contains(negated: Bool)
    case pipe
    case coalesce
    case range(inclusive: Bool)
    case arithmetic(BinaryOperator)

    /// The levels of precedence, from the loosest to the tightest.
    enum Level {
        static let or = 1
        static let and = 2
        static let comparison = 3
        static let pipe = 4
        static let coalesce = 5
        static let range = 6
        static let bar = 7
        static let ampersand = 8
        static let sum = 9
        static let product = 10
    }

    static let symbols: [Symbol: (level: Int, infix: Infix)] = [
        .equalEqual: (Level.comparison, .comparison(.equal)),
        .notEqual: (Level.comparison, .comparison(.notEqual)),
        .less: (Level.comparison, .comparison(.less)),
        .lessEqual: (Level.comparison, .comparison(.lessEqual)),
        .greater: (Level.comparison, .comparison(.greater)),
        .greaterEqual: (Level.comparison, .comparison(.greaterEqual)),
        .pipe: (Level.pipe, .pipe),
        .coalesce: (Level.coalesce, .coalesce),
        .dotDot: (Level.range, .range(inclusive: true)),
        .rangeUpTo: (Level.range, .range(inclusive: false)),
        .bar: (Level.bar, .arithmetic(.or)),
        .ampersand: (Level.ampersand, .arithmetic(.and)),
        .plus: (Level.sum, .arithmetic(.add)),
        .minus: (Level.sum, .arithmetic(.subtract)),
        .star: (Level.product, .arithmetic(.multiply)),
        .slash: (Level.product, .arithmetic(.divide)),
        .slashSlash: (Level.product, .arithmetic(.floorDivide)),
        .percent: (Level.product, .arithmetic(.remainder)),
    ]

    static let keywords: [Keyword: (level: Int, infix: Infix)] = [
        .or: (Level.or, .logical(and: false)),
        .and: (Level.and, .logical(and: true)),
        .in: (Level.comparison, .contains(negated: false)),
    ]

    /// The operators that may also begin an expression or a statement: at the start of a line they do.
    static let neverContinue: Set<Symbol> = [.minus, .star, .dotDot]
}
