import Autograd
import Language
import Tensors

extension TensorCommands {
    private static let axes = Key<[Int]?>(oneOrMore: "axis", doc: "The axis or axes that go; all where none is given.")
    private static let keep = Key<Bool>("keepdims", default: false, doc: "Keeps the axes that go, with size 1.", keywordOnly: true)
    private static let numbers = Key<Variable>("xs", doc: "A tensor, or a list of numbers.")
    private static let values = Key<[Value]>(rest: "xs", doc: "A tensor, a list, or several values.")
    private static let tensorAxes = Key<[Int]?>(oneOrMore: "axis", doc: "The axis or axes of a tensor that go.", keywordOnly: true)
    private static let axis = Key<Int?>("axis", doc: "Along this axis; else in the flattened tensor.")

    /// The rows that reduce axes.
    static let reductions: [Builtin] = [
        reduction(
            "sum", "The sum of numbers, of all or along axes.", ["total", "add"],
            [.init("sum([[1, 2], [3, 4]], axis=0)", shows: "tensor[2] [4.0, 6.0]"), .init("sum(1..4)", shows: "10")],
            seeAlso: ["mean", "std"]
        ) { x, axes, keep in x.sum(axes, keepsAxes: keep) },
        reduction(
            "mean", "The mean of numbers, of all or along axes.", ["average"], [.init("mean(tensor([1, 2, 6]))", shows: "3.0")],
            seeAlso: ["std"]
        ) { x, axes, keep in
            guard x.value.count > 0 else { throw Problem(.badArgument, "mean of an empty tensor", argument: numbers.name) }
            return x.mean(axes, keepsAxes: keep)
        },
        reduction(
            "std", "The standard deviation of the sample (n - 1), of all or along axes.", ["deviation", "spread"],
            [.init("std(tensor([1, 3]))", shows: "1.4142135")]
        ) { x, axes, keep in
            guard x.value.count > 0 else { throw Problem(.badArgument, "std of an empty tensor", argument: numbers.name) }
            return deviation(x, axes, keep)
        },
        extreme(
            "max", "The largest number, of several, of a list or of a tensor along axes.", ["largest", "most", "peak"],
            [.init("max([[1, 9], [7, 3]], axis=1)", shows: "tensor[2] [9.0, 7.0]"), .init("max(3, 4)", shows: "4")], seeAlso: ["argmax"]
        ) { $0 },
        extreme(
            "min", "The smallest number, of several, of a list or of a tensor along axes.", ["smallest", "least"],
            [.init("min([[1, 9], [7, 3]], axis=0)", shows: "tensor[2] [1.0, 3.0]"), .init("min(3, 4)", shows: "3")],
            seeAlso: ["max", "argmax"]
        ) { $0.scaled(by: -1) },
        Builtin(
            "argmax", family: .tensors, summary: "The place of the largest number; the first of equal ones.", parameters: [x, axis],
            result: "int; with an axis a tensor of places", terms: ["largest", "index", "peak", "position"],
            examples: [.init("argmax([3, 9, 4])", shows: "1")], run: argmax),
        row(
            "norm", "The length of a vector: sqrt(sum(x ** 2)), over all or along axes.", [x, axes, keep],
            result: ResultType("tensor, one number without an axis") { TensorType.of(try reduced($0, x)) },
            terms: ["length", "magnitude", "l2", "distance"], examples: [.init("norm([3, 4])", shows: "5.0")], seeAlso: ["psnr"],
            run: { call in
                let given = try call[x]
                return root(given.square().sum(try call.axes(axes, of: given.shape), keepsAxes: try call[keep]))
            }),
    ]

    /// Returns the shape that is left of an argument before a run, nil where it is not known. Throws what `ShapeRules.axes` throws.
    private static func reduced(_ call: StaticCall, _ key: Key<Variable>) throws -> [Int?]? {
        guard let own = call.exact(key), let keeps = call.bool(keep) else { return nil }
        guard call.has(axes) else { return call.type(axes).isUnknown ? nil : ShapeRules.reduced(own, nil, keeps: keeps) }
        guard let given = ShapeRules.exact(call.ints(axes)) else { return nil }
        return ShapeRules.reduced(own, try ShapeRules.axes(given, axes.name, of: own, command: call.builtin.name), keeps: keeps)
    }

    /// Returns the square root with a gradient of 0 where its argument is 0, as PyTorch's norm has it.
    private static func root(_ squares: Variable) -> Variable {
        guard squares.needsGrad else { return squares.sqrt() }
        let zeros = Tensor.binary(.equal, squares.value, Tensor(0))
        let lifted = (squares + Variable(zeros.scaled(by: 1e-30))).sqrt()
        return lifted - Variable(zeros * lifted.value)
    }

