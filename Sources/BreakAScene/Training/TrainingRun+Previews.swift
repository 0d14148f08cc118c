import Diffusion
import Images
import Tensors

extension TrainingRun {
    /// The denoising steps of a preview.
    static let previewSteps = 20

    /// Whether a preview is due: after every so many steps, and after the last. One that was stopped while it was drawn still is.
    private var wantsPreview: Bool {
        guard options.previews > 0, step > 0, step % options.previews == 0 || isFinished else { return false }
        return history.previews.last?.place != history.entries.count - 1
    }

    /// Draws what is due after a step: one picture of all handles of the scene, "a photo of <asset0> and <asset1>", always from the same
    /// noise, so that pictures differ by what was learned between them. Nothing of the training's own random numbers is drawn, so that it
    /// learns the same with previews and without. Draws nothing where `isCancelled` says so meanwhile. Throws `ModelError`, `ImageError`
    /// and `SchedulerError`.
    mutating func drawPreview(isCancelled: @escaping @Sendable () -> Bool) throws {
        guard wantsPreview else { return }
        let (model, seed) = (result, random.seed)
        let initial = try model.initialLatents(1, RandomDraw(seed: seed, stream: "previews", step: 0))
        let noise = { (index: Int) in
            RandomDraw(seed: seed, stream: "previews/steps", step: UInt32(truncatingIfNeeded: index)).normal(initial.shape)
        }
        let generation = GenerationOptions(steps: Self.previewSteps, guidanceScale: model.suitedGuidance)
        let picture: Image
        do {
            picture = try Cancellation.scope(when: isCancelled) {
                try Image(
                    model.decodeLatents(
                        model.sampleLatents([UnionSample.prompt(pairing.tokens)], initial: initial, noise: noise, generation)))
            }
        } catch  where isCancelled() {
            return
        }
        // What was cancelled is not whole.
        guard !isCancelled() else { return }
        let longest = max(picture.width, picture.height)
        let most = History.Preview.mostPixels
        guard longest > most else { return keep(preview: picture) }
        let size = PixelSize(width: max(1, picture.width * most / longest), height: max(1, picture.height * most / longest))
        keep(preview: try picture.resized(to: size, .lanczos))
    }
}
