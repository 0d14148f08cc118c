import Language
import Tensors

/// The types of the tensor builtins' results, from the shapes of their arguments: rules for `Builtin.infer`.
enum TensorRules {
    typealias Rule = @Sendable (StaticCall) throws -> StaticType

    static let table: [String: Rule] = merged([creation, layout, products, elementwise, reductions])

    private static func merged(_ tables: [[String: Rule]]) -> [String: Rule] {
        tables.reduce(into: [:]) { $0.merge($1) { first, _ in first } }
    }

    private static func shape(_ call: StaticCall, _ name: String) -> [Int?]? { StaticReading.shape(call.type(name)) }
    private static func exact(_ call: StaticCall, _ name: String) -> [Int]? { ShapeRules.exact(shape(call, name)) }

    // MARK: creation

    private static let creation: [String: Rule] = [
        "zeros": sized, "ones": sized, "full": sized, "randn": sized, "rand": sized,
        "tensor": { TensorType.of(shape($0, "value")) },
        "linspace": { TensorType.of([$0.int("n")]) },
        "arange": { _ in TensorType.of([nil]) },
        "shape": { call in
            guard case .host(let host) = call.type("x"), !(host is TensorType) else {
                return shape(call, "x").map { .list($0.map { $0.map { .constant(.int($0)) } ?? .int }) } ?? .listOf(.int)
            }
            return .listOf(.int)
        },
    ]

    @Sendable private static func sized(_ call: StaticCall) throws -> StaticType {
        let sizes = call.ints("shape")
        if let known = ShapeRules.exact(sizes), known.contains(where: { $0 < 0 }) || known.count > TensorReading.mostAxes {
            throw Problem(
                .badArgument, "\(call.builtin.name): a shape is up to 16 sizes of at least 0", argument: "shape",
                label: "this is \(Shape.text(known))")
        }
        return TensorType.of(sizes)
    }

    // MARK: layout

    private static let layout: [String: Rule] = [
        "reshape": { call in
            guard let wanted = call.ints("shape") else { return TensorType.of(nil) }
            guard let known = ShapeRules.exact(wanted), let own = exact(call, "x") else {
                return TensorType.of(wanted.map { $0 == -1 ? nil : $0 })
            }
            return TensorType.of(try ShapeRules.reshaped(own, to: known))
        },
        "transpose": { call in
            guard let own = exact(call, "x"), let first = call.int("axis"), let second = call.int("other") else {
                return TensorType.of(nil)
            }
            if own.count < 2, !call.has("axis") { return TensorType.of(own) }
            var result = own
            result.swapAt(
                try ShapeRules.axis(first, "axis", of: own, command: "transpose"),
                try ShapeRules.axis(second, "other", of: own, command: "transpose"))
            return TensorType.of(result)
        },
        "permute": { call in
            guard let own = exact(call, "x"), let axes = ShapeRules.exact(call.ints("axes")) else { return TensorType.of(nil) }
            return TensorType.of(try ShapeRules.permutation(axes, of: own).map { own[$0] })
        },
        "concat": { call in
            guard let (shapes, axis) = try parts(call, extra: 0) else { return TensorType.of(nil) }
            try ShapeRules.same(shapes, except: axis)
            var result = shapes[0]
            result[axis] = shapes.reduce(0) { $0 + $1[axis] }
            return TensorType.of(result)
        },
        "stack": { call in
            guard let shapes = try pieces(call) else { return TensorType.of(nil) }
            try ShapeRules.same(shapes, except: nil)
            guard let (_, axis) = try parts(call, extra: 1) else { return TensorType.of(nil) }
            var result = shapes[0]
            result.insert(shapes.count, at: axis)
            return TensorType.of(result)
        },
        "detach": same, "clamp": same,
        "softmax": { call in
            guard let own = exact(call, "x"), let axis = call.int("axis") else { return TensorType.of(shape(call, "x")) }
            _ = try ShapeRules.axis(axis, "axis", of: own, command: "softmax")
            return TensorType.of(own)
        },
    ]

    @Sendable private static func same(_ call: StaticCall) -> StaticType { TensorType.of(shape(call, "x")) }

