import Testing

@testable import Commands

/// `edit` in photos of any size.
@Suite(.serialized) struct EditTests {
    private static func bench() -> Workbench {
        let bench = Workbench()
        bench.run(
            """
            base = load_model("collage")
            toys = load_image("stdlib/scenes/toys/img.jpg")
            fn check_edit(photo, mask) {
                ## Whether nothing changed where the mask is 0 (an exact comparison), and something did inside.
                out = edit(base, photo, mask, "a photo of a dog", steps=3, seed=1)
                different = max(abs(tensor(out) - tensor(photo)), axis=-1)
                outside = tensor(mask) == 0
                [out.size == photo.size, max(different * outside), mean(different * (1 - outside)) > 0.001]
            }
            """)
        return bench
    }

    /// A square, wide and tall photo; masks with hard and soft edges, thin, at the border, and wider than the square.
    @Test(arguments: [
        ("toys", "ellipse([300, 200], [90, 60], toys.size)"), ("toys", "feather(ellipse([300, 200], [90, 60], toys.size), 9)"),
        ("crop(toys, [0, 100], [500, 377])", "ellipse([420, 140], [60, 100], [277, 500])"),
        ("crop(toys, [0, 100], [500, 377])", "box([0, 200], [500, 277], [277, 500])"),
        ("crop(toys, [50, 0], [250, 512])", "box([0, 440], [60, 512], [512, 200])"),
        ("crop(toys, [50, 0], [250, 512])", "box([90, 10], [93, 500], [512, 200])"),
    ])
    func outsideOfTheMaskNothingChanges(_ photo: String, _ mask: String) {
        #expect(Self.bench().text("check_edit(\(photo), \(mask))") == "[true, 0.0, true]", "\(photo) \(mask)")
    }

    /// The model draws in a square around the mask.
    @Test func theSquareIsAroundTheMask() {
        let bench = Self.bench()
        bench.run("wide = crop(toys, [0, 100], [500, 377]); mask = ellipse([420, 140], [50, 80], wide.size)")
        bench.run("square = crop(wide, [223, 0], [500, 277]); part = crop(mask, [223, 0], [500, 277])")
        #expect(
            bench.isTrue(
                "crop(edit(base, wide, mask, \"a dog\", steps=2), [223, 0], [500, 277]) == edit(base, square, part, \"a dog\", steps=2)"))
    }

    /// The seam lies inside of the mask, and of a thin mask something is left.
    @Test func aSeamInside() {
        let bench = Self.bench()
        bench.run("m = box([20, 20], [60, 60], [80, 80]); s = tensor(feather(m, 3, inside=true))")
        #expect(bench.text("[max(s * (1 - tensor(m))), s[40, 40], s[40, 20] < 0.5, s[40, 30] > 0.99]") == "[0.0, 1.0, true, true]")
        #expect(bench.text("max(tensor(feather(box([20, 20], [21, 60], [80, 80]), 3, inside=true)))") == "1.0")
        #expect(bench.isTrue("feather(m, 0, inside=true) == m"))
    }

    @Test func anEditSaysWhatItWasMadeFrom() {
        let bench = Self.bench()
        bench.run("out = edit(base, toys, ellipse([300, 200], 60, toys.size), \"a dog\", steps=2, seed=7)")
        #expect(
            bench.text(
                "[out.metadata.prompt, out.metadata.seed, out.metadata.model, out.metadata.model_hash == base.hash, out.metadata.steps]")
                == "[\"a dog\", \"7\", \"collage\", true, \"2\"]")
    }

    /// Several regions are one edit after the other, and picture i is that of seed + i.
    @Test func regionsFollowEachOther() {
        let bench = Self.bench()
        bench.run(
            """
            places = [ellipse([120, 300], [60, 60], toys.size), ellipse([380, 200], [70, 70], toys.size)]
            both = edit(base, toys, places, ["a dog", "a cat"], n=2, steps=2, seed=3)
            fn one_by_one(s) { edit(base, edit(base, toys, places[0], "a dog", steps=2, seed=s), places[1], "a cat", steps=2, seed=s) }
            """)
        #expect(bench.text("[len(both), psnr(both[0], one_by_one(3)) > 45, psnr(both[1], one_by_one(4)) > 45]") == "[2, true, true]")
        #expect(bench.text("[p.metadata.seed for p in both]") == "[\"3\", \"4\"]")
        #expect(bench.text("max(max(abs(tensor(both[1]) - tensor(toys)), axis=-1) * (tensor(places[0] | places[1]) == 0))") == "0.0")
    }

    @Test(arguments: ["ddim", "ddpm", "pndm", "euler", "euler_ancestral", "dpmsolver++"])
    func everySchedulerKeepsTheRest(_ scheduler: String) {
        let bench = Self.bench()
        bench.run("m = ellipse([300, 200], [90, 60], toys.size); out = edit(base, toys, m, \"a dog\", steps=4, scheduler=\"\(scheduler)\")")
        #expect(bench.text("max(max(abs(tensor(out) - tensor(toys)), axis=-1) * (tensor(m) == 0))") == "0.0")
        #expect(bench.text("out.metadata.scheduler") == scheduler)
    }

    @Test func negativeAndGuidanceCount() {
        let bench = Self.bench()
        bench.run(
            "m = ellipse([300, 200], [90, 60], toys.size)\nfn e(negative) { edit(base, toys, m, \"a dog\", steps=3, negative=negative) }")
        #expect(bench.isTrue("e(\"\") != e(\"a cat\")"))
        #expect(bench.isTrue("edit(base, toys, m, \"a dog\", steps=3, guidance=1) != e(\"\")"))
    }
}
