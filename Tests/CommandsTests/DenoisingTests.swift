import Figures
import Images
import Language
import Testing

@testable import Commands

/// `denoising`, with the embedded model.
@Suite(.serialized) struct DenoisingTests {
    private let start = "base = load_model(\"collage\")\np = \"a photo of a dog on the grass\"\n"

    private func session() -> Session {
        Session(builtins: CommandTable.all, options: SessionOptions(standardLibrary: [Programs.root + "/stdlib"]))
    }

    @Test func aDenoisingEndsInThePictureOfGenerate() throws {
        let session = session()
        func isTrue(_ source: String) -> Bool { session.run(source: source).value?.isTruthy ?? false }
        _ = session.run(source: start + "d = denoising(base, p, steps=3, seed=5)")
        #expect(isTrue("d.image == generate(base, p, steps=3, seed=5)"))
        #expect(isTrue("d.plain_image == generate(base, p, steps=3, seed=5, guidance=1)"))
        #expect(isTrue("len(d.noisy) == 3 and len(d.guesses) == 3 and d.steps == [1, 2, 3]"))
        // The last guess is nearly what is drawn: the last step of DDIM goes to timestep 0, where little noise is left.
        #expect(isTrue("psnr(d.guesses[2], d.image) > 38 and psnr(d.guesses[0], d.image) < psnr(d.guesses[1], d.image)"))
        // Without guidance there is one track.
        #expect(isTrue("e = denoising(base, p, steps=2, guidance=1); e.image == e.plain_image"))
    }

    /// What is guessed from a noisy picture does not depend on how a scheduler scales its samples.
    @Test(arguments: ["euler", "dpmsolver++", "pndm", "ddpm"]) func everySchedulerHasGuesses(_ scheduler: String) throws {
        let session = session()
        let outcome = session.run(
            source: start
                + "d = denoising(base, p, steps=4, frames=2, guidance=1, scheduler=\"\(scheduler)\")\npsnr(d.guesses[1], d.image)")
        #expect(try #require(outcome.value?.number, "\(outcome.diagnostics.first?.message ?? "")") > 20)
    }

    @Test func aFilmHasEveryMoment() throws {
        let session = session()
        session.context.isForPages = true
        let value = try #require(session.run(source: start + "denoising(base, p, steps=3, seed=1)").value)
        let shown = value.display(session.context.displayContext)
        guard case .film(let film)? = Explorable(png: try #require(shown.image).png) else {
            Issue.record("a denoising is a film in a page")
            return
        }
        #expect(film.steps.count == 4 && film.steps.last == "done")
        #expect(film.rows.map(\.name) == ["noisy, guidance 3", "guess, guidance 3", "noisy, no guidance", "guess, no guidance"])
        #expect(shown.plain == "denoising of \"a photo of a dog on the grass\": 3 steps of ddim, guidance 3 and none, seed 1")
    }

    @Test func whatHasNoEffectIsRefused() {
        let result = Programs.run(
            "denoising(load_model(\"collage\"), \"a dog\", steps=1, guidance=1, negative=\"a cat\")", table: CommandTable.all)
        #expect(result.code == .badArgument)
    }
}
