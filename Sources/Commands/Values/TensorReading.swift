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
    /// Returns two arguments as tensors whose shapes broadcast. Throws `.shapeMismatch` at the second.
    func pair<A, B>(_ first: Key<A>, _ second: Key<B>) throws -> (Variable, Variable) {
        do {
            let (left, right) = (try value(first), try value(second))
            if let pair = try TensorPair.read(left, right) { return pair }
            let pair = (try Variable.read(left, self, first.name), try Variable.read(right, self, second.name))
            return try TensorPair.read(.tensor(pair.0), .tensor(pair.1)) ?? pair
        } catch let problem as Problem where problem.code == .shapeMismatch {
            throw problem.at(second.name, in: builtin.name)
        }
    }

    /// Returns an argument as the shape of a new tensor. Throws `.badArgument` for negative sizes and too many axes, and `.tooManyBytes`.
    func shape(_ key: Key<[Int]>) throws -> [Int] {
        let sizes = try ShapeRules.new(self[key], key.name, command: builtin.name)
        try TensorLimit.check(sizes)
        return sizes
    }

    /// Returns an argument as an axis from 0. Throws `.indexOutOfRange`.
    func axis(_ key: Key<Int>, of shape: [Int]) throws -> Int {
        try ShapeRules.axis(self[key], key.name, of: shape, command: builtin.name)
    }

    /// Returns an argument as one or several axes; nil where none was given. Throws `.indexOutOfRange` and `.badArgument`.
    func axes(_ key: Key<[Int]?>, of shape: [Int]) throws -> [Int]? {
        try self[key].map { try ShapeRules.axes($0, key.name, of: shape, command: builtin.name) }
    }
}

/// Shapes before a run, by the rules of `ShapeRules` as well.
extension StaticCall {
    /// Returns the shape of the tensor that an argument becomes, with nil for unknown sizes; nil where nothing is known of it.
    func shape<Argument>(_ key: Key<Argument>) -> [Int?]? { StaticReading.shape(type(key)) }

    /// Returns the shape where all its sizes are known, else nil.
    func exact<Argument>(_ key: Key<Argument>) -> [Int]? { ShapeRules.exact(shape(key)) }

    /// Returns an argument as an axis from 0, nil where it is not known. Throws `.indexOutOfRange`.
    func axis(_ key: Key<Int>, of shape: [Int]) throws -> Int? {
        try int(key).map { try ShapeRules.axis($0, key.name, of: shape, command: builtin.name) }
    }

    /// Returns the broadcast shape of two arguments, nil where it is not known: a mask beside latents takes an axis, so that its shape says
    /// nothing. Throws `.shapeMismatch` at the second.
    func pair<A, B>(_ first: Key<A>, _ second: Key<B>) throws -> [Int?]? {
        for case .host(let host) in [type(first), type(second)] where !(host is TensorType) { return nil }
        return try broadcast(shape(first), shape(second), at: second)
    }

    /// Returns the broadcast shape of two operands, nil where it is not known. Throws `.shapeMismatch` at an argument.
    func broadcast<Argument>(_ left: [Int?]?, _ right: [Int?]?, at key: Key<Argument>) throws -> [Int?]? {
        do {
            return try ShapeRules.broadcast(left, right)
        } catch let problem as Problem {
            throw problem.at(key.name, in: builtin.name)
        }
    }
}
