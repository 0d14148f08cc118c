import Autograd
import BreakAScene
import Images
import Language
import Tensors

extension TensorCommands {
    /// The parameter of `concat` and `stack`.
    private static let parts = Parameter("tensors", .list(Accepts.tensor), doc: "At least one.")

    /// The rows that change shapes, join tensors and resize.
    static let layout: [Builtin] = [
        row(
            "reshape",
            "The same numbers under another shape; one size may be -1 and follows from the others.",
            [tensor(), Parameter("shape", .listOrSingle(.int), doc: "The new sizes.")],
            terms: ["view", "flatten", "unflatten"],
            examples: [.init("reshape(arange(4), [2, -1])", shows: "tensor[2, 2] [[0.0, 1.0], [2.0, 3.0]]")],
            run: reshape),
        row(
            "transpose", "Two axes exchanged, the last two where none are named.",
            [
                tensor(), axis(default: -2, doc: "One axis; negative counts from the end."),
                Parameter("other", .int, default: -1, doc: "The other."),
            ],
            terms: ["swap", "T"],
            examples: [.init("transpose([[1, 2], [3, 4]])", shows: "tensor[2, 2] [[1.0, 3.0], [2.0, 4.0]]")],
            run: { call in
                let x = try call.variable("x")
                if x.shape.count < 2, !call.has("axis") { return x }
                var order = Array(x.shape.indices)
                order.swapAt(try call.axis("axis", of: x.shape), try call.axis("other", of: x.shape))
                return x.permuted(order)
            }),
        row(
            "permute", "All axes in a new order.",
            [
                tensor(),
                Parameter("axes", .list(.int), doc: "Every axis once: [0, 3, 1, 2] makes [N, C, H, W]."),
            ],
            terms: ["transpose", "channels", "order"],
            examples: [.init("shape(permute(zeros([1, 4, 5, 3]), [0, 3, 1, 2]))", shows: "[1, 3, 4, 5]")],
            run: { call in
                let x = try call.variable("x")
                return x.permuted(try ShapeRules.permutation(try call.ints("axes"), of: x.shape))
            }),
        row(
            "concat", "Tensors one behind another along an axis; their other sizes are equal.",
            [parts, axis(default: 0, doc: "The axis that grows.")],
            terms: ["cat", "join", "append", "batch"],
            examples: [.init("concat([[1, 2], [3]])", shows: "tensor[3] [1.0, 2.0, 3.0]")],
            run: { call in
                let parts = try pieces(call)
                let axis = try call.axis("axis", of: parts[0].shape)
                try ShapeRules.same(parts.map(\.shape), except: axis)
                var shape = parts[0].shape
                shape[axis] = parts.reduce(0) { $0 + $1.shape[axis] }
                try TensorLimit.check(shape)
                return Variable.concatenated(parts, axis: axis)
            }),
        row(
            "stack", "Tensors of one shape side by side along a new axis.",
            [parts, axis(default: 0, doc: "Where the new axis stands.")], terms: ["batch", "join"],
            examples: [.init("stack([[1, 2], [3, 4]])", shows: "tensor[2, 2] [[1.0, 2.0], [3.0, 4.0]]")],
            run: { call in
                let parts = try pieces(call)
                try ShapeRules.same(parts.map(\.shape), except: nil)
                let axis = try call.axis("axis", of: parts[0].shape, extra: 1)
                var shape = parts[0].shape
                shape.insert(1, at: axis)
                guard shape.count <= TensorReading.mostAxes else {
                    throw Problem(.badArgument, "stack: a tensor has at most \(TensorReading.mostAxes) axes", argument: "tensors")
                }
                try TensorLimit.check(shape + [parts.count])
                return Variable.concatenated(parts.map { $0.reshaped(shape) }, axis: axis)
            }),
        row(
            "detach", "The same numbers, cut off from how they were computed: no gradient goes through.",
            [tensor()],
            terms: ["gradient", "stop", "constant"],
            examples: [.init("detach(ones([2]))", shows: "tensor[2] [1.0, 1.0]")],
            run: { try $0.variable("x").detached }),
        Builtin(
            "resize", family: family,
            summary: "A mask, map, latents or image in another size; a mask resized to latents fits them.",
            parameters: [
                Parameter(
                    "x", Accepts.tensor,
                    doc: "A mask, an image, or a tensor [H, W], [H, W, C] or [N, H, W, C]."),
                Parameter("to", Accepts.size, doc: "[height, width], or a value that has them."),
                Parameter(
                    "filter", .string, allowed: Resample.allCases.map(\.rawValue) + ["max"],
                    doc: "How; nearest (torch's) for masks and tensors, lanczos for images; max takes a mask's brightest.",
                    optional: true),
            ],
            result: "as x; a mask resized to latents [.., H, W, C] becomes a tensor [H, W, 1]",
            terms: ["interpolate", "scale", "upsample", "downsample", "shrink"],
            examples: [
                .init("resize(box([0, 0], [8, 16], [16, 16]), [4, 4]).size", shows: "[4, 4]"),
                .init(
                    "shape(resize(box([0, 0], [8, 16], [16, 16]), zeros([1, 8, 8, 4])))", shows: "[8, 8, 1]"),
                .init(
                    "resize([[0, 1]], [1, 4], filter=\"bilinear\")",
                    shows: "tensor[1, 4] [[0.0, 0.25, 0.75, 1.0]]"),
            ], run: resize),
    ]

