import Language
import Testing

@testable import Commands

/// `grad`, `adamw` and `update` act on the handles and parameters that they are given, and on nothing else; gradients and
/// optimizers are values that can be looked into.
@Suite(.serialized) struct NamedGradientTests {
    private static let setting = """
        base = load_model("collage")
        m = add_handles(base, 2, init=["dish", "flower"], seed=1)
        a, b = m.handles
        z = randn([1, 16, 16, 8], seed=1)
        fn loss_of(model, handle, t) { mean(predict_noise(model, z, t, "a photo of {handle}").noise ** 2) }
        l = loss_of(m, a, 400)
        both = mean(predict_noise(m, z, 400, "a photo of {a} and {b}").noise ** 2)
        fn moved(x, y) { [norm(p.embedding - q.embedding) for p, q in zip(x.handles, y.handles)] }
        """

    private nonisolated(unsafe) static let shared: Workbench = {
        let bench = Workbench()
        bench.run(setting)
        return bench
    }()

    private static func problem(_ source: String) -> String {
        let found = shared.session.run(source: source).diagnostics.first { $0.severity == .error }
        return found.map { ([$0.code.rawValue, $0.message] + $0.labels.map(\.text) + $0.notes + [$0.help ?? ""]).joined(separator: " | ") }
            ?? "nothing"
    }

