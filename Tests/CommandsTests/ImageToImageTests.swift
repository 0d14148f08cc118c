import Testing

@testable import Commands

/// `generate(…, image=, strength=)`.
@Suite(.serialized) struct ImageToImageTests {
    private static func bench() -> Workbench {
        let bench = Workbench()
        bench.run(
            "base = load_model(\"collage\"); photo = load_scene(\"mug_rose\")\nfn again(strength, seed = 1, steps = 8) { generate(base, \"a photo of a flower\", image=photo, strength=strength, steps=steps, seed=seed) }"
        )
        return bench
    }

    /// 0 is the photo through the autoencoder; the more strength, the further from it; 1 hardly depends on it.
    @Test func strengthGoesFromThePhotoToAnother() {
        let bench = Self.bench()
        #expect(bench.isTrue("again(0) == decode(base, encode(base, photo, sampled=false))"))
        #expect(bench.isTrue("again(0.1) == again(0)"))  // int(8 · 0.1) steps are none
        let likeness = bench.numbers("[psnr(again(s), photo) for s in [0, 0.25, 0.5, 1]]")
        #expect(likeness.count == 4 && zip(likeness, likeness.dropFirst()).allSatisfy { $0 > $1 }, "\(likeness)")
        bench.run("free = generate(base, \"a photo of a flower\", steps=8, seed=1)")
        #expect(bench.isTrue("again(1) != again(1, seed=2) and again(1) == again(1)"))
        #expect(bench.isTrue("psnr(again(1), free) > psnr(again(0.5), free)"))
    }

    /// The same picture as the language's own loop over the last steps, from the noise of the seed.
    @Test func theLanguageDrawsTheSame() {
        let bench = Self.bench()
        bench.run(
            """
            s = ddim(base, steps=8)
            z = encode(base, photo, sampled=false)
            n = randn(z.shape, seed=5)
            x = s.add_noise(z, n, s.timesteps[4])
            for t in s.timesteps[4:] { x = step(s, guided_noise(base, x, t, "a photo of a flower", 3), t, x) }
            ours = decode(base, x)
            """)
        #expect(bench.number("psnr(ours, generate(base, \"a photo of a flower\", image=photo, strength=0.5, steps=8, latents=n))") > 60)
    }

    /// Every scheduler begins in the middle, with several pictures of their own noise each.
    @Test(arguments: ["ddim", "ddpm", "pndm", "euler", "euler_ancestral", "dpmsolver++"]) func everySchedulerBeginsInTheMiddle(
        _ name: String
    ) {
        let bench = Self.bench()
        bench.run("both = generate(base, \"a dog\", image=photo, strength=0.5, scheduler=\"\(name)\", steps=4, n=2, seed=3)")
        #expect(
            bench.isTrue(
                "both[0] != both[1] and both[1] == generate(base, \"a dog\", image=photo, strength=0.5, scheduler=\"\(name)\", steps=4, seed=4)"
            ))
        #expect(bench.number("psnr(both[0], photo)") > 8)
    }

    @Test func thePictureIsBroughtToTheSize() {
        let bench = Self.bench()
        bench.run("wide = load_image(\"stdlib/scenes/toys/img.jpg\") |> crop([0, 0], [512, 256])")
        #expect(
            bench.isTrue(
                "generate(base, \"toys\", image=wide, strength=0, steps=2) == decode(base, encode(base, resize(crop(wide, [128, 0], [384, 256]), [128, 128]), sampled=false))"
            ))
        #expect(bench.text("generate(base, \"toys\", image=wide, strength=0.5, steps=2, size=[64, 128]).size") == "[64, 128]")
        #expect(bench.text("generate(base, \"toys\", image=wide, strength=0.5, steps=2).metadata.strength") == "0.5")
    }

    @Test(arguments: [
        ("generate(base, \"a\", strength=0.5)", "E0213: generate: strength is how far a picture is noised, and there is none"),
        ("generate(base, \"a\", image=photo, strength=1.5)", "E0208"), ("generate(base, \"a\", image=photo, strength=-0.1)", "E0208"),
        ("generate(base, \"a\", image=\"p.png\")", "E0207"),
    ])
    func mistakes(_ code: String, _ expected: String) {
        let result = Programs.run("base = load_model(\"collage\"); photo = load_scene(\"mug_rose\")\n" + code, table: CommandTable.all)
        let text = "\(result.code?.rawValue ?? ""): \(result.first?.message ?? "")"
        #expect(text.hasPrefix(expected), "\(text)")
    }
}