    /// Returns the shapes of the parts, or nil where one is not known. Throws `.badArgument` where there are no parts.
    private static func pieces(_ call: StaticCall) throws -> [[Int]]? {
        guard case .list(let items) = call.type("tensors") else { return nil }
        if items.isEmpty {
            throw Problem(.badArgument, "\(call.builtin.name) of no tensors", argument: "tensors", label: "this is empty")
        }
        let shapes = items.compactMap { ShapeRules.exact(StaticReading.shape($0)) }
        return shapes.count == items.count ? shapes : nil
    }

    private static func parts(_ call: StaticCall, extra: Int) throws -> ([[Int]], axis: Int)? {
        guard let shapes = try pieces(call), let axis = call.int("axis") else { return nil }
        return (shapes, try ShapeRules.axis(axis, "axis", of: shapes[0], command: call.builtin.name, extra: extra))
    }

    // MARK: products

    private static let products: [String: Rule] = [
        "matmul": { call in
            guard let a = exact(call, "a"), let b = exact(call, "b") else { return TensorType.of(nil) }
            return TensorType.of(try ShapeRules.product(a, b))
        },
        "dot": { call in
            if let a = exact(call, "a"), let b = exact(call, "b") { try ShapeRules.equal(a, b, command: "dot") }
            return TensorType.of([])
        },
        "mse": { call in
            _ = try pair(call)
            return TensorType.of([])
        },
        "minimum": { TensorType.of(try pair($0)) }, "maximum": { TensorType.of(try pair($0)) },
        "where": { call in
            TensorType.of(
                try pair(call) == nil
                    ? nil : shape(call, "condition") == nil ? nil : try? ShapeRules.broadcast(pair(call), shape(call, "condition")))
        },
    ]

    /// Returns the broadcast shape of the arguments a and b; nil where it is not known. Throws where they do not broadcast. Masks beside
    /// latents take an axis, so that their shapes say nothing.
    private static func pair(_ call: StaticCall) throws -> [Int?]? {
        let types = [call.type("a"), call.type("b")]
        for case .host(let host) in types where !(host is TensorType) { return nil }
        do {
            return try ShapeRules.broadcast(StaticReading.shape(types[0]), StaticReading.shape(types[1]))
        } catch let problem as Problem {
            throw problem.at("b", in: call.builtin.name)
        }
    }

    // MARK: element by element

    private static let elementwise: [String: Rule] = {
        var rules: [String: Rule] = [:]
        for name in ["exp", "log", "sqrt", "sin", "cos", "tanh", "sigmoid", "silu", "gelu"] { rules[name] = { function($0, .float) } }
        for name in ["abs", "floor", "ceil", "round"] { rules[name] = { function($0, .number) } }
        return rules
    }()

    private static func function(_ call: StaticCall, _ number: StaticType) -> StaticType {
        switch call.type("x") {
        case .int, .float, .number, .constant: number
        case .unknown: .unknown
        default: TensorType.of(shape(call, "x"))
        }
    }

    // MARK: reductions

    private static let reductions: [String: Rule] = [
        "sum": reduction, "mean": reduction, "std": reduction,
        "norm": { call in try reduced(call, "x") },
    ]

    @Sendable private static func reduction(_ call: StaticCall) throws -> StaticType {
        switch StaticReading.concernsTensors(call.type("xs")) {
        case nil: .unknown
        case false? where !call.has("axis"): call.type("axis").isUnknown ? .unknown : .number
        default: try reduced(call, "xs")
        }
    }

    private static func reduced(_ call: StaticCall, _ name: String) throws -> StaticType {
        guard let own = exact(call, name), let keeps = call.bool("keepdims") else { return TensorType.of(nil) }
        guard call.has("axis") else {
            return call.type("axis").isUnknown ? TensorType.of(nil) : TensorType.of(ShapeRules.reduced(own, nil, keeps: keeps))
        }
        guard let axes = ShapeRules.exact(call.ints("axis")) else { return TensorType.of(nil) }
        let places = try ShapeRules.axes(axes, "axis", of: own, command: call.builtin.name)
        return TensorType.of(ShapeRules.reduced(own, places, keeps: keeps))
    }
}
