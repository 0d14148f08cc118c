import Autograd
import Language
import Tensors

/// The operators of tensors, with numbers, lists, masks and each other; broadcasting and gradients are those of PyTorch.
public enum TensorOperators {
    /// Returns the result, or nil where an operand is no tensor or `op` does not take them. A comparison gives a bool where both operands
    /// are single numbers, else a tensor of 0 and 1. Throws `.shapeMismatch`, `.tooManyBytes` and `.interrupted`.
    public static func apply(_ op: BinaryOperator, _ left: Value, _ right: Value) throws -> Value? {
        if op == .and || op == .or { return try joined(op, left, right) }
        return try Cancellable.operation { try computed(op, left, right) }
    }

    /// Returns `&` or `|` of two conditions, place by place; nil where an operand is none.
    private static func joined(_ op: BinaryOperator, _ left: Value, _ right: Value) throws -> Value? {
        guard let a = left.host(as: TensorValue.self), let b = right.host(as: TensorValue.self), a.isCondition, b.isCondition else {
            return nil
        }
        guard Shape.broadcast(a.shape, b.shape) != nil else { throw Problem.shapes(a.shape, b.shape) }
        return try Cancellable.operation {
            let both = Tensor.binary(.multiply, a.tensor, b.tensor)
            let result = op == .and ? both : Tensor.binary(.subtract, Tensor.binary(.add, a.tensor, b.tensor), both)
            return .host(TensorValue(result, isCondition: true))
        }
    }

    /// Returns the result of arithmetic or of a comparison.
    private static func computed(_ op: BinaryOperator, _ left: Value, _ right: Value) throws -> Value? {
        if let number = right.number, let a = left.host(as: TensorReadable.self)?.variable,
            let result = withNumber(op, a, Float(number))
        {
            return .tensor(result)
        }
        guard let (a, b) = try TensorPair.read(left, right) else { return nil }
        guard let compare = comparisons[op] else { return arithmetic[op].map { .tensor($0(a, b)) } }
        let result = compare(a.value, b.value)
        return a.shape.isEmpty && b.shape.isEmpty ? .bool(result.scalar != 0) : .host(TensorValue(result, isCondition: true))
    }

    /// Returns the result of an operator that has a short form for a number on the right; else nil.
    private static func withNumber(_ op: BinaryOperator, _ a: Variable, _ number: Float) -> Variable? {
        switch op {
        case .add: a.scaled(by: 1, plus: number)
        case .subtract: a.scaled(by: 1, plus: -number)
        case .multiply: a.scaled(by: number)
        case .power: a.power(number)
        default: nil
        }
    }

    private static let arithmetic: [BinaryOperator: @Sendable (Variable, Variable) -> Variable] = [
        .add: { $0 + $1 }, .subtract: { $0 - $1 }, .multiply: { $0 * $1 }, .divide: { $0 / $1 },
        .floorDivide: { Variable(($0.value / $1.value).map(.floor)) },
        .remainder: { $0 - Variable(($0.value / $1.value).map(.floor)) * $1 },
        .power: raised,
    ]

    private static let comparisons: [BinaryOperator: @Sendable (Tensor, Tensor) -> Tensor] = [
        .less: { .binary(.less, $0, $1) }, .lessEqual: { .binary(.lessOrEqual, $0, $1) },
        .greater: { .binary(.less, $1, $0) }, .greaterEqual: { .binary(.lessOrEqual, $1, $0) },
        .equal: { .binary(.equal, $0, $1) },
        .notEqual: { Tensor.binary(.equal, $0, $1).scaled(by: -1, plus: 1) },
    ]

    /// Returns `a` to the power of `b`. The gradient is put in by hand: b a^(b-1) da + log(a) a^b db.
    @Sendable private static func raised(_ a: Variable, _ b: Variable) -> Variable {
        let value = Tensor.binary(.power, a.value, b.value)
        var result = Variable(value)
        if a.needsGrad {
            let slope = b.value * Tensor.binary(.power, a.value, b.value.scaled(by: 1, plus: -1))
            result = result + Variable(slope) * (a - a.detached)
        }
        if b.needsGrad { result = result + Variable(value * a.value.map(.log)) * (b - b.detached) }
        return result
    }
}

/// Reads two operands as tensors whose shapes broadcast.
enum TensorPair {
    /// Returns the tensors, or nil where one of the values is no operand of a tensor. Throws `.shapeMismatch` and `.tooManyBytes`.
    static func read(_ left: Value, _ right: Value) throws -> (Variable, Variable)? {
        guard var a = try operand(left), var b = try operand(right) else { return nil }
        if left.host(as: MaskValue.self) != nil { a = try aligned(mask: a, with: b) }
        if right.host(as: MaskValue.self) != nil { b = try aligned(mask: b, with: a) }
        guard let shape = Shape.broadcast(a.shape, b.shape) else { throw Problem.shapes(a.shape, b.shape) }
        try TensorLimit.check(shape)
        return (a, b)
    }

    /// Returns a value as an operand. Images are none: whether 0 is black or grey would have to be guessed.
    private static func operand(_ value: Value) throws -> Variable? {
        switch value {
        case .int, .float: return Variable(Tensor(Float(value.number ?? 0)))
        case .list: return try TensorReading.variable(value)
        case .host(let host): return host is ImageValue ? nil : (host as? TensorReadable)?.variable
        default: return nil
        }
    }

    /// Returns a mask [H, W] with an axis for the channels where it stands beside latents [.., H, W, C]. Throws `.shapeMismatch` where it
    /// would also fit over the last two axes, because nobody can know which is meant.
    private static func aligned(mask: Variable, with other: Variable) throws -> Variable {
        guard other.shape.count >= 3, Array(other.shape.suffix(3).prefix(2)) == mask.shape else {
            return mask
        }
        if Shape.broadcast(mask.shape, other.shape) != nil {
            throw Problem(
                .shapeMismatch, "this mask fits a tensor \(Shape.text(other.shape)) in two ways",
                notes: ["over the last two axes, or over the two before the channels"],
                help: "resize(mask, x) gives it an axis for channels, tensor(mask) leaves it [H, W]")
        }
        return mask.reshaped(mask.shape + [1])
    }
}