    /// Runs `reshape`.
    @Sendable private static func reshape(_ call: Call) throws -> Variable {
        let x = try call.variable("x")
        return x.reshaped(try ShapeRules.reshaped(x.shape, to: try call.ints("shape")))
    }

    /// Returns the call's `tensors`. Throws `.badArgument` where there are none.
    private static func pieces(_ call: Call) throws -> [Variable] {
        let parts = try call.list("tensors").map(TensorReading.variable)
        if parts.isEmpty {
            throw Problem(
                .badArgument, "\(call.builtin.name) of no tensors", argument: "tensors",
                label: "this is empty")
        }
        return parts
    }

    /// Runs `resize`: masks stay masks unless the target is a tensor of three or more axes, images stay images, and all else is resized as
    /// a tensor. Throws `.notAllowed` for a filter that the value does not have.
    @Sendable private static func resize(_ call: Call) throws -> Value {
        let (value, size) = (try call.value("x"), try call.size("to"))
        let filter = call.optional("filter").flatMap { Resample(rawValue: $0.inlineText) }
        let isMaximum = call.optional("filter") != nil && filter == nil
        if let mask = value.host(as: MaskValue.self)?.mask {
            let small = try call.mapped("x") {
                isMaximum ? try Mask(try PreparedScene.downsample(mask, to: size, .max)) : try mask.resized(to: size, filter ?? .nearest)
            }
            let latents = call.optional("to")?.host(as: TensorValue.self).map { $0.shape.count >= 3 } ?? false
            return latents ? .tensor(Tensor(small).reshaped([size.height, size.width, 1])) : .mask(small)
        }
        if isMaximum {
            throw Problem(.notAllowed, "resize knows max for masks", argument: "filter", label: "the first argument is no mask")
        }
        if let image = value.host(as: ImageValue.self)?.image {
            return .host(Provenance.derived(try call.mapped("x") { try image.resized(to: size, filter ?? .lanczos) }, call))
        }
        guard let method = Interpolation(filter ?? .nearest) else {
            throw Problem(
                .notAllowed, "resize knows nearest and bilinear for tensors", argument: "filter",
                label: "for masks and images only")
        }
        let x = try call.variable("x")
        guard (2...4).contains(x.shape.count), x.value.count > 0 else {
            throw Problem(
                .badArgument, "resize takes tensors [H, W], [H, W, C] or [N, H, W, C]", argument: "x",
                label: Shape.text(x.shape))
        }
        let place = x.shape.count == 4 ? 1 : 0
        try TensorLimit.check([x.value.count / (x.shape[place] * x.shape[place + 1]), size.width, size.height])
        return .tensor(method.resize(x, height: size.height, width: size.width))
    }
}
