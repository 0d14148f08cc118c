/// The type of a host value, as far as it is known before running: the counterpart of `HostValue`. What the
/// host throws here has the words of the run's error.
public protocol HostType: Sendable {
    var typeName: String { get }
    /// "[1, 16, 16, 8]" with "?" for sizes that are not known; nil where nothing is.
    var shapeText: String? { get }
    /// nil where the fields are not known.
    var fieldNames: [String]? { get }
    /// nil where there is no such field.
    func field(_ name: String) -> StaticType?
    /// `x[…]`. Throws a `Problem` for what cannot be indexed so.
    func index(_ subscripts: [StaticSubscript]) throws -> StaticType
    /// What iteration gives; nil where there is nothing to iterate.
    var element: StaticType? { get }
    /// How many items, where it is known.
    var count: Int? { get }
    /// nil = not supported; the other operand is asked next.
    func binary(_ op: BinaryOperator, _ other: StaticType, isLeft: Bool) throws -> StaticType?
    func unary(_ op: UnaryOperator) -> StaticType?
    /// What covers this and another type of the same name; nil where nothing does.
    func joined(_ other: any HostType) -> (any HostType)?
}

/// One entry between the brackets of an index. `slice` has none for what was left out.
public enum StaticSubscript: Sendable {
    case at(StaticType)
    case slice(start: StaticType, end: StaticType, step: StaticType)
    case ellipsis
}

extension HostType {
    public var shapeText: String? { nil }
    public var fieldNames: [String]? { nil }
    public func field(_ name: String) -> StaticType? { .unknown }
    public func index(_ subscripts: [StaticSubscript]) throws -> StaticType { .unknown }
    public var element: StaticType? { .unknown }
    public var count: Int? { nil }
    public func binary(_ op: BinaryOperator, _ other: StaticType, isLeft: Bool) throws -> StaticType? { .unknown }
    public func unary(_ op: UnaryOperator) -> StaticType? { .unknown }
    public func joined(_ other: any HostType) -> (any HostType)? { self }
}

/// A host type of which only the name is known, and perhaps its fields.
public struct NamedHostType: HostType {
    public let typeName: String
    private let fields: [StaticType.Field]?
    public let element: StaticType?
    private let hasOperators: Bool
    private let isOpen: Bool

    /// Without `fields` any field may be there; with `isOpen` any other beside them. `element` is what iteration gives.
    /// Without `operators` nothing but `==` takes it.
    public init(
        _ typeName: String, fields: [StaticType.Field]? = nil, isOpen: Bool = false, element: StaticType? = .unknown, operators: Bool = true
    ) {
        (hasOperators, self.isOpen) = (operators, isOpen)
        self.typeName = typeName
        self.fields = fields
        self.element = element
    }

    public var fieldNames: [String]? { fields?.map(\.name) }
    public func unary(_ op: UnaryOperator) -> StaticType? { hasOperators ? .unknown : nil }

    public func binary(_ op: BinaryOperator, _ other: StaticType, isLeft: Bool) throws -> StaticType? {
        hasOperators ? .unknown : nil
    }

    public func field(_ name: String) -> StaticType? {
        guard let fields else { return .unknown }
        return fields.first { $0.name == name }?.type ?? (isOpen ? .unknown : nil)
    }
}

extension [StaticSubscript] {
    /// As values, where all of them are known.
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
