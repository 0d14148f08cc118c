/// The type of a host value before a program runs: the counterpart of `HostValue`. Requirements that throw raise the same `Problem` as the
/// run would. The default implementations know nothing: they return unknown or nil.
public protocol HostType: Sendable {
    /// The name that `HostValue.typeName` gives: "tensor".
    var typeName: String { get }
    /// The shape, such as "[1, 16, 16, 8]" with "?" for unknown sizes; nil where nothing is known of it.
    var shapeText: String? { get }
    /// The names of the fields, or nil where they are not known.
    var fieldNames: [String]? { get }
    /// Returns the type of a field, or nil where there is no such field.
    func field(_ name: String) -> StaticType?
    /// Returns the type of `x[…]`. Throws a `Problem` where a value of this type cannot be indexed so.
    func index(_ subscripts: [StaticSubscript]) throws -> StaticType
    /// The type of the items that iteration gives, or nil where the value cannot be iterated.
    var element: StaticType? { get }
    /// The number of items, or nil where it is not known.
    var count: Int? { get }
    /// Returns the type of an operator's result, or nil where this operand does not support it; the other operand is asked next. Throws a
    /// `Problem` where the operator must fail.
    func binary(_ op: BinaryOperator, _ other: StaticType, isLeft: Bool) throws -> StaticType?
    /// Returns the type of a unary operator's result, or nil where it is not supported.
    func unary(_ op: UnaryOperator) -> StaticType?
    /// Returns a type that covers this one and another of the same name, or nil where there is none.
    func joined(_ other: any HostType) -> (any HostType)?
}

/// The types in one entry between the brackets of an index; the counterpart of `Subscript`. In a slice, parts that are left out are none.
public enum StaticSubscript: Sendable {
    /// An index, a range or a list of indices.
    case at(StaticType)
    /// `a:b:step`.
    case slice(start: StaticType, end: StaticType, step: StaticType)
    /// `..`, which stands for all axes that are not named.
    case ellipsis
}

extension HostType {
    /// The default: nothing is known of the shape.
    public var shapeText: String? { nil }
    /// The default: the fields are not known.
    public var fieldNames: [String]? { nil }
    /// The default: any field may exist, of any type.
    public func field(_ name: String) -> StaticType? { .unknown }
    /// The default: any index may be valid.
    public func index(_ subscripts: [StaticSubscript]) throws -> StaticType { .unknown }
    /// The default: iteration may give any value.
    public var element: StaticType? { .unknown }
    /// The default: the number of items is not known.
    public var count: Int? { nil }
    /// The default: any operator may be supported.
    public func binary(_ op: BinaryOperator, _ other: StaticType, isLeft: Bool) throws -> StaticType? { .unknown }
    /// The default: any operator may be supported.
    public func unary(_ op: UnaryOperator) -> StaticType? { .unknown }
    /// The default: this type covers every other of its name.
    public func joined(_ other: any HostType) -> (any HostType)? { self }
}

/// A host type of which only the name is known, and perhaps its fields.
public struct NamedHostType: HostType {
    /// The name that `HostValue.typeName` gives.
    public let typeName: String
    private let fields: [StaticType.Field]?
    /// The type of the items that iteration gives, or nil where the value cannot be iterated.
    public let element: StaticType?
    private let hasOperators: Bool
    private let isOpen: Bool

    /// Creates a type. Without `fields` any field may exist; with `isOpen` fields other than these may. `element` is the type that
    /// iteration gives. Without `operators` no operator but `==` and `!=` is supported.
    public init(
        _ typeName: String, fields: [StaticType.Field]? = nil, isOpen: Bool = false, element: StaticType? = .unknown, operators: Bool = true
    ) {
        (hasOperators, self.isOpen) = (operators, isOpen)
        self.typeName = typeName
        self.fields = fields
        self.element = element
    }

    /// The names of the fields, or nil where they are not known.
    public var fieldNames: [String]? { fields?.map(\.name) }
    /// Returns unknown, or nil where the type has no operators.
    public func unary(_ op: UnaryOperator) -> StaticType? { hasOperators ? .unknown : nil }

    /// Returns unknown, or nil where the type has no operators.
    public func binary(_ op: BinaryOperator, _ other: StaticType, isLeft: Bool) throws -> StaticType? {
        hasOperators ? .unknown : nil
    }

    /// Returns the type of a field, unknown for others of an open type, or nil where there is no such field.
    public func field(_ name: String) -> StaticType? {
        guard let fields else { return .unknown }
        return fields.first { $0.name == name }?.type ?? (isOpen ? .unknown : nil)
    }
}

extension [StaticSubscript] {
    /// The entries as subscripts with values, or nil where a value is not known.
    public var known: [Subscript]? {
        var result: [Subscript] = []
        for part in self {
            switch part {
            case .ellipsis: result.append(.ellipsis)
            case .at(let type):
                guard let value = type.value else { return nil }
                result.append(.at(value))
            case .slice(let start, let end, let step):
                guard [start, end, step].allSatisfy({ $0.value != nil }) else { return nil }
                result.append(.slice(start: start.int, end: end.int, step: step.int))
            }
        }
        return result
    }
}
