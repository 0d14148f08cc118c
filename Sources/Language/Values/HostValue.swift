/// A first-class value of the domain (tensor, image, model, …). The language knows it only through this
/// protocol; everything but `typeName` has a default. Host values are immutable.
public protocol HostValue: Sendable {
    /// As messages name it, without an article: "tensor".
    var typeName: String { get }
    /// Fields by dot; nil means that there is no such field (the evaluator offers the nearest of
    /// `fieldNames`).
    func field(_ name: String) throws -> Value?
    var fieldNames: [String] { get }
    /// `x[…]`. Throw a `Problem` (`.badIndex`, `.indexOutOfRange`) for what cannot be indexed.
    func index(_ subscripts: [Subscript]) throws -> Value
    /// What iteration, unpacking (`a, b = x`), `zip` and `len` see; nil where there is nothing to iterate.
    var elements: [Value]? { get }
    /// Item `index` of `elements` without making the others; nil out of range, and where `elements` has to be asked.
    func element(at index: Int) -> Value?
    /// `elements.count` without making the elements, where that is cheaper.
    var count: Int? { get }
    /// An operator with this value on the left (`isLeft`) or right. nil = not supported; the other operand is
    /// asked next. `.equal` and `.notEqual` fall back on `isEqual`.
    func binary(_ op: BinaryOperator, _ other: Value, isLeft: Bool) throws -> Value?
    /// nil = not supported.
    func unary(_ op: UnaryOperator) throws -> Value?
    func isEqual(to other: any HostValue) -> Bool
    /// `item in x`; nil = look through `elements`.
    func contains(_ item: Value) throws -> Bool?
    /// What interpolation and `print` write; a handle writes its token.
    var inlineText: String { get }
    /// `"{x:.3f}"`; nil = this value takes no such format.
    func format(_ spec: FormatSpec) throws -> String?
    /// How the value shows itself as a result or by `show`.
    func display(_ context: DisplayContext) -> Display
    /// One picture for a list that begins with this value; nil where such lists have none.
    func picture(of list: [any HostValue], _ context: DisplayContext) -> DisplayImage?
    /// What `print` writes of the value alone; `full` leaves nothing out.
    func printed(full: Bool, _ context: DisplayContext) -> String
    /// What such a value is, in a sentence, for help on values.
    var explanation: String { get }
    /// "[1, 16, 16, 8]", written under operands in messages.
    var shapeText: String? { get }
    /// What the value weighs in bytes, for limits and for results kept by a byte budget.
    var byteCount: Int { get }
    /// Visits the blocks of memory that the value holds and other values may hold too, with their bytes: results
    /// that share a block are charged for it once. A value that visits none is charged its `byteCount`.
    func forEachBlock(_ visit: (_ block: ObjectIdentifier, _ bytes: Int) -> Void)
    /// Visits the values of the language that it holds: how deeply values hold each other is limited.
    func forEachValue(_ visit: (Value) -> Void)
}

extension HostValue {
    public func field(_ name: String) throws -> Value? { nil }
    public var fieldNames: [String] { [] }

    public func index(_ subscripts: [Subscript]) throws -> Value {
        throw Problem(.badIndex, "\(TypeRule.article(typeName)) cannot be indexed")
    }

    public var elements: [Value]? { nil }
    public func element(at index: Int) -> Value? { nil }
    public var count: Int? { elements?.count }
    public func binary(_ op: BinaryOperator, _ other: Value, isLeft: Bool) throws -> Value? { nil }
    public func unary(_ op: UnaryOperator) throws -> Value? { nil }
    public func isEqual(to other: any HostValue) -> Bool { false }
    public func contains(_ item: Value) throws -> Bool? { nil }
    public var inlineText: String { shapeText.map { "\(typeName)\($0)" } ?? typeName }
    public func format(_ spec: FormatSpec) throws -> String? { nil }
    public func display(_ context: DisplayContext) -> Display { Display(inlineText) }
    public func picture(of list: [any HostValue], _ context: DisplayContext) -> DisplayImage? { nil }
    public func printed(full: Bool, _ context: DisplayContext) -> String { inlineText }
    public var explanation: String { "" }
    public var shapeText: String? { nil }
    public var byteCount: Int { 64 }
    public func forEachBlock(_ visit: (_ block: ObjectIdentifier, _ bytes: Int) -> Void) {}
    public func forEachValue(_ visit: (Value) -> Void) {}
}
