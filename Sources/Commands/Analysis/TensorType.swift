import Language
import Tensors

/// The type of a tensor: its shape as far as it is known.
public struct TensorType: HostType {
    /// The sizes, nil for unknown ones; nil as a whole where not even the number of axes is known.
    public let shape: [Int?]?
    /// Whether the tensor is a condition (`TensorValue.isCondition`); nil where it may be either.
    let isCondition: Bool?

    /// Creates the type of a tensor that is not a condition.
    public init(_ shape: [Int?]?) { self.init(shape, isCondition: false) }

    /// Creates a type. A tensor with a negative size, or larger than one value may be, cannot exist: its sizes count as unknown, so that
    /// computing with them never leaves the range of `Int`.
    init(_ shape: [Int?]?, isCondition: Bool?) {
        let sizes = (shape ?? []).map { $0 ?? 1 }
        let fits = sizes.allSatisfy { $0 >= 0 } && (try? TensorLimit.check(sizes)) != nil
        self.shape = fits ? shape : shape.map { $0.map { _ in nil } }
        self.isCondition = isCondition
    }

    /// Returns the type of a tensor of this shape.
    public static func of(_ shape: [Int?]?) -> StaticType { .host(TensorType(shape)) }

    /// Returns the type of a condition of this shape.
    static func condition(_ shape: [Int?]?) -> StaticType { .host(TensorType(shape, isCondition: true)) }

    /// All sizes, or nil where one is not known.
    var known: [Int]? { shape.flatMap { sizes in sizes.contains(nil) ? nil : sizes.compactMap { $0 } } }

    /// The name "tensor".
    public var typeName: String { TensorValue.declaration.name.text }
    /// The shape with "?" for unknown sizes: "[1, ?, 16, 8]".
    public var shapeText: String? { shape.map { "[" + $0.map { $0.map(String.init) ?? "?" }.joined(separator: ", ") + "]" } }

    // MARK: fields and items

    /// The names of a tensor's fields.
    public var fieldNames: [String]? { TensorValue.declaration.type.fieldNames }

    /// Returns the type of a field.
    public func field(_ name: String) -> StaticType? {
        switch name {
        case "shape" where shape != nil: .list((shape ?? []).map { $0.map { .constant(.int($0)) } ?? .int })
        case "ndim" where shape != nil, "rank" where shape != nil: .constant(.int(shape?.count ?? 0))
        case "size" where known != nil: .constant(.int(Shape.count(known ?? [])))
        case "T": TensorType.of(shape.map { $0.count < 2 ? $0 : Array($0.dropLast(2)) + [$0[$0.count - 1], $0[$0.count - 2]] })
        default: TensorValue.declaration.type.field(name)
        }
    }

    /// The type of a row, nil for a tensor of one number.
    public var element: StaticType? {
        guard let shape else { return .unknown }
        return shape.isEmpty ? nil : TensorType.of(Array(shape.dropFirst()))
    }

    /// The size of the first axis, nil where it is not known.
    public var count: Int? { shape?.first ?? nil }

    /// Returns the type of an item or slice. Throws a `Problem` for an index that does not fit the shape.
    public func index(_ subscripts: [StaticSubscript]) throws -> StaticType {
        guard let known, let parts = subscripts.known else { return .host(TensorType(nil, isCondition: isCondition)) }
        return .host(TensorType(try TensorIndexing.shape(parts, of: known), isCondition: isCondition))
    }

    // MARK: operators

    /// Returns the type of an operator's result, broadcast. Throws `.shapeMismatch` where the shapes do not broadcast.
    public func binary(_ op: BinaryOperator, _ other: StaticType, isLeft: Bool) throws -> StaticType? {
        if op == .and || op == .or { return try joined(with: other) }
        if op == .equal || op == .notEqual, StaticReading.isOtherKind(other) { return nil }
        if case .unknown = other { return .unknown }
        guard let shape = StaticReading.operand(other) else { return nil }
        let result = try isLeft ? ShapeRules.broadcast(self.shape, shape) : ShapeRules.broadcast(shape, self.shape)
        guard ![.add, .subtract, .multiply, .divide, .floorDivide, .remainder, .power].contains(op) else { return TensorType.of(result) }
        // A comparison of two single numbers is a bool.
        guard let result else { return .unknown }
        return result.isEmpty ? .bool : TensorType.condition(result)
    }

    /// Returns the type of `&` and `|`, which take two conditions and nothing else.
    private func joined(with other: StaticType) throws -> StaticType? {
        if case .unknown = other { return isCondition == false ? nil : .unknown }
        guard case .host(let host) = other, let other = host as? TensorType, isCondition != false, other.isCondition != false else {
            return nil
        }
        guard isCondition == true, other.isCondition == true else { return .unknown }
        return TensorType.condition(try ShapeRules.broadcast(shape, other.shape))
    }

    /// Returns the type of `-x`, and of `!x` for conditions.
    public func unary(_ op: UnaryOperator) -> StaticType? {
        switch op {
        case .negate: TensorType.of(shape)
        case .not: isCondition.map { $0 ? .host(self) : nil } ?? .unknown
        }
    }

    /// Returns the type with the sizes that both have in common.
    public func joined(_ other: any HostType) -> (any HostType)? {
        guard let other = other as? TensorType else { return TensorType(nil) }
        let kind = isCondition == other.isCondition ? isCondition : nil
        guard let mine = shape, let theirs = other.shape, mine.count == theirs.count else { return TensorType(nil, isCondition: kind) }
        return TensorType(zip(mine, theirs).map { $0 == $1 ? $0 : nil }, isCondition: kind)
    }
}

extension TensorValue: StaticallyTyped {
    /// The type with the tensor's shape.
    public var staticType: StaticType { .host(TensorType(shape, isCondition: isCondition)) }
}
