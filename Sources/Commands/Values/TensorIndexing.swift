import Autograd
import Language
import Tensors

/// The indices of tensors, `x[.., 0:16, -1]`: NumPy's basic indices, one list of ints along one axis, and conditions, `x[x > 0]`.
enum TensorIndexing {
    /// What one subscript does to its axis.
    private enum Step {
        case select(Int)
        case slice(Tensor.Slice)
        case gather([Int])
        case newAxis
    }

    /// Returns the part of the tensor that the subscripts pick; gradients flow back to these places. Throws `.badIndex` and
    /// `.indexOutOfRange`.
    static func apply(_ subscripts: [Subscript], to x: Variable) throws -> Variable {
        if let (condition, rest) = try wholeCondition(subscripts, x.shape) {
            return try apply([.at(.host(condition))], to: x.reshaped([condition.shape[0]] + rest))
        }
        let steps = try plan(subscripts, x.shape)
        var slices: [Tensor.Slice] = []
        var shape: [Int] = []
        var gather: (axis: Int, indices: [Int])?
        for step in steps {
            let size = slices.count < x.shape.count ? x.shape[slices.count] : 0
            switch step {
            case .newAxis: shape.append(1)
            case .select(let index): slices.append(.init(start: index, count: 1))
            case .slice(let slice):
                slices.append(slice)
                shape.append(slice.count)
            case .gather(let indices):
                gather = (slices.count, indices)
                slices.append(.init(start: 0, count: size))
                shape.append(indices.count)
            }
        }
        var result = try picked(x, slices)
        if let gather {
            try TensorLimit.check(shape)
            result = result.gathered(gather.indices, axis: gather.axis)
        }
        return result.reshaped(shape)
    }

    /// Returns the shape of `x[…]` for an `x` of this shape. Throws what `apply` throws.
    static func shape(_ subscripts: [Subscript], of shape: [Int]) throws -> [Int] {
        try plan(subscripts, shape).compactMap { step in
            switch step {
            case .newAxis: 1
            case .select: nil
            case .slice(let slice): slice.count
            case .gather(let indices): indices.count
            }
        }
    }

    /// Returns a condition over several axes, where it is the only subscript, as a condition over one axis in their place, and the sizes of
    /// the axes behind them. Throws `.badIndex` where it does not fit.
    private static func wholeCondition(_ subscripts: [Subscript], _ shape: [Int]) throws -> (TensorValue, [Int])? {
        guard subscripts.count == 1, case .at(let value) = subscripts[0], let condition = value.host(as: TensorValue.self),
            condition.isCondition, condition.shape.count > 1
        else { return nil }
        guard condition.shape == Array(shape.prefix(condition.shape.count)) else {
            throw Problem(
                .badIndex, "a condition \(Shape.text(condition.shape)) does not fit a tensor \(Shape.text(shape))",
                notes: ["it says yes or no for every place of the first axes"])
        }
        let flat = condition.tensor.reshaped([condition.tensor.count])
        return (TensorValue(flat, isCondition: true), Array(shape.dropFirst(condition.shape.count)))
    }

    /// Returns the places for which a condition is true. Throws `.badIndex` where it has not as many answers as the axis has places.
    private static func places(_ condition: TensorValue, _ size: Int, _ axis: Int) throws -> [Int] {
        let answers = condition.tensor.values
        guard answers.count == size else {
            throw Problem(
                .badIndex, "a condition of \(answers.count) answers does not fit axis \(axis), which has size \(size)")
        }
        return answers.indices.filter { answers[$0] != 0 }
    }

    /// Returns the slices of a tensor; leading rows share its memory, all else is copied.
    private static func picked(_ x: Variable, _ slices: [Tensor.Slice]) throws -> Variable {
        let whole = zip(slices, x.shape).map { $0 == Tensor.Slice(start: 0, count: $1) }
        guard !whole.allSatisfy({ $0 }) else { return x }
        if whole.dropFirst().allSatisfy({ $0 }), let first = slices.first, first.step == 1 {
            return x.rows(first.start..<first.start + first.count)
        }
        if slices.contains(where: { $0.count == 0 }) { return Variable(Tensor.zeros(slices.map(\.count))) }
        return x.sliced(slices)
    }

    /// Returns a step for each axis and each new axis. Throws `.badIndex` and `.indexOutOfRange`.
    private static func plan(_ subscripts: [Subscript], _ shape: [Int]) throws -> [Step] {
        let named = subscripts.filter { !$0.isEllipsis && !$0.isNewAxis }.count
        guard named <= shape.count else {
            throw Problem(
                .badIndex, "\(named) indices for \(axesText(shape.count))",
                notes: ["the shape is \(Shape.text(shape))"])
        }
        guard subscripts.filter(\.isEllipsis).count <= 1 else {
            throw Problem(.badIndex, "\"..\" stands for all axes not named, so it can be there once")
        }
        var steps: [Step] = []
        var axis = 0
        func rest(_ count: Int) {
            for _ in 0..<count {
                steps.append(.slice(.init(start: 0, count: shape[axis])))
                axis += 1
            }
        }
        for part in subscripts {
            if part.isEllipsis {
                rest(shape.count - named)
            } else if part.isNewAxis {
                steps.append(.newAxis)
            } else {
                steps.append(try step(part, size: shape[axis], axis: axis))
                axis += 1
            }
        }
        rest(shape.count - axis)
        guard steps.filter({ if case .gather = $0 { true } else { false } }).count <= 1 else {
            throw Problem(
                .badIndex, "one list of indices at a time", help: "one after the other: x[[0, 2]][.., [1, 3]]"
            )
        }
        return steps
    }

