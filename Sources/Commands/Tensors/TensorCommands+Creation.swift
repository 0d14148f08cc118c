import Autograd
import Language
import Tensors

extension TensorCommands {
    /// The rows that make tensors of numbers, lists and shapes.
    static let creation: [Builtin] = [
        row(
            "tensor",
            "A tensor of numbers: a number, nested lists, a mask [H, W] or an image [1, H, W, 3] in -1…1.",
            [Parameter("value", Accepts.tensor, doc: "What becomes a tensor; lists become axes.")],
            terms: ["array", "numpy", "convert"],
            examples: [
                .init("tensor([[1, 2], [3, 4]])", shows: "tensor[2, 2] [[1.0, 2.0], [3.0, 4.0]]"),
                .init("tensor(box([0, 0], [2, 1], [2, 2]))", shows: "tensor[2, 2] [[1.0, 1.0], [0.0, 0.0]]"),
            ], run: { try $0.variable("value") }),
        row(
            "zeros", "A tensor of zeros.", [shape], terms: ["empty", "fill"],
            examples: [.init("zeros([2, 2])", shows: "tensor[2, 2] [[0.0, 0.0], [0.0, 0.0]]")],
            run: { Variable(Tensor.zeros(try $0.shape("shape"))) }),
        row(
            "ones", "A tensor of ones.", [shape], terms: ["fill"],
            examples: [.init("ones(3)", shows: "tensor[3] [1.0, 1.0, 1.0]")],
            run: { Variable(Tensor(repeating: 1, shape: try $0.shape("shape"))) }),
        row(
            "full", "A tensor of one number all over.",
            [shape, Parameter("value", .number, doc: "The number.")], terms: ["fill", "constant"],
            examples: [.init("full([3], 0.5)", shows: "tensor[3] [0.5, 0.5, 0.5]")],
            run: { Variable(Tensor(repeating: Float(try $0.double("value")), shape: try $0.shape("shape"))) }),
        row(
            "arange", "Numbers in even steps from start up to end, without the end.",
            [
                Parameter("start", .number, doc: "The first; alone it is the end, and the start is 0."),
                Parameter("end", .number, doc: "Left out of the result.", optional: true),
                Parameter("step", .number, default: 1, doc: "The distance, not 0; negative counts down."),
            ],
            terms: ["range", "count", "sequence"],
            examples: [
                .init("arange(4)", shows: "tensor[4] [0.0, 1.0, 2.0, 3.0]"),
                .init("arange(1, 0, -0.25)", shows: "tensor[4] [1.0, 0.75, 0.5, 0.25]"),
            ], run: arange),
        row(
            "linspace", "Evenly spaced numbers from start to end, both included.",
            [
                Parameter("start", .number, doc: "The first."), Parameter("end", .number, doc: "The last."),
                Parameter("n", .int, range: 1...10_000_000, doc: "How many."),
            ],
            terms: ["range", "spaced", "sequence"],
            examples: [.init("linspace(0, 1, 5)", shows: "tensor[5] [0.0, 0.25, 0.5, 0.75, 1.0]")],
            run: { call in
                let (start, end, n) = (try call.double("start"), try call.double("end"), try call.int("n"))
                let step = n > 1 ? (end - start) / Double(n - 1) : 0
                return Variable(spaced(n, from: start, step))
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
        let first = try call.double("start")
        let (start, end) = call.optional("end") == nil ? (0, first) : (first, try call.double("end"))
        let step = try call.double("step")
        guard step != 0 else {
            throw Problem(.badArgument, "arange: the step cannot be 0", argument: "step")
        }
        let count = ((end - start) / step).rounded(.up)
        guard count < 1e12 else { throw Problem(.tooManyBytes, "arange would make \(count) numbers") }
        let n = count > 0 ? Int(count) : 0
        try TensorLimit.check([n])
        return Variable(spaced(n, from: start, step))
    }

    /// The rows that draw random numbers, set the seed and open `no_grad`.
    static let random: [Builtin] = [
        row(
            "randn", "Standard normal random numbers, the noise of diffusion.", [shape, SeedState.parameter],
            terms: ["random", "noise", "gaussian", "latents", "sample"],
            examples: [
                .init("shape(randn([1, 16, 16, 8], seed=4))", shows: "[1, 16, 16, 8]"),
                .init("allclose(randn([3], seed=1), randn([3], seed=1))", shows: "true"),
            ],
            run: { Variable(try SeedState.draw($0, stream: "randn").normal(try $0.shape("shape"))) }),
        row(
            "rand", "Random numbers spread evenly over 0…1, without the 1.", [shape, SeedState.parameter],
            terms: ["random", "uniform", "sample"],
            examples: [.init("max(rand([100], seed=1)) < 1", shows: "true")],
            run: { Variable(try SeedState.draw($0, stream: "rand").uniform(try $0.shape("shape"))) }),
        Builtin(
            "seed", family: "randomness",
            summary: "Seeds what is drawn without a seed of its own, for a block: with seed(7) { … }.",
            parameters: [
                Parameter("value", .int, doc: "The seed; a session begins with 0."),
                Parameter(
                    "scope", .string, default: "",
                    doc: "Scopes of a seed draw different numbers; phase two draws in the scope \"phase 2\".",
                    keywordOnly: true),
            ],
            result: "none; outside of with, the seed holds from here on",
            terms: ["random", "reproducible", "deterministic"],
            examples: [
                .init(
                    "a = with seed(7) { randn([2]) }\nb = with seed(7) { randn([2]) }\nallclose(a, b)",
                    shows: "true")
            ],
            scope: { call in
                let (before, context) = (call.context[SeedState.self], call.context)
                context[SeedState.self] = RandomState(seed: try call.int("value"), scope: try call.string("scope"))
                return { context[SeedState.self] = before }
            },
            run: { call in
                call.context[SeedState.self] = RandomState(seed: try call.int("value"), scope: try call.string("scope"))
                return .none
            }),
        Builtin(
            "no_grad", family: "randomness",
            summary: "A block in which nothing is kept for gradients: with no_grad { … }.",
            result: "none", terms: ["gradient", "detach", "inference", "memory"],
            examples: [.init("with no_grad { sum(ones([3])) }", shows: "3.0")],
            scope: { call in GradientMode.switchOff(call.context) },
            run: { _ in
                throw Problem(.badArgument, "no_grad begins a block", help: "with no_grad { … }")
            }),
    ]
}
