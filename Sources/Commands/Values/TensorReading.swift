import Autograd
import Images
import Language
import Tensors

/// Reads values as tensors: numbers, nested lists, masks, images, and every other value that is `TensorReadable`.
public enum TensorReading {
    /// Returns the value as a tensor; lists become axes, and gradients flow through tensors inside lists. Throws `.wrongType`,
    /// `.tooManyBytes`, and `.shapeMismatch` for rows of different shapes.
    public static func variable(_ value: Value) throws -> Variable {
        switch value {
        case .int, .float: return Variable(Tensor(Float(value.number ?? 0)))
        case .bool(let flag): return Variable(Tensor(flag ? 1 : 0))
        case .range(let range):
            try TensorLimit.check([range.count])
            return Variable(Tensor(range.map { Float($0) }, shape: [range.count]))
        case .list(let items): return try list(items)
        case .host(let host as TensorReadable): return host.variable
        default:
            throw Problem(
                .wrongType, "\(value.describedType) is no tensor", label: "this is \(value.describedType)")
        }
    }

    /// The largest number of axes of a tensor.
    static let mostAxes = 16

    /// Returns a list as a tensor.
    private static func list(_ items: [Value]) throws -> Variable {
        var numbers: [Float] = []
        numbers.reserveCapacity(items.count)
        for item in items {
            guard let number = item.number else { break }
            numbers.append(Float(number))
        }
        if numbers.count == items.count { return Variable(Tensor(numbers, shape: [items.count])) }
        if let tensor = try plain(items) { return Variable(tensor) }
        let rows = try items.map { item in
            try Cancellation.check()
            return try variable(item)
        }
        for (place, row) in rows.enumerated() where row.shape != rows[0].shape {
            throw Problem(
                .shapeMismatch, "the rows of a tensor have one shape",
                label: "row 0 has \(Shape.text(rows[0].shape)), row \(place) has \(Shape.text(row.shape))")
        }
        guard rows[0].shape.count < mostAxes else {
            throw Problem(.badArgument, "a tensor has at most \(mostAxes) axes")
        }
        try TensorLimit.check([rows.count] + rows[0].shape)
        return Variable.concatenated(rows.map { $0.reshaped([1] + $0.shape) }, axis: 0)
    }

    /// Returns nested lists of plain numbers as a tensor, without making one for each list; nil where they hold anything else or differ in
    /// length.
    private static func plain(_ items: [Value]) throws -> Tensor? {
        var (shape, first) = ([items.count], items.first)
        while case .list(let inner)? = first, shape.count <= mostAxes {
            shape.append(inner.count)
            first = inner.first
        }
        guard first?.number != nil, shape.count <= mostAxes, (try? TensorLimit.check(shape)) != nil else { return nil }
        var numbers = Numbers(shape: shape)
        return try numbers.tensor(of: items)
    }

    /// Collects the numbers of nested lists, one behind the other.
    private struct Numbers {
        let shape: [Int]
        private var values: [Float] = []

        init(shape: [Int]) { self.shape = shape }

        /// Returns the tensor, or nil where the items do not fit the shape.
        mutating func tensor(of items: [Value]) throws -> Tensor? {
            values.reserveCapacity(min(shape.reduce(1, *), 1 << 22))
            return try add(items, 0) ? Tensor(values, shape: shape) : nil
        }

        /// Adds the numbers of a list at a depth; false where it does not fit.
        private mutating func add(_ items: [Value], _ axis: Int) throws -> Bool {
            guard items.count == shape[axis] else { return false }
            try Cancellation.check()
            for item in items {
                if axis == shape.count - 1 {
                    guard let number = item.number else { return false }
                    values.append(Float(number))
                } else {
                    guard case .list(let inner) = item, try add(inner, axis + 1) else { return false }
                }
            }
            return true
        }
    }

    /// Returns whether a command that lists of plain numbers share with the language is meant for tensors here.
    static func concernsTensors(_ value: Value) -> Bool {
        switch value {
        case .host: true
        case .list(let items):
            items.contains {
                switch $0 {
                case .list, .range: true
                case .host(let host): host is TensorReadable
                default: false
                }
            }
        default: false
        }
    }
}

extension Call {
    /// Returns an argument as a tensor. The problem that is thrown underlines the argument.
    public func variable(_ name: String) throws -> Variable {
        do {
            return try TensorReading.variable(try value(name))
        } catch var problem as Problem {
            problem.argument = name
            problem.message = "\(builtin.name): \(problem.message)"
            throw problem
        }
    }

    /// Returns an argument as a tensor without its gradient. Throws what `variable` throws.
    public func tensor(_ name: String) throws -> Tensor { try variable(name).value }

    /// Returns two arguments as tensors whose shapes broadcast. Throws `.shapeMismatch` at the second.
    func pair(_ first: String, _ second: String) throws -> (Variable, Variable) {
        do {
            if let pair = try TensorPair.read(try value(first), try value(second)) { return pair }
            return try TensorPair.read(.tensor(try variable(first)), .tensor(try variable(second)))
                ?? (try variable(first), try variable(second))
        } catch let problem as Problem where problem.code == .shapeMismatch {
            throw problem.at(second, in: builtin.name)
        }
    }

    /// Returns an argument as a shape. Throws `.badArgument` for negative sizes and too many axes, and `.tooManyBytes`.
    func shape(_ name: String) throws -> [Int] {
        let sizes = try ints(name)
        guard sizes.allSatisfy({ $0 >= 0 }), sizes.count <= TensorReading.mostAxes else {
            throw Problem(
                .badArgument, "\(builtin.name): a shape is up to 16 sizes of at least 0", argument: name,
                label: "this is \(Shape.text(sizes))")
        }
        try TensorLimit.check(sizes)
        return sizes
    }

    /// Returns an argument as an axis from 0. Throws `.indexOutOfRange`.
    func axis(_ name: String, of shape: [Int], extra: Int = 0) throws -> Int {
        try ShapeRules.axis(try int(name), name, of: shape, command: builtin.name, extra: extra)
    }

    /// Returns an argument as one or several axes; nil where none was given. Throws `.indexOutOfRange` and `.badArgument`.
    func axes(_ name: String, of shape: [Int]) throws -> [Int]? {
        guard let given = optional(name) else { return nil }
        let axes = (try given.elements) == nil ? [try int(name)] : try ints(name)
        return try ShapeRules.axes(axes, name, of: shape, command: builtin.name)
    }

    /// Returns a tensor as the value of a command.
    func result(_ variable: Variable) -> Value { .tensor(variable) }
}
