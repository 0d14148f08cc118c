import Language
import Testing

@testable import Commands

/// Handles belong to a scene by name: a model that has handles of several scenes pairs each with its own masks.
@Suite(.serialized) struct SceneHandleTests {
    private func bench(_ more: String = "") -> Workbench {
        let bench = Workbench()
        bench.run(
            """
            base = load_model("collage")
            toys = load_scene("toys")
            mug  = load_scene("mug_rose")
            fn moved(a, b, from, to) { max([norm(a.handles[i].embedding - b.handles[i].embedding) for i in from..<to]) }
            fn places(m) { [[h.scene, h.mask] for h in m.handles] }
            \(more)
            """)
        return bench
    }

    private let two = """
        both = add_handles(add_handles(base, toys, init=["fish", "duck", "ball"]), mug, init=["dish", "flower"])
        only = add_handles(base, mug, init=["dish", "flower"])
        """

    @Test func everyCommandTakesTheHandlesOfItsScene() {
        let bench = bench(two)
        #expect(bench.text("leakage(both, mug, timesteps=[500]).handles") == "[\"<asset3>\", \"<asset4>\"]")
        #expect(bench.isTrue("max(abs(leakage(both, mug, timesteps=[500]).shares - leakage(only, mug, timesteps=[500]).shares)) < 1e-6"))
        #expect(bench.text("leakage(both, toys, timesteps=[500]).handles") == "[\"<asset0>\", \"<asset1>\", \"<asset2>\"]")
        #expect(bench.text("[h.token for h in handles_of(both, mug)]") == "[\"<asset3>\", \"<asset4>\"]")
        bench.run("pick = with seed(1) { union_sample(both, mug, law=\"union\") }; same = with seed(1) { union_sample(only, mug) }")
        #expect(
            bench.isTrue(
                "pick.prompt in [\"a photo of <asset3>\", \"a photo of <asset4>\", \"a photo of <asset3> and <asset4>\", \"a photo of <asset4> and <asset3>\"]"
            ))
        bench.run(
            """
            fn loss(m, p) { item(attention_loss(predict_noise(m, 0.1 * ones([1, 16, 16, 8]), 500, p.prompt).attention, p)) }
            """)
        #expect(bench.isTrue("abs(loss(both, pick) - loss(only, same)) < 1e-6"))
        // The mask in the display of a handle's map is its own.
        let own = bench.run("attention(only, \"a photo of {only.handles[1]}\", image=mug, timesteps=[500])").value
        let its = bench.run("attention(both, \"a photo of {both.handles[4]}\", image=mug, timesteps=[500])").value
        func share(_ value: Value?) -> String? {
            value?.display(DisplayContext(wantsImages: false)).plain.split(separator: "\n").dropFirst().joined()
        }
        #expect(share(own)?.contains("inside its mask") == true)
        #expect(share(its) == share(own))
    }

    @Test func phaseOneOnAnotherSceneAddsHandlesAndLeavesTheOld() {
        let bench = bench(
            """
            first  = phase1(base, toys, init=["fish", "duck", "ball"], steps=2, prior_weight=0, seed=1)
            second = phase1(first, mug, init=["dish", "flower"], steps=2, prior_weight=0, seed=1)
            again  = phase1(second, toys, steps=2, prior_weight=0, seed=2)
            third  = phase2(second, mug, steps=1, lr=1e-3, weight_decay=1, prior_weight=0, seed=1)
            """)
        #expect(bench.text("places(second)") == "[[\"toys\", 0], [\"toys\", 1], [\"toys\", 2], [\"mug_rose\", 0], [\"mug_rose\", 1]]")
        #expect(bench.number("moved(first, second, 0, 3)") == 0)
        #expect(bench.isTrue("all([norm(h.embedding - h.start) > 0 for h in second.handles[3:5]])"))
        // The same scene again goes on with its own handles, and with these alone.
        #expect(bench.number("len(again.handles)") == 5)
        #expect(bench.number("moved(second, again, 0, 3)") > 0)
        #expect(bench.number("moved(second, again, 3, 5)") == 0)
        #expect(bench.number("moved(second, third, 0, 3)") == 0)
        #expect(bench.number("moved(second, third, 3, 5)") > 0)
        #expect(bench.run("second").value?.display(DisplayContext(width: 100)).plain.contains("<asset3> <asset4> of mug_rose") == true)
    }

    @Test func handlesWithoutASceneGoByTheirOrder() {
        let bench = bench(
            """
            free = add_handles(add_handles(base, toys), 2)
            """)
        #expect(bench.text("leakage(free, mug, timesteps=[500]).handles") == "[\"<asset3>\", \"<asset4>\"]")
        #expect(bench.text("places(phase1(free, mug, steps=1, prior_weight=0))[3:5]") == "[[\"mug_rose\", 0], [\"mug_rose\", 1]]")
        for wrong in [
            "leakage(add_handles(base, 3), mug)", "leakage(add_handles(base, toys), mug)",
            "union_sample(add_handles(base, 1), mug, seed=1)",
        ] {
            #expect(bench.session.run(source: wrong).diagnostics.first?.code == .modelMismatch, "\(wrong)")
        }
        #expect(bench.session.run(source: "add_handles(free, toys)").diagnostics.first?.message.contains("already") == true)
    }

    @Test func aSceneOfTheSameNameKeepsItsHandles() {
        let bench = bench(
            """
            m     = add_handles(base, mug)
            wider = scene(mug.image, [dilate(k, 5) for k in mug.masks], names=mug.names, title="mug_rose")
            other = scene(mug.image, [dilate(k, 5) for k in mug.masks])
            named = scene(mug.image, mug.masks)
            swapped = scene(mug.image, [mug.masks[1], mug.masks[0]], names=[mug.names[1], mug.names[0]], title="mug_rose")
            """)
        let byName = bench.session.run(source: "handles_of(m, wider)")
        #expect(byName.diagnostics.first?.severity == .warning)
        #expect(byName.diagnostics.first?.message.contains("by its name") == true)
        #expect(bench.session.run(source: "handles_of(m, other)").diagnostics.first?.code == .modelMismatch)
        // The same photo and masks are the same scene, whatever it is called.
        #expect(bench.run("handles_of(m, named)").diagnostics.isEmpty)
        #expect(
            bench.text(
                "[h.token for h in handles_of(add_handles(base, scene(mug.image, mug.masks, names=[\"a\", \"b\"], title=\"x\")), scene(mug.image, [mug.masks[1], mug.masks[0]], names=[\"b\", \"a\"], title=\"x\"))]"
            ) == "[\"<asset1>\", \"<asset0>\"]")
    }

    @Test func filesKeepTheScene() throws {
        try inTemporaryFolder { _ in
            let bench = bench(
                two + """

                    save_model(both, "m")
                    save_handles(both, "h")
                    save_result(both, "r.safetensors", base)
                    """)
            let expected = bench.text("places(both)")
            #expect(expected.contains("[\"mug_rose\", 1]"))
            #expect(bench.text("places(load_model(\"m\"))") == expected)
            #expect(bench.text("places(load_handles(\"h\", base))") == expected)
            #expect(bench.text("places(load_result(\"r.safetensors\", base))") == expected)
            bench.run(
                """
                a = phase1(both, mug, steps=4, prior_weight=0, seed=1)
                b = phase1(both, mug, steps=4, prior_weight=0, seed=1, checkpoint="c", checkpoint_every=1, until=2)
                """)
            #expect(bench.number("moved(a, resume(\"c\"), 0, 5)") < 1e-12)
            #expect(bench.text("places(resume(\"c\"))") == expected)
        }
    }

    @Test func mergeJoinsHandlesAndChanges() throws {
        let bench = bench(
            """
            a = phase2(phase1(base, toys, steps=1, prior_weight=0, seed=1), toys, steps=1, train="kv", lr=1e-3, prior_weight=0, seed=1)
            b = phase2(phase1(base, mug, steps=1, prior_weight=0, seed=2), mug, steps=1, train="lora", lr=1e-3, prior_weight=0, seed=2)
            m = merge(a, b)
            """)
        #expect(bench.text("places(m)") == bench.text("places(a) + places(b)"))
        #expect(bench.text("[h.token for h in m.handles]") == "[\"<asset0>\", \"<asset1>\", \"<asset2>\", \"<asset3>\", \"<asset4>\"]")
        #expect(bench.number("moved(a, m, 0, 3)") == 0)
        #expect(bench.number("max([norm(p.embedding - q.embedding) for p, q in zip(m.handles[3:5], b.handles)])") == 0)
        #expect(bench.number("len(leakage(m, mug, timesteps=[500]).handles)") == 2)
        // What merge(a, base) changes is nothing, in either order.
        #expect(bench.isTrue("merge(a, base) == a and merge(base, a).hash == a.hash"))
        // Handles that are the same in both stay one.
        #expect(bench.number("len(merge(a, phase2(a, toys, steps=0, prior_weight=0)).handles)") == 3)
        try inTemporaryFolder { _ in
            let wrong = bench.session.run(source: "save_model(a, \"merged\"); merge(load_model(\"merged\"), b)").diagnostics.first
            #expect(wrong?.message.contains("which base") == true)
        }
    }
}