    @Test func onlyTheNamedHandleIsDifferentiated() {
        let bench = Self.shared
        #expect(bench.number("grad(l, [a]).norm") > 1e-4)
        #expect(bench.number("grad(l, [b]).norm") == 0)
        #expect(bench.isTrue("grad(l, [a]).norm == grad(l, m.handles).norm and grad(l, a) == grad(l, [a])"))
        // Of a loss on both each has a part of the norm.
        #expect(
            bench.isTrue(
                "g = grad(both, m.handles); abs(grad(both, a).norm ** 2 + grad(both, b).norm ** 2 - g.norm ** 2) < 1e-6 * g.norm ** 2"))
        #expect(bench.isTrue("grad(both, b).norm > 1e-4 and grad(both, [b, a]).names == [\"<asset1>\", \"<asset0>\"]"))
    }

    @Test func onlyTheNamedHandleMoves() {
        let bench = Self.shared
        func moved(_ optimizer: String, _ gradients: String) -> [Double] {
            bench.numbers("n, o = update(m, \(optimizer), \(gradients)); moved(m, n)")
        }
        #expect(moved("adamw([b], lr=0.1, weight_decay=0)", "grad(l, [b])") == [0, 0])
        #expect(moved("adamw([b], lr=0.1, weight_decay=0)", "grad(l, m.handles)") == [0, 0])
        let one = moved("adamw([b], lr=0.1)", "grad(both, m.handles)")
        #expect(one[0] == 0 && one[1] > 0.1)
        let other = moved("adamw(m.handles, lr=0.1)", "grad(both, [a])")
        #expect(other[0] > 0.1 && other[1] == 0)
        // The handle that is not named keeps its moments too; both decay by the same where both are named.
        #expect(bench.isTrue("norm(o.first[b]) == 0 and norm(o.first[a]) > 0 and o.step == 1"))
        let decayed = moved("adamw(m.handles, lr=0.1, weight_decay=0.5)", "grad(l, m.handles)")
        #expect(decayed[0] > 0.1 && abs(decayed[1] - 0.05 * bench.number("norm(b.embedding)")) < 1e-5)
        // The rest of the model stays.
        #expect(bench.isTrue("len([r for r in diff(m, n) if not (\"handle\" in r.block)]) == 0"))
    }

    @Test func aHandleMovesAsItWouldAlone() {
        let bench = Self.shared
        bench.run(
            """
            fn train(names, steps) {
                n = m
                o = adamw([n.handles[i] for i in names], lr=0.01)
                for t in 1..steps {
                    g = grad(loss_of(n, n.handles[0], 100 * t), [n.handles[i] for i in names])
                    n, o = update(n, o, clip(g, norm=1e-3))
                }
                [n, o]
            }
            x, ox = train([0], 3)
            y, oy = train([1, 0], 3)
            """)
        #expect(bench.isTrue("norm(x.handles[0].embedding - y.handles[0].embedding) == 0 and norm(ox.second[a] - oy.second[a]) == 0"))
        #expect(bench.isTrue("norm(x.handles[1].embedding - b.embedding) == 0 and norm(y.handles[1].embedding - b.embedding) > 0"))
    }

    /// Along a direction, by differences of the loss.
    @Test func gradientsAreSlopes() {
        let bench = Self.shared
        bench.run(
            """
            d = randn([192], seed=3) / 14
            fn at(x, y) { float(mean(predict_noise(add_handles(base, {"<asset0>": x, "<asset1>": y}), z, 400, "a photo of <asset0> and <asset1>").noise ** 2)) }
            e = 0.02
            """)
        for (handle, low, high) in [
            ("a", "at(a.embedding - e * d, b.embedding)", "at(a.embedding + e * d, b.embedding)"),
            ("b", "at(a.embedding, b.embedding - e * d)", "at(a.embedding, b.embedding + e * d)"),
        ] {
            let slope = bench.number("(\(high) - \(low)) / (2 * e)")
            let gradient = bench.number("float(dot(grad(both, m.handles)[\(handle)], d))")
            #expect(abs(slope) > 1e-4 && abs(gradient - slope) < 0.02 * abs(slope), "\(handle): \(gradient), \(slope)")
        }
    }

    @Test func gradientsAreChosenByName() {
        let bench = Self.shared
        bench.run("k = require_grad(base, \"all\"); g = grad(mean(predict_noise(k, z, 400, \"a dog\").noise ** 2), k.parameters)")
        #expect(bench.isTrue("g[\"unet.conv_in.weight\"].shape == [192, 3, 3, 8] or g[\"unet.conv_in.weight\"].ndim == 4"))
        #expect(bench.isTrue("all([\"unet.conv_in.\" in n for n in g[\"unet.conv_in\"].names]) and len(g[\"unet.conv_in\"].names) == 2"))
        #expect(bench.isTrue("p = g[\"unet.down_blocks.0\"]; p.norm > 0 and p.norm < g[\"unet\"].norm and g[\"unet\"].norm < g.norm"))
        #expect(bench.isTrue("norm(g[\"unet.conv_in\"]) == norm(concat([reshape(x, [-1]) for x in g[\"unet.conv_in\"]]))"))
        #expect(bench.isTrue("\"unet.conv_in.weight\" in g and not (\"unet\" in g)"))
        // A part of the parameters is differentiated and moved alone.
        #expect(
            bench.isTrue(
                "h = grad(mean(predict_noise(k, z, 400, \"a dog\").noise ** 2), k.parameters[\"unet.conv_in\"]); h == g[\"unet.conv_in\"]"))
        bench.run("q, o = update(k, adamw(k.parameters[\"unet.conv_in\"], lr=1e-3), g)")
        #expect(bench.text("[r.block for r in diff(k, q)]") == "[\"unet.conv_in\"]")
        #expect(bench.text("o.names") == "[\"unet.conv_in.weight\", \"unet.conv_in.bias\"]")
        #expect(bench.isTrue("max(abs(o.first[\"unet.conv_in.weight\"] - 0.1 * g[\"unet.conv_in.weight\"])) < 1e-6"))
        #expect(bench.isTrue("[o.lr, o.beta1, o.beta2, o.eps, o.weight_decay, o.step] == [1e-3, 0.9, 0.999, 1e-8, 1e-2, 1]"))
    }

    @Test func gradientsAreAddedScaledAndCompared() {
        let bench = Self.shared
        bench.run("g = grad(l, m.handles); h = grad(both, m.handles); s = grad(l + 2 * both, m.handles)")
        #expect(bench.isTrue("norm(g + 2 * h - s) < 1e-5 * s.norm and (g + 2 * h).names == s.names"))
        #expect(
            bench.isTrue(
                "-g == g * -1 and g / 2 == 0.5 * g and abs((3 * g).norm - 3 * g.norm) < 1e-9 and g != h and g == grad(l, m.handles)"))
        #expect(bench.isTrue("abs(cosine(g, 3 * g) - 1) < 1e-5 and abs(cosine(g, h) - dot(g, h) / (g.norm * h.norm)) < 1e-5"))
        #expect(bench.isTrue("tensor(g).shape == [384] and norm(tensor(g)[:192] - g[a]) == 0 and len(g) == 2 and a in g"))
        // Scaled or clipped, they move the model by what they are.
        #expect(
            bench.isTrue(
                "c = clip(g, norm=g.norm / 4); max(abs(c[a] * 4 - g[a])) < 1e-4 * g.norm and abs(c.norm * 4 - g.norm) < 1e-4 * g.norm"))
        #expect(bench.isTrue("x, o = update(m, adamw(m.handles, lr=0.1, eps=1), 0.5 * g); max(abs(o.first[a] - 0.05 * g[a])) < 1e-7"))
    }

    @Test(arguments: [
        ("grad(l, [a, a])", "<asset0> is named twice"),
        ("adamw([b, b], lr=1)", "<asset1> is named twice"),
        ("o = add_handles(base, 2, seed=9); grad(l, [a, o.handles[1]])", "handles of different models"),
        ("o = add_handles(base, 2, seed=9); adamw([a, o.handles[1]], lr=1)", "handles of different models"),
        ("grad(l, [])", "no handle to differentiate with respect to"),
        ("update(m, adamw([b], lr=1), grad(l, [a]))", "the optimizer moves <asset1> | the gradients are of <asset0>"),
        ("grad(l, [a])[b]", "these gradients are not of <asset1> | gradients |  | they are of <asset0>"),
        ("grad(l, [a])[0]", "indexed by a handle or by a name"),
        ("grad(l, [a])[\"<asset>\"]", "did you mean \"<asset0>\"?"),
        ("grad(l, [a]) + grad(l, [b])", "of different things | of <asset0> | of <asset1>"),
        ("cosine(grad(l, [a]), grad(both, [b]))", "these are of different things | of <asset1>; the other of <asset0>"),
        ("dot(grad(l, [a]), grad(both, [b]))", "these are of different things"),
        ("m.parameters[\"unet.conv_inn\"]", "no parameter and no layer \"unet.conv_inn\""),
        ("m.parameters[0]", "parameters are chosen by a name"),
        ("grad(l, m.parameters[\"unet.conv_in\"])", "depends on no parameter"),
        ("adamw(m.parameters[\"unet.conv_in\"], lr=1)", "takes a gradient"),
    ])
    func mistakesAreTold(_ code: String, _ words: String) {
        #expect(Self.problem(code).contains(words), "\(Self.problem(code))")
    }
}