    /// Returns the row of a reduction along axes, or over all axes where none is given. Lists of plain numbers without `axis` and
    /// `keepdims` are left to the language.
    private static func reduction(
        _ name: String, _ summary: String, _ terms: [String], _ examples: [Builtin.Example], seeAlso: [String] = [],
        _ body: @escaping @Sendable (Variable, [Int]?, Bool) throws -> Variable
    ) -> Builtin {
        Builtin(
            name, family: .tensors, summary: summary, parameters: [numbers, axes, keep],
            result: ResultType("tensor, one number without an axis; a plain number for a list of them") { call in
                switch StaticReading.concernsTensors(call.type(numbers)) {
                case nil: .unknown
                case false? where !call.has(axes) && !call.has(keep):
                    call.type(axes).isUnknown || call.type(keep).isUnknown ? .unknown : .number
                default: TensorType.of(try reduced(call, numbers))
                }
            }, terms: terms, examples: examples, seeAlso: seeAlso,
            run: { call in
                guard TensorReading.concernsTensors(try call.value(numbers)) || call.has(axes) || call.has(keep) else {
                    return try call.fallBack()
                }
                let given = try call[numbers]
                return .tensor(try body(given, try call.axes(axes, of: given.shape), try call[keep]))
            })
    }

    /// Returns the standard deviation of a sample, which divides by n - 1.
    private static func deviation(_ x: Variable, _ axes: [Int]?, _ keep: Bool) -> Variable {
        let squares = (x - x.mean(axes, keepsAxes: true)).square().sum(axes, keepsAxes: keep)
        let count = x.value.count / max(1, squares.value.count)
        return squares.scaled(by: 1 / Float(max(1, count - 1))).sqrt()
    }

    /// Returns the row of `max` or `min`; `sign` turns the smallest into the largest.
    private static func extreme(
        _ name: String, _ summary: String, _ terms: [String], _ examples: [Builtin.Example], seeAlso: [String],
        _ sign: @escaping @Sendable (Variable) -> Variable
    ) -> Builtin {
        Builtin(
            name, family: .tensors, summary: summary, parameters: [values, tensorAxes, keep], result: "number, string, or tensor",
            terms: terms, examples: examples, seeAlso: seeAlso,
            run: { call in
                guard call.rest.contains(where: TensorReading.concernsTensors) || call.has(tensorAxes) || call.has(keep) else {
                    return try call.fallBack()
                }
                let x = try operands(call, elementwise: name == "max" ? "maximum" : "minimum")
                let axes = try call.axes(tensorAxes, of: x.shape)
                guard x.value.count > 0 else { throw Problem(.badArgument, "\(name) of an empty tensor") }
                return .tensor(sign(largest(sign(x), axes, try call[keep])))
            })
    }

    /// Returns the call's one value as a tensor, or its several values as the rows of one tensor. Throws `.shapeMismatch` where their
    /// shapes differ.
    private static func operands(_ call: Call, elementwise: String) throws -> Variable {
        guard call.rest.count > 1 else { return try TensorReading.variable(call.rest.first ?? .list([])) }
        do {
            return try TensorReading.variable(.list(call.rest))
        } catch var problem as Problem where problem.code == .shapeMismatch {
            problem.message = "\(call.builtin.name) of several values takes values of one shape"
            problem.help = "place by place, with broadcasting: \(elementwise)(a, b)"
            throw problem
        }
    }

    /// Returns the largest values along axes, or of all where `axes` is nil.
    private static func largest(_ x: Variable, _ axes: [Int]?, _ keep: Bool) -> Variable {
        guard let axes else {
            let all = x.maximum()
            return keep ? all.reshaped(x.shape.map { _ in 1 }) : all
        }
        var result = x
        for axis in axes { result = result.largest(along: axis) }
        return keep ? result : result.reshaped(x.shape.indices.filter { !axes.contains($0) }.map { x.shape[$0] })
    }

    /// Runs `argmax`: an int without an axis, else a tensor of places. Throws `.badArgument` for an empty tensor.
    @Sendable private static func argmax(_ call: Call) throws -> Value {
        let given = try call[x].value
        guard given.count > 0 else { throw Problem(.badArgument, "argmax of an empty tensor", argument: x.name) }
        guard let axis = try call[Self.axis] else { return .int(given.reshaped([given.count]).maximum(along: 0).indices[0]) }
        let place = try ShapeRules.axis(axis, Self.axis.name, of: given.shape, command: "argmax")
        var shape = given.shape
        shape.remove(at: place)
        return .tensor(Tensor(given.maximum(along: place).indices.map { Float($0) }, shape: shape))
    }
}

extension Variable {
    /// Returns the largest values along an axis, which stays with size 1; the gradient goes to the first of equal values.
    func largest(along axis: Int) -> Variable {
        let (values, indices) = value.maximum(along: axis)
        guard needsGrad, value.count > 0 else { return Variable(values) }
        let inner = shape[(axis + 1)...].reduce(1, *)
        let places = indices.indices.map { i in (i / inner * shape[axis] + indices[i]) * inner + i % inner }
        return Variable.embedding(places, of: [reshaped([value.count, 1])]).reshaped(values.shape)
    }
}
