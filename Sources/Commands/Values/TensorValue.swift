import Autograd
import Language
import Tensors

/// A tensor of the language: an immutable array of float32 numbers that knows how it was computed where a gradient may be asked for.
public struct TensorValue: DeclaredValue, TensorReadable {
    /// The numbers, with how they were computed.
    public let variable: Variable
    /// Whether the numbers are answers, 1 for yes and 0 for no; as an index these choose places instead of naming them.
    public let isCondition: Bool

    /// Wraps a tensor; within `with no_grad { … }` the value is cut off from how it was computed.
    public init(_ variable: Variable) {
        self.variable = GradientMode.isOff ? variable.detached : variable
        isCondition = false
    }

    /// Wraps numbers without a gradient.
    public init(_ tensor: Tensor, isCondition: Bool = false) {
        variable = Variable(tensor)
        self.isCondition = isCondition
    }

    /// The numbers.
    public var tensor: Tensor { variable.value }
    /// The sizes from the outermost axis in.
    public var shape: [Int] { variable.shape }

    /// The number of a tensor with a single element, as the shortest decimal that reads back as it; else nil.
    var number: Double? {
        guard tensor.count == 1 else { return nil }
        return shortest(tensor.scalar)
    }

    // MARK: fields

    /// The type of tensors and its fields. `TensorType` knows more of them before a run where it knows the shape.
    public static let declaration = HostDeclaration<TensorValue>(
        "tensor", "An array of float32 numbers; operations on it keep the way back for gradients.",
        fields: [
            .init("shape", .listOf(.int), "The sizes from the outermost axis in.") { .list($0.shape.map { .int($0) }) },
            .init("ndim", .int, "The number of axes.") { .int($0.shape.count) },
            .init("rank", .int, "The number of axes.") { .int($0.shape.count) },
            .init("size", .int, "How many numbers it has.") { .int($0.tensor.count) },
            .init("T", "The tensor with its last two axes exchanged.") { .tensor($0.variable.lastAxesExchanged) },
            .init("needs_grad", .bool, "Whether grad can be asked for it.") { .bool($0.variable.needsGrad) },
        ])

    /// The type of a tensor of which nothing is known.
    public static var valueType: StaticType { TensorType.of(nil) }

    /// Returns a field of the tensor, or nil for an unknown name. Throws `.interrupted`.
    public func field(_ name: String) throws -> Value? { try Cancellable.operation { try declaredField(name) } }

    // MARK: items

    /// Returns the part that the subscripts pick; a part of a condition is one. Throws `.badIndex`, `.indexOutOfRange` and `.interrupted`.
    public func index(_ subscripts: [Subscript]) throws -> Value {
        try Cancellable.operation {
            let picked = try TensorIndexing.apply(subscripts, to: variable)
            return isCondition ? .host(TensorValue(picked.value, isCondition: true)) : .tensor(picked)
        }
    }

    /// The size of the first axis; nil for a single number without axes.
    public var count: Int? { shape.first }

    /// The rows along the first axis; nil for a single number without axes.
    public var elements: [Value]? {
        shape.first.map { rows in (0..<rows).map { .tensor(variable.row($0)) } }
    }

    /// Returns one row along the first axis, or nil out of range.
    public func element(at index: Int) -> Value? {
        shape.first.map { (0..<$0).contains(index) } == true ? .tensor(variable.row(index)) : nil
    }

    /// Returns whether an element equals a number; nil where the item is no number.
    public func contains(_ item: Value) throws -> Bool? {
        guard let number = item.number ?? item.host(as: TensorValue.self)?.number else { return nil }
        return try Cancellable.operation { tensor.contains { $0 == Float(number) } }
    }

    // MARK: operators

    /// Returns what `TensorOperators.apply` returns and throws.
    public func binary(_ op: BinaryOperator, _ other: Value, isLeft: Bool) throws -> Value? {
        let own = Value.host(self)
        return try TensorOperators.apply(op, isLeft ? own : other, isLeft ? other : own)
    }

    /// Returns the negative tensor, or the opposite of a condition; nil for `!` of other tensors.
    public func unary(_ op: UnaryOperator) throws -> Value? {
        switch op {
        case .negate: .tensor(try Cancellable.operation { variable.scaled(by: -1) })
        case .not where isCondition: .host(TensorValue(try Cancellable.operation { tensor.scaled(by: -1, plus: 1) }, isCondition: true))
        default: nil
        }
    }

    /// Returns whether the other value is a tensor of the same shape and numbers; NaN equals nothing.
    public func isEqual(to other: any HostValue) -> Bool {
        guard let other = other as? TensorValue, other.shape == shape else { return false }
        return Cancellable.answer { tensor.isEqual(to: other.tensor) }
    }

    // MARK: text

    /// The shape, "[2, 3]".
    public var shapeText: String? { Shape.text(shape) }
    /// The bytes of the numbers.
    public var byteCount: Int { tensor.count * MemoryLayout<Float>.stride }
    /// The values where there are few, else shape, range and spread.
    public var inlineText: String { Cancellable.answer { TensorText.inline(self) } }

    /// Returns the line that `TensorText` makes.
    public func display(_ context: DisplayContext) -> Display {
        Cancellable.answer { Display(TensorText.line(self, width: context.width)) }
    }

    /// Returns the values where there are few, else PyTorch's layout; `full` leaves nothing out.
    public func printed(full: Bool, _ context: DisplayContext) -> String {
        tensor.count <= TensorText.fewValues ? inlineText : Cancellable.answer { TensorPrinting.text(tensor, full: full) }
    }

    /// Returns the numbers in a format; nil where there are too many.
    public func format(_ spec: FormatSpec) throws -> String? {
        if let number, shape.allSatisfy({ $0 == 1 }), shape.count <= 1 {
            return try Value.float(number).formatted(spec)
        }
        guard tensor.count <= TensorText.fewValues else { return nil }
        return try TensorText.nested(tensor) { try Value.float(shortest($0)).formatted(spec) }
    }
}

extension Variable {
    /// The tensor with its last two axes exchanged; a vector stays as it is.
    var lastAxesExchanged: Variable {
        let rank = shape.count
        return rank < 2 ? self : permuted(Array(0..<rank - 2) + [rank - 1, rank - 2])
    }
}

/// Returns the shortest decimal that reads back as this float: 0.1 rather than 0.10000000149011612.
func shortest(_ value: Float) -> Double { Double(value.description) ?? Double(value) }
