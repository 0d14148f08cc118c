import Autograd
import BreakAScene
import Diffusion
import Glibc
import Language
import NeuralNetwork
import Tensors

/// The embedded model's work, timed: training steps of both phases (prior + photo), a 30-step picture, training from
/// scratch, loading; and where the time goes.
public enum Benchmark {
    public struct Result: Sendable {
        public var phase1 = 0.0
        public var phase2 = 0.0
        public var picture30 = 0.0
        /// Samples a second of training everything, 48 at a time.
        public var samplesPerSecond = 0.0
        /// Of products in this process, operations a second.
        public var peak = 0.0
        public var breakdowns: [Breakdown] = []
        public var load = 0.0
        public var startup = 0.0
        public var peakMemory = 0
    }

    /// Measures and prints a table, or one JSON object. Throws what loading throws.
    /// `library` is the folder of what ships with the language.
    public static func run(json: Bool, library: String?) throws {
        guard let library else { throw Problem(.fileMissing, "the standard library (stdlib) was not found") }
        var result = Result()
        let loaded = seconds { try? ModelFolder.load("\(library)/models/collage") }
        result.load = loaded.seconds
        guard let base = loaded.value else { throw Problem(.unknownModel, "the model collage was not found in \(library)") }
        let scene = try PreparedScene(try SceneFolder.load("\(library)/scenes/mug_rose"), for: base)
        let model = try base.addingHandles(count: 2, words: ["dish", "flower"], seed: 0)
        var prior = Preset.collage.prior
        prior.count = 2
        let set = try PriorSet(model, prior) { _, _ in }
        result.phase1 = try steps(1, model, scene, set, count: 40)
        result.phase2 = try steps(2, model, scene, set, count: 25)
        result.picture30 = try picture(model)
        result.peakMemory = peakMemory()
        result.samplesPerSecond = try samplesPerSecond(model)
        result.peak = Tensor.productPeak()
        if !json { result.breakdowns = try breakdowns(model, scene, set) }
        result.startup = startup()
        print(json ? text(json: result) : text(result))
    }

    /// Median seconds of a step, after three to warm up.
    private static func steps(_ phase: Int, _ model: DiffusionModel, _ scene: PreparedScene, _ prior: PriorSet, count: Int) throws -> Double {
        var run = TrainingRun(phase: phase, model, scene: scene, prior: prior, options: Preset.collage.options(phase: phase), seed: 0)
        for _ in 0..<3 { try run.advance() }
        return median((0..<count).map { _ in seconds { try? run.advance() }.seconds })
    }

    private static func picture(_ model: DiffusionModel) throws -> Double {
        median(try (0..<5).map { _ in
            let elapsed = seconds { try? draw(model) }
            guard elapsed.value != nil else { throw Problem(.internal, "no picture was drawn") }
            return elapsed.seconds
        })
    }

    static func draw(_ model: DiffusionModel) throws -> Tensor {
        let initial = try model.initialLatents(1, RandomDraw(seed: 0, stream: "generate", step: 0))
        return model.decodeLatents(try model.sampleLatents(["a photo of a dog"], initial: initial, GenerationOptions(steps: 30)))
    }

    /// Training from scratch as `pretrain/train.py` does it: batch 48, every parameter of U-Net and text encoder, AdamW.
    private static func samplesPerSecond(_ model: DiffusionModel) throws -> Double {
        let batch = 48
        var (unet, text) = (model.unet, model.textEncoder)
        unet.requireGrad { _ in true }
        text.requireGrad { _ in true }
        let size = model.latentSize
        let latents = RandomDraw(seed: 0, stream: "latents", step: 0).normal([batch, size.height, size.width, model.latentChannels])
        let noise = RandomDraw(seed: 0, stream: "noise", step: 0).normal(latents.shape)
        let ids = try model.tokenize((0..<batch).map { _ in "a photo of a dog" })
        let timesteps = (0..<batch).map { $0 * 20 }
        let noisy = Variable(model.addNoise(latents, noise, timesteps))
        var optimizer = AdamW(.init(lr: 1e-4))
        func step() {
            var pass = UNetPass(text(ids))
            let loss = Variable.meanSquaredError(unet(noisy, timesteps: timesteps.map(Float.init), &pass), Variable(noise))
            let gradients = Gradients(of: loss)
            var updates: [AdamW.Update] = []
            func collect(_ name: String, _ parameter: inout Variable) {
                guard let gradient = gradients[parameter] else { return }
                updates.append(.init(name: name, value: parameter.value, gradient: gradient))
                parameter = parameter.replacing(.placeholder(parameter.shape))
            }
            unet.forEachParameter("unet.", collect)
            text.forEachParameter("text_encoder.", collect)
            var values = optimizer.update(updates)[...]
            func assign(_ name: String, _ parameter: inout Variable) {
                if gradients[parameter] != nil, let value = values.popFirst() { parameter = parameter.replacing(value) }
            }
            unet.forEachParameter("unet.", assign)
            text.forEachParameter("text_encoder.", assign)
        }
        step()
        return Double(batch) / median((0..<3).map { _ in seconds(step).seconds })
    }

    /// `bas -e 1` from start to end, the best of five.
    private static func startup() -> Double {
        guard let path = realpath("/proc/self/exe", nil) else { return 0 }
        defer { free(path) }
        let command = "'\(String(cString: path))' -q -e 1 > /dev/null 2>&1"
        return (0..<5).map { _ in seconds { system(command) }.seconds }.min() ?? 0
    }

    private static func peakMemory() -> Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_maxrss * 1024
    }

    static func seconds<T>(_ body: () -> T) -> (seconds: Double, value: T) {
        let start = ContinuousClock.now
        let value = body()
        let elapsed = ContinuousClock.now - start
        return (Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18, value)
    }

    private static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

    private static func text(_ r: Result) -> String {
        func ms(_ s: Double) -> String { NumberText.padLeft(NumberText.fixed(s * 1000, 1), 8) + " ms" }
        return """
            bas bench   \(Processor.name) (\(Processor.vectors)), OpenBLAS \(BLAS.selection.core)\(BLAS.selection.isPinned ? " (pinned)" : ""), \(Parallel.threads) threads
            phase-one step (prior + photo)   \(ms(r.phase1))
            phase-two step (prior + photo)   \(ms(r.phase2))
            picture, 30 DDIM steps           \(ms(r.picture30))
            loading the model                \(ms(r.load))
            start-up (bas -e 1)              \(ms(r.startup))
            peak memory                      \(NumberText.padLeft(NumberText.fixed(Double(r.peakMemory) / 1e6, 0), 8)) MB
            training from scratch, batch 48  \(NumberText.padLeft(NumberText.fixed(r.samplesPerSecond, 1), 8)) samples/s
            peak of products                 \(NumberText.padLeft(NumberText.fixed(r.peak / 1e9, 0), 8)) GFLOP/s

            """ + r.breakdowns.map { $0.text(peak: r.peak) }.joined(separator: "\n")
    }

    private static func text(json r: Result) -> String {
        JSON.object(JSONObject([
            ("phase1", JSON(r.phase1)), ("phase2", JSON(r.phase2)), ("picture30", JSON(r.picture30)), ("load", JSON(r.load)), ("startup", JSON(r.startup)),
            ("peak_memory", JSON(r.peakMemory)), ("samples_per_second", JSON(r.samplesPerSecond)), ("peak_gflops", JSON(r.peak / 1e9)), ("processor", .string(Processor.name)), ("vectors", .string(Processor.vectors)),
            ("blas_core", .string(BLAS.selection.core)), ("threads", JSON(Parallel.threads)),
        ])).text()
    }
}
