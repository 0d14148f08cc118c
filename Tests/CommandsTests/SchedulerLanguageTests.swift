import Diffusion
import Testing

@testable import Commands

/// A loop in the language draws what generate draws, with every scheduler.
@Suite(.serialized) struct SchedulerLanguageTests {
    private static let setting = """
        m = load_model("collage")
        p = "a photo of a ball at the beach"
        start = randn([1, ..m.latent_shape], seed=4)
        fn draw(scheduler) {
            x = start * scheduler.init_noise_sigma
            for t in scheduler.timesteps {
                noise = guided_noise(m, scheduler.scale_model_input(x, t), t, p, 3)
                x, scheduler = advance(scheduler, noise, t, x, seed=7)
            }
            decode(m, x)
        }
        """

    @Test(arguments: [
        ("ddim(m, steps=4)", "\"ddim\""), ("ddpm(m, steps=4)", "\"ddpm\""), ("pndm(m, steps=4)", "\"pndm\""),
        ("euler(m, steps=4)", "\"euler\""),
        ("euler_ancestral(m, steps=4)", "\"euler_ancestral\""), ("dpmsolver(m, steps=4)", "\"dpmsolver++\""),
        ("euler(m, steps=4, settings={use_karras_sigmas: true})", "euler(m, steps=4, settings={use_karras_sigmas: true})"),
        ("pndm(m, steps=4, settings={skip_prk_steps: false})", "pndm(m, steps=4, settings={skip_prk_steps: false})"),
    ])
    func aLoopDrawsWhatGenerateDraws(_ scheduler: String, _ name: String) {
        let bench = Workbench()
        bench.run(Self.setting)
        let steps = name.hasPrefix("\"") ? ", steps=4" : ""
        #expect(bench.number("psnr(draw(\(scheduler)), generate(m, p, scheduler=\(name)\(steps), guidance=3, latents=start, seed=7))") > 60)
    }

    @Test func schedulersAreValues() {
        let bench = Workbench()
        bench.run(Self.setting)
        bench.run("s = dpmsolver(m, steps=3); x, later = advance(s, start, s.next, start)")
        #expect(bench.isTrue("s.next == s.timesteps[0] and later.next == s.timesteps[1]"))
        #expect(
            bench.isTrue(
                "abs(euler(m, steps=3).init_noise_sigma - 1 / mean(ddim(m, steps=3).add_noise(ones([4]), zeros([4]), 667))) < 1e-3 and ddim(m).init_noise_sigma == 1"
            ))
        // As noisy as its samples are: signal 1 in Euler's, √ᾱ in the others'.
        #expect(bench.isTrue("abs(mean(euler(m, steps=3).add_noise(ones([4]), zeros([4]), 667)) - 1) < 1e-6"))
        #expect(bench.isTrue("mean(ddim(m, steps=3).add_noise(ones([4]), zeros([4]), 667)) < 0.5"))
        // The same seed gives the same noise, the session's next draw another.
        bench.run("a = euler_ancestral(m, steps=3); fn go() { step(a, start, a.next, start) }")
        #expect(bench.isTrue("max(abs(step(a, start, a.next, start, seed=1) - step(a, start, a.next, start, seed=1))) == 0"))
        #expect(bench.isTrue("max(abs(go() - go())) > 0"))
        #expect(bench.text("dpmsolver(m, steps=3)") == "dpmsolver++, 3 steps")
    }

    /// One row a scheduler is all that the language needs.
    @Test func everySchedulerHasItsCommand() {
        let names = Set(CommandTable.all.map(\.name))
        #expect(SchedulerRegistry.names.allSatisfy { names.contains(String($0.filter { $0 != "+" })) })
    }
}
