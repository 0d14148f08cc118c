import Language
import Tensors

/// A tensor before running: its shape as far as it is known.
public struct TensorType: HostType {
    /// nil where not even the number of axes is known; sizes that are not known are nil.
    public let shape: [Int?]?

    public init(_ shape: [Int?]?) { self.shape = shape }

    public static func of(_ shape: [Int?]?) -> StaticType { .host(TensorType(shape)) }

    /// All sizes, where all of them are known.
    var known: [Int]? { shape.flatMap { sizes in sizes.contains(nil) ? nil : sizes.compactMap { $0 } } }

    public var typeName: String { "tensor" }
    public var shapeText: String? { shape.map { "[" + $0.map { $0.map(String.init) ?? "?" }.joined(separator: ", ") + "]" } }

    // MARK: fields and items

    public var fieldNames: [String]? { ["shape", "ndim", "rank", "size", "T", "needs_grad"] }

    public func field(_ name: String) -> StaticType? {
        switch name {
        case "shape": shape.map { .list($0.map { $0.map { .constant(.int($0)) } ?? .int }) } ?? .listOf(.int)
        case "ndim", "rank": shape.map { .constant(.int($0.count)) } ?? .int
        case "size": known.map { .constant(.int(Shape.count($0))) } ?? .int
        case "T": TensorType.of(shape.map { $0.count < 2 ? $0 : Array($0.dropLast(2)) + [$0[$0.count - 1], $0[$0.count - 2]] })
        case "needs_grad": .bool
        default: nil
        }
    }

    public var element: StaticType? {
        guard let shape else { return .unknown }
        return shape.isEmpty ? nil : TensorType.of(Array(shape.dropFirst()))
    }

    public var count: Int? { shape?.first ?? nil }

    public func index(_ subscripts: [StaticSubscript]) throws -> StaticType {
        guard let known, let parts = subscripts.known else { return TensorType.of(nil) }
        return TensorType.of(try TensorIndexing.shape(parts, of: known))
    }

    // MARK: operators

    public func binary(_ op: BinaryOperator, _ other: StaticType, isLeft: Bool) throws -> StaticType? {
        if op == .and || op == .or { return nil }
        if op == .equal || op == .notEqual, StaticReading.isOtherKind(other) { return nil }
        if case .unknown = other { return .unknown }
        guard let shape = StaticReading.operand(other) else { return nil }
        let result = try isLeft ? ShapeRules.broadcast(self.shape, shape) : ShapeRules.broadcast(shape, self.shape)
        guard ![.add, .subtract, .multiply, .divide, .floorDivide, .remainder, .power].contains(op) else { return TensorType.of(result) }
        // A comparison of two single numbers is a bool.
        guard let result else { return .unknown }
        return result.isEmpty ? .bool : TensorType.of(result)
    }

    public func unary(_ op: UnaryOperator) -> StaticType? { op == .negate ? .host(self) : nil }

    public func joined(_ other: any HostType) -> (any HostType)? {
        guard let mine = shape, let theirs = (other as? TensorType)?.shape, mine.count == theirs.count else { return TensorType(nil) }
        return TensorType(zip(mine, theirs).map { $0 == $1 ? $0 : nil })
    }
}

extension TensorValue: StaticallyTyped {
    public var staticType: StaticType { TensorType.of(shape) }
}
