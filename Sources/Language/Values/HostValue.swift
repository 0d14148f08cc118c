/// A first-class value of the domain (tensor, image, model, …). The language knows it only through this protocol, of which everything but
/// `typeName` has a default. Host values are immutable.
public protocol HostValue: Sendable {
    /// The type's name in messages, without an article: "tensor".
    var typeName: String { get }
    /// Returns the value of a field, or nil where there is no such field; the evaluator then suggests the nearest of `fieldNames`. Throws a
    /// `Problem` where the value cannot be computed.
    func field(_ name: String) throws -> Value?
    /// The names of the fields.
    var fieldNames: [String] { get }
    /// Returns `x[…]`. Throws a `Problem` (`.badIndex`, `.indexOutOfRange`) for an index that the value does not take.
    func index(_ subscripts: [Subscript]) throws -> Value
    /// The items that iteration, unpacking (`a, b = x`), `zip` and `len` see; nil where the value cannot be iterated.
    var elements: [Value]? { get }
    /// Returns one item of `elements` without making the others; nil out of range, and where `elements` must be asked instead.
    func element(at index: Int) -> Value?
    /// The number of items, without making them where that is cheaper; nil where there are none to count.
    var count: Int? { get }
    /// Returns the result of an operator with this value on the left (`isLeft`) or on the right, or nil where it is not supported; the
    /// other operand is asked next. `.equal` and `.notEqual` fall back on `isEqual`. Throws a `Problem` where the operands do not fit.
    func binary(_ op: BinaryOperator, _ other: Value, isLeft: Bool) throws -> Value?
    /// Returns the result of a unary operator, or nil where it is not supported.
    func unary(_ op: UnaryOperator) throws -> Value?
    /// Returns whether the values are equal.
    func isEqual(to other: any HostValue) -> Bool
    /// Returns `item in x`, or nil where `elements` are to be searched.
    func contains(_ item: Value) throws -> Bool?
    /// The text that interpolation and `print` write; a handle writes its token.
    var inlineText: String { get }
    /// Returns `"{x:.3f}"`, or nil where the value takes no such format.
    func format(_ spec: FormatSpec) throws -> String?
    /// Returns the form in which the value shows itself as a result or by `show`.
    func display(_ context: DisplayContext) -> Display
    /// Returns one picture for a list that begins with this value, or nil where such lists have none.
    func picture(of list: [any HostValue], _ context: DisplayContext) -> DisplayImage?
    /// Returns the text that `print` writes of the value alone; `full` leaves nothing out.
    func printed(full: Bool, _ context: DisplayContext) -> String
    /// A sentence on values of this type, for help.
    var explanation: String { get }
    /// The shape, written under operands in messages: "[1, 16, 16, 8]"; nil where the value has none.
    var shapeText: String? { get }
    /// The size in bytes, for limits and for the budget of results.
    var byteCount: Int { get }
    /// Visits the blocks of memory that the value may share with others, with their sizes in bytes: results that share a block are charged
    /// for it once. A value that visits none is charged its `byteCount`.
    func forEachBlock(_ visit: (_ block: ObjectIdentifier, _ bytes: Int) -> Void)
    /// Visits the language's values that this one holds, whose nesting is limited.
    func forEachValue(_ visit: (Value) -> Void)
}

extension HostValue {
    /// The default: there are no fields.
    public func field(_ name: String) throws -> Value? { nil }
    /// The default: there are no fields.
    public var fieldNames: [String] { [] }

    /// The default: throws `.badIndex`.
    public func index(_ subscripts: [Subscript]) throws -> Value {
        throw Problem(.badIndex, "\(TypeRule.article(typeName)) cannot be indexed")
    }

    /// The default: the value cannot be iterated.
    public var elements: [Value]? { nil }
    /// The default: `elements` must be asked.
    public func element(at index: Int) -> Value? { nil }
    /// The default: the number of `elements`.
    public var count: Int? { elements?.count }
    /// The default: no operator is supported.
    public func binary(_ op: BinaryOperator, _ other: Value, isLeft: Bool) throws -> Value? { nil }
    /// The default: no operator is supported.
    public func unary(_ op: UnaryOperator) throws -> Value? { nil }
    /// The default: equal to no value, not even to itself.
    public func isEqual(to other: any HostValue) -> Bool { false }
    /// The default: `elements` are searched.
    public func contains(_ item: Value) throws -> Bool? { nil }
    /// The default: the type's name with the shape.
    public var inlineText: String { shapeText.map { "\(typeName)\($0)" } ?? typeName }
    /// The default: no format is taken.
    public func format(_ spec: FormatSpec) throws -> String? { nil }
    /// The default: `inlineText`.
    public func display(_ context: DisplayContext) -> Display { Display(inlineText) }
    /// The default: a list has no picture.
    public func picture(of list: [any HostValue], _ context: DisplayContext) -> DisplayImage? { nil }
    /// The default: `inlineText`.
    public func printed(full: Bool, _ context: DisplayContext) -> String { inlineText }
    /// The default: nothing.
    public var explanation: String { "" }
    /// The default: no shape.
    public var shapeText: String? { nil }
    /// The default, for small values.
    public var byteCount: Int { 64 }
    /// The default: no memory is shared.
    public func forEachBlock(_ visit: (_ block: ObjectIdentifier, _ bytes: Int) -> Void) {}
    /// The default: no values are held.
    public func forEachValue(_ visit: (Value) -> Void) {}
}
