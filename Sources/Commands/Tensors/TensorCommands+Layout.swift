import Autograd
import BreakAScene
import Images
import Language
import Tensors

extension TensorCommands {
    private static let sizes = Key<[Int]>(oneOrMore: "shape", doc: "The new sizes.")
    private static let one = Key<Int>("axis", default: -2, doc: "One axis; negative counts from the end.")
    private static let other = Key<Int>("other", default: -1, doc: "The other.")
    private static let order = Key<[Int]>("axes", doc: "Every axis once: [0, 3, 1, 2] makes [N, C, H, W].")
    private static let parts = Key<[Value]>("tensors", .list(Accepts.tensor), doc: "At least one.")
    private static let growing = Key<Int>("axis", default: 0, doc: "The axis that grows.")
    private static let new = Key<Int>("axis", default: 0, doc: "Where the new axis stands.")
    private static let shown = Key<Value>(
        "x", Accepts.tensor, doc: "A mask, an image, or a tensor [H, W], [H, W, C] or [N, H, W, C].")
    private static let size = Key<PixelSize>("to", doc: "[height, width], or a value that has them.")
    private static let filter = Key<String?>(
        "filter", allowed: Resample.allCases.map(\.rawValue) + ["max"],
        doc: "How; nearest (torch's) for masks and tensors, lanczos for images; max takes a mask's brightest.")

    /// The rows that change shapes, join tensors and resize.
    static let layout: [Builtin] = [
        row(
            "reshape", "The same numbers under another shape; one size may be -1 and follows from the others.", [x, sizes],
            result: .tensor { call in
                guard let wanted = call.ints(sizes) else { return nil }
                guard let known = ShapeRules.exact(wanted), let own = call.exact(x) else { return wanted.map { $0 == -1 ? nil : $0 } }
                return try ShapeRules.reshaped(own, to: known)
            }, terms: ["view", "flatten", "unflatten"],
            examples: [.init("reshape(arange(4), [2, -1])", shows: "tensor[2, 2] [[0.0, 1.0], [2.0, 3.0]]")],
            seeAlso: ["transpose", "permute"],
            run: { call in
                let given = try call[x]
                return given.reshaped(try ShapeRules.reshaped(given.shape, to: call[sizes]))
            }),
        row(
            "transpose", "Two axes exchanged, the last two where none are named.", [x, one, other],
            result: .tensor { call in
                guard var shape = call.exact(x) else { return nil }
                if shape.count < 2, !call.has(one) { return shape }
                guard let first = try call.axis(one, of: shape), let second = try call.axis(other, of: shape) else { return nil }
                shape.swapAt(first, second)
                return shape
            }, terms: ["swap", "T"],
            examples: [.init("transpose([[1, 2], [3, 4]])", shows: "tensor[2, 2] [[1.0, 3.0], [2.0, 4.0]]")], seeAlso: ["permute"],
            run: { call in
                let given = try call[x]
                if given.shape.count < 2, !call.has(one) { return given }
                var order = Array(given.shape.indices)
                order.swapAt(try call.axis(one, of: given.shape), try call.axis(other, of: given.shape))
                return given.permuted(order)
            }),
        row(
            "permute", "All axes in a new order.", [x, order],
            result: .tensor { call in
                guard let own = call.exact(x), let axes = ShapeRules.exact(call.ints(order)) else { return nil }
                return try ShapeRules.permutation(axes, of: own).map { own[$0] }
            }, terms: ["transpose", "channels", "order"],
            examples: [.init("shape(permute(zeros([1, 4, 5, 3]), [0, 3, 1, 2]))", shows: "[1, 3, 4, 5]")],
            run: { call in
                let given = try call[x]
                return given.permuted(try ShapeRules.permutation(call[order], of: given.shape))
            }),
        row(
            "concat", "Tensors one behind another along an axis; their other sizes are equal.", [parts, growing],
            result: .tensor { call in
                guard let shapes = try pieces(call), let axis = call.int(growing) else { return nil }
                return try ShapeRules.joined(shapes, axis: axis).shape
            }, terms: ["cat", "join", "append", "batch"], examples: [.init("concat([[1, 2], [3]])", shows: "tensor[3] [1.0, 2.0, 3.0]")],
            seeAlso: ["stack"],
            run: { call in
                let parts = try pieces(call)
                let (shape, axis) = try ShapeRules.joined(parts.map(\.shape), axis: call[growing])
                try TensorLimit.check(shape)
                return Variable.concatenated(parts, axis: axis)
            }),
        row(
            "stack", "Tensors of one shape side by side along a new axis.", [parts, new],
            result: .tensor { call in
                guard let shapes = try pieces(call) else { return nil }
                try ShapeRules.same(shapes, except: nil)
                return try call.int(new).map { try ShapeRules.stacked(shapes[0], axis: $0, size: shapes.count).shape }
            }, terms: ["batch", "join"],
            examples: [.init("stack([[1, 2], [3, 4]])", shows: "tensor[2, 2] [[1.0, 2.0], [3.0, 4.0]]")],
            run: { call in
                let parts = try pieces(call)
                try ShapeRules.same(parts.map(\.shape), except: nil)
                let (shape, axis) = try ShapeRules.stacked(parts[0].shape, axis: call[new], size: 1)
                try TensorLimit.check(shape + [parts.count])
                return Variable.concatenated(parts.map { $0.reshaped(shape) }, axis: axis)
            }),
        row(
            "detach", "The same numbers, cut off from how they were computed: no gradient goes through.", [x],
            result: .tensor { $0.shape(x) }, terms: ["gradient", "stop", "constant"],
            examples: [.init("detach(ones([2]))", shows: "tensor[2] [1.0, 1.0]")], run: { try $0[x].detached }),
        Builtin(
            "resize", family: .tensors,
            summary: "A mask, map, latents or image in another size; a mask resized to latents fits them.",
            parameters: [shown, size, filter],
            result: "as x; a mask resized to latents [.., H, W, C] becomes a tensor [H, W, 1]",
            terms: ["interpolate", "scale", "upsample", "downsample", "shrink"],
            examples: [
                .init("resize(box([0, 0], [8, 16], [16, 16]), [4, 4]).size", shows: "[4, 4]"),
                .init("shape(resize(box([0, 0], [8, 16], [16, 16]), zeros([1, 8, 8, 4])))", shows: "[8, 8, 1]"),
                .init("resize([[0, 1]], [1, 4], filter=\"bilinear\")", shows: "tensor[1, 4] [[0.0, 0.25, 0.75, 1.0]]"),
            ], seeAlso: ["crop", "flip"], run: resize),
    ]