    /// Returns what a subscript does to an axis of a size.
    private static func step(_ part: Subscript, size: Int, axis: Int) throws -> Step {
        switch part {
        case .slice(let start, let end, let step): return .slice(try slice(start, end, step, size))
        case .at(.int(let index)): return .select(try place(index, size, axis))
        case .at(.range(let range)):
            guard range.count > 0 else { return .slice(.init(start: 0, count: 0)) }
            let first = try place(range.start, size, axis)
            let last = try place(range.inclusive ? range.end : range.end - 1, size, axis)
            return .slice(.init(start: first, count: max(0, last - first + 1)))
        case .at(.list(let items)):
            return .gather(try items.map { try place(try int($0), size, axis) })
        case .at(let value):
            if let tensor = value.host(as: TensorValue.self) {
                if tensor.isCondition, tensor.shape.count == 1 { return .gather(try places(tensor, size, axis)) }
                let indices = try tensor.tensor.values.map {
                    try place(try int(.float(Double($0))), size, axis)
                }
                if tensor.shape.isEmpty { return .select(indices[0]) }
                if tensor.shape.count == 1 { return .gather(indices) }
            }
            throw Problem(
                .badIndex, "an axis is indexed by an int, a range, a slice or a list of ints",
                label: "this is \(value.describedType)")
        case .ellipsis: return .slice(.init(start: 0, count: size))
        }
    }

    /// Returns a value as a whole number; a float counts only where a tensor holds it. Throws `.badIndex`.
    private static func int(_ value: Value) throws -> Int {
        if case .int(let number) = value { return number }
        if case .float(let number) = value, let whole = Int(exactly: number) { return whole }
        if let number = value.host(as: TensorValue.self)?.number, let whole = Int(exactly: number) {
            return whole
        }
        throw Problem(.badIndex, "indices are whole numbers, not \(value.literalText)")
    }

    /// Returns an index as a place from 0; negative ones count from the end. Throws `.indexOutOfRange`.
    private static func place(_ index: Int, _ size: Int, _ axis: Int) throws -> Int {
        if index >= 0, index < size { return index }
        if index < 0, index >= -size { return size + index }
        throw Problem(
            .indexOutOfRange, "index \(index) is outside of axis \(axis), which has size \(size)",
            notes: [size == 0 ? "there is nothing" : "the first is 0, the last \(size - 1) or -1"])
    }

    /// Returns `start:end:step` as in NumPy: the end is left out, and ends outside of the axis are cut off. Throws `.badIndex` for a step
    /// of 0.
    private static func slice(_ start: Int?, _ end: Int?, _ step: Int?, _ size: Int) throws -> Tensor.Slice {
        let step = step ?? 1
        guard step != 0 else { throw Problem(.badIndex, "the step of a slice cannot be 0") }
        let (low, high) = step > 0 ? (0, size) : (-1, size - 1)
        func clamped(_ value: Int) -> Int {
            min(max(value < 0 ? max(value, -size - 1) + size : value, low), high)
        }
        let first = start.map(clamped) ?? (step > 0 ? 0 : size - 1)
        let last = end.map(clamped) ?? (step > 0 ? size : -1)
        let distance = step > 0 ? last - first : first - last
        guard distance > 0 else { return .init(start: 0, count: 0) }
        let count = (distance - 1) / Int(min(step.magnitude, UInt(size))) + 1
        return .init(start: first, count: count, step: count == 1 ? 1 : step)
    }
}

/// Returns "1 axis" or "2 axes".
func axesText(_ count: Int) -> String { count == 1 ? "1 axis" : "\(count) axes" }

extension Subscript {
    /// Whether the subscript is `..`.
    fileprivate var isEllipsis: Bool { if case .ellipsis = self { true } else { false } }
    /// Whether the subscript is `none`, which makes a new axis.
    fileprivate var isNewAxis: Bool { if case .at(.none) = self { true } else { false } }
}

extension Variable {
    /// Returns the places `indices` along `axis` in that order; an index may come several times.
    func gathered(_ indices: [Int], axis: Int) -> Variable {
        let rest = shape.indices.filter { $0 != axis }
        let order = [axis] + rest
        let front = permuted(order)
        let width = Shape.count(Array(front.shape.dropFirst()))
        guard width > 0, !indices.isEmpty else {
            var empty = shape
            empty[axis] = indices.count
            return Variable(Tensor.zeros(empty))
        }
        let rows = Variable.embedding(indices, of: [front.reshaped([shape[axis], width])])
        var inverse = order
        for (place, axis) in order.enumerated() { inverse[axis] = place }
        return rows.reshaped([indices.count] + front.shape.dropFirst()).permuted(inverse)
    }
}
