import Autograd
import Language
import Tensors

extension TensorCommands {
    private static let source = Key<Variable>("value", doc: "What becomes a tensor; lists become axes.")
    private static let shape = Key<[Int]>(oneOrMore: "shape", doc: "The sizes from the outermost axis in.")
    private static let number = Key<Double>("value", doc: "The number.")
    private static let start = Key<Double>("start", doc: "The first; alone it is the end, and the start is 0.")
    private static let end = Key<Double?>("end", doc: "Left out of the result.")
    private static let step = Key<Double>("step", default: 1, doc: "The distance, not 0; negative counts down.")
    private static let first = Key<Double>("start", doc: "The first.")
    private static let last = Key<Double>("end", doc: "The last.")
    private static let count = Key<Int>("n", range: 1...10_000_000, doc: "How many.")

    /// The result of the rows with a shape.
    private static let sized = ResultType.tensor { call in
        let sizes = call.ints(shape)
        return try ShapeRules.exact(sizes).map { try ShapeRules.new($0, shape.name, command: call.builtin.name) } ?? sizes
    }

    /// The rows that make tensors of numbers, lists and shapes.
    static let creation: [Builtin] = [
        row(
            "tensor", "A tensor of numbers: a number, nested lists, a mask [H, W] or an image [1, H, W, 3] in -1…1.", [source],
            result: .tensor { $0.shape(source) }, terms: ["array", "numpy", "convert"],
            examples: [
                .init("tensor([[1, 2], [3, 4]])", shows: "tensor[2, 2] [[1.0, 2.0], [3.0, 4.0]]"),
                .init("tensor(box([0, 0], [2, 1], [2, 2]))", shows: "tensor[2, 2] [[1.0, 1.0], [0.0, 0.0]]"),
            ], seeAlso: ["zeros", "ones", "full"], run: { try $0[source] }),
        row(
            "zeros", "A tensor of zeros.", [shape], result: sized, terms: ["empty", "fill"],
            examples: [.init("zeros([2, 2])", shows: "tensor[2, 2] [[0.0, 0.0], [0.0, 0.0]]")], seeAlso: ["ones", "full"],
            run: { Variable(Tensor.zeros(try $0.shape(shape))) }),
        row(
            "ones", "A tensor of ones.", [shape], result: sized, terms: ["fill"],
            examples: [.init("ones(3)", shows: "tensor[3] [1.0, 1.0, 1.0]")], seeAlso: ["full"],
            run: { Variable(Tensor(repeating: 1, shape: try $0.shape(shape))) }),
        row(
            "full", "A tensor of one number all over.", [shape, number], result: sized, terms: ["fill", "constant"],
            examples: [.init("full([3], 0.5)", shows: "tensor[3] [0.5, 0.5, 0.5]")],
            run: { Variable(Tensor(repeating: Float(try $0[number]), shape: try $0.shape(shape))) }),
        row(
            "arange", "Numbers in even steps from start up to end, without the end.", [start, end, step], result: .tensor { _ in [nil] },
            terms: ["range", "count", "sequence"],
            examples: [
                .init("arange(4)", shows: "tensor[4] [0.0, 1.0, 2.0, 3.0]"),
                .init("arange(1, 0, -0.25)", shows: "tensor[4] [1.0, 0.75, 0.5, 0.25]"),
            ], seeAlso: ["linspace", "range"], run: arange),
        row(
            "linspace", "Evenly spaced numbers from start to end, both included.", [first, last, count],
            result: .tensor { [$0.int(count)] }, terms: ["range", "spaced", "sequence"],
            examples: [.init("linspace(0, 1, 5)", shows: "tensor[5] [0.0, 0.25, 0.5, 0.75, 1.0]")], seeAlso: ["range"],
            run: { call in
                let (from, to, n) = try (call[first], call[last], call[count])
                return Variable(spaced(n, from: from, n > 1 ? (to - from) / Double(n - 1) : 0))
            }),
    ]

    /// Returns `n` numbers from `start` on, `step` apart; they are computed in double precision.
    private static func spaced(_ n: Int, from start: Double, _ step: Double) -> Tensor {
        Tensor.make([n]) { out in
            guard let out = out.baseAddress else { return }
            Parallel.pieces(n, costs: 16) { part in
                for i in part { out[i] = Float(start + Double(i) * step) }
            }
        }
    }

    /// Runs `arange`. Throws `.badArgument` for a step of 0 and `.tooManyBytes`.
    @Sendable private static func arange(_ call: Call) throws -> Variable {
        let (given, distance) = (try call[start], try call[step])
        let (from, to) = try call[end].map { (given, $0) } ?? (0, given)
        guard distance != 0 else { throw Problem(.badArgument, "arange: the step cannot be 0", argument: step.name) }
        let count = ((to - from) / distance).rounded(.up)
        guard count < 1e12 else { throw Problem(.tooManyBytes, "arange would make \(count) numbers") }
        let n = count > 0 ? Int(count) : 0
        try TensorLimit.check([n])
        return Variable(spaced(n, from: from, distance))
    }

    private static let seed = Key<Int>("value", doc: "The seed; a session begins with 0.")
    private static let scope = Key<String>(
        "scope", default: "", doc: "Scopes of a seed draw different numbers; phase two draws in the scope \"phase 2\".", keywordOnly: true)

    /// The rows that draw random numbers, set the seed and open `no_grad`.
    static let random: [Builtin] = [
        row(
            "randn", "Standard normal random numbers, the noise of diffusion.", [shape, SeedState.key], result: sized,
            terms: ["random", "noise", "gaussian", "latents", "sample"],
            examples: [
                .init("shape(randn([1, 16, 16, 8], seed=4))", shows: "[1, 16, 16, 8]"),
                .init("allclose(randn([3], seed=1), randn([3], seed=1))", shows: "true"),
            ], seeAlso: ["rand", "seed"], run: { Variable(try SeedState.draw($0, stream: "randn").normal(try $0.shape(shape))) }),
        row(
            "rand", "Random numbers spread evenly over 0…1, without the 1.", [shape, SeedState.key], result: sized,
            terms: ["random", "uniform", "sample"], examples: [.init("max(rand([100], seed=1)) < 1", shows: "true")], seeAlso: ["seed"],
            run: { Variable(try SeedState.draw($0, stream: "rand").uniform(try $0.shape(shape))) }),
        Builtin(
            "seed", family: .randomness, summary: "Seeds what is drawn without a seed of its own, for a block: with seed(7) { … }.",
            parameters: [seed, scope], result: "none; outside of with, the seed holds from here on",
            terms: ["random", "reproducible", "deterministic"],
            examples: [.init("a = with seed(7) { randn([2]) }\nb = with seed(7) { randn([2]) }\nallclose(a, b)", shows: "true")],
            randomness: .seeds,
            scope: { call in
                let (before, context) = (call.context[SeedState.self], call.context)
                context[SeedState.self] = RandomState(seed: try call[seed], scope: try call[scope])
                return { context[SeedState.self] = before }
            },
            run: { call in
                call.context[SeedState.self] = RandomState(seed: try call[seed], scope: try call[scope])
                return .none
            }),
        Builtin(
            "no_grad", family: .randomness, summary: "A block in which nothing is kept for gradients: with no_grad { … }.", result: .none,
            terms: ["gradient", "detach", "inference", "memory"],
            examples: [.init("with no_grad { sum(ones([3])) }", shows: "3.0")], seeAlso: ["detach"],
            scope: { call in GradientMode.switchOff(call.context) },
            run: { _ in throw Problem(.badArgument, "no_grad begins a block", help: "with no_grad { … }") }),
    ]
}