    /// Returns the call's `tensors`. Throws `.badArgument` where there are none.
    private static func pieces(_ call: Call) throws -> [Variable] {
        let pieces = try call[parts].map(TensorReading.variable)
        guard !pieces.isEmpty else { throw nothing(call.builtin) }
        return pieces
    }

    /// Returns the shapes of the call's `tensors`, nil where one is not known. Throws `.badArgument` where there are none.
    private static func pieces(_ call: StaticCall) throws -> [[Int]]? {
        guard case .list(let items) = call.type(parts) else { return nil }
        guard !items.isEmpty else { throw nothing(call.builtin) }
        let shapes = items.compactMap { ShapeRules.exact(StaticReading.shape($0)) }
        return shapes.count == items.count ? shapes : nil
    }

    private static func nothing(_ builtin: Builtin) -> Problem {
        Problem(.badArgument, "\(builtin.name) of no tensors", argument: parts.name, label: "this is empty")
    }

    /// Runs `resize`: masks stay masks unless the target is a tensor of three or more axes, images stay images, and all else is resized as
    /// a tensor. Throws `.notAllowed` for a filter that the value does not have.
    @Sendable private static func resize(_ call: Call) throws -> Value {
        let (value, target, word) = try (call[shown], call[size], call[filter])
        let method = word.flatMap { Resample(rawValue: $0) }
        let isMaximum = word != nil && method == nil
        if let mask = value.host(as: MaskValue.self)?.mask {
            let small = try call.mapped(shown) {
                isMaximum
                    ? try Mask(try PreparedScene.downsample(mask, to: target, .max)) : try mask.resized(to: target, method ?? .nearest)
            }
            let isForLatents = try call.value(size).host(as: TensorValue.self).map { $0.shape.count >= 3 } ?? false
            return isForLatents ? .tensor(Tensor(small).reshaped([target.height, target.width, 1])) : .mask(small)
        }
        if isMaximum {
            throw Problem(.notAllowed, "resize knows max for masks", argument: filter.name, label: "the first argument is no mask")
        }
        if let image = value.host(as: ImageValue.self)?.image {
            return .host(Provenance.derived(try call.mapped(shown) { try image.resized(to: target, method ?? .lanczos) }, call))
        }
        guard let interpolation = Interpolation(method ?? .nearest) else {
            throw Problem(
                .notAllowed, "resize knows nearest and bilinear for tensors", argument: filter.name, label: "for masks and images only")
        }
        let given = try Variable.read(value, call, shown.name)
        guard (2...4).contains(given.shape.count), given.value.count > 0 else {
            throw Problem(
                .badArgument, "resize takes tensors [H, W], [H, W, C] or [N, H, W, C]", argument: shown.name,
                label: Shape.text(given.shape))
        }
        let place = given.shape.count == 4 ? 1 : 0
        try TensorLimit.check([given.value.count / (given.shape[place] * given.shape[place + 1]), target.width, target.height])
        return .tensor(interpolation.resize(given, height: target.height, width: target.width))
    }
}
