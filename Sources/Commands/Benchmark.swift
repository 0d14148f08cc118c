import BreakAScene
import Diffusion
import Glibc
import Language
import Tensors

/// Times the embedded model's work: training steps of both phases (prior + photo), a 30-step picture, training from scratch and loading,
/// and where the time goes.
public enum Benchmark {
    /// The measurements; times are in seconds.
    public struct Result: Sendable {
        /// The median time of a phase-one step.
        public var phase1 = 0.0
        /// The median time of a phase-two step.
        public var phase2 = 0.0
        /// The median time of a picture of 30 steps with guidance.
        public var picture30 = 0.0
        /// The samples a second of training everything, 48 at a time.
        public var samplesPerSecond = 0.0
        /// The same with products of another precision; nil where that was not asked for.
        public var rounded: (products: ProductPrecision, samplesPerSecond: Double)?
        /// The rate of products in this process, in operations a second.
        public var peak = 0.0
        /// The time by operation; empty for JSON.
        public var breakdowns: [Breakdown] = []
        /// The time to load the model.
        public var load = 0.0
        /// The time of `bas -e 1`, the best of five.
        public var startup = 0.0
        /// The most memory that the process has taken, in bytes.
        public var peakMemory = 0
    }

    /// Measures, and prints a table or one JSON object. `library` is the folder of what ships with the language. With other `products` than
    /// float32, training from scratch is timed with these too. Throws `ProductPrecision.Unsupported` where the processor lacks them, and
    /// what loading throws.
    public static func run(json: Bool, library: String?, products: ProductPrecision = .float32) throws {
        try products.during {}
        guard let library else { throw Problem(.fileMissing, "the standard library (stdlib) was not found") }
        var result = Result()
        let log = Log()
        log.say("loading the model")
        let loaded = seconds { try? ModelFolder.load("\(library)/models/collage") }
        result.load = loaded.seconds
        guard let base = loaded.value else { throw Problem(.unknownModel, "the model collage was not found in \(library)") }
        let scene = try PreparedScene(try SceneFolder.load("\(library)/scenes/mug_rose"), for: base)
        let model = try base.addingHandles(count: 2, words: ["dish", "flower"], seed: 0)
        var prior = Preset.collage.prior
        prior.count = 2
        log.say("two prior pictures")
        let set = try PriorSet(model, prior) { _, _ in }
        log.say("40 steps of phase one")
        result.phase1 = try steps(1, model, scene, set, count: 40)
        log.say("25 steps of phase two")
        result.phase2 = try steps(2, model, scene, set, count: 25)
        log.say("five pictures of 30 steps")
        result.picture30 = try picture(model)
        result.peakMemory = peakMemory()
        log.say("four steps of training from scratch, 48 samples each")
        var scratch = try ScratchTraining(model)
        result.samplesPerSecond = scratch.samplesPerSecond()
        log.say("the rate of products")
        result.peak = Tensor.productPeak()
        if !json {
            log.say("where the time goes")
            result.breakdowns = try breakdowns(model, scene, set, &scratch)
        }
        if products != .float32 {
            log.say("training from scratch with products of \(products.rawValue)")
            try measure(products, model, json: json, &result)
        }
        log.say("five starts")
        result.startup = startup()
        print(json ? text(json: result) : text(result))
    }

    /// Reports on standard error what is being measured and how many seconds have passed: all of it takes a minute.
    private struct Log {
        private let start = ContinuousClock.now

        func say(_ text: String) {
            let seconds = Int((ContinuousClock.now - start) / .seconds(1))
            let line = Array("bas bench, \(seconds) s: \(text)\n".utf8)
            _ = write(STDERR_FILENO, line, line.count)
        }
    }

    /// Times training from scratch with rounded products.
    private static func measure(_ products: ProductPrecision, _ model: DiffusionModel, json: Bool, _ result: inout Result) throws {
        var scratch = try ScratchTraining(model)
        try products.during {
            result.rounded = (products, scratch.samplesPerSecond())
            guard !json else { return }
            result.breakdowns.append(
                scratch.breakdown("\(ScratchTraining.name), \(products.rawValue) products, one step", peak: Tensor.productPeak()))
        }
    }

    /// Returns the median time of a step, after three to warm up.
    private static func steps(_ phase: Int, _ model: DiffusionModel, _ scene: PreparedScene, _ prior: PriorSet, count: Int) throws -> Double
    {
        // Trains as the PyTorch reference does: on the whole photo and with one prompt.
        var options = Preset.collage.options(phase: phase)
        (options.contexts, options.zoom) = ([], 0)
        var run = TrainingRun(phase: phase, model, scene: scene, prior: prior, options: options, seed: 0)
        for _ in 0..<3 { try run.advance() }
        return median((0..<count).map { _ in seconds { try? run.advance() }.seconds })
    }

    private static func picture(_ model: DiffusionModel) throws -> Double {
        median(
            try (0..<5).map { _ in
                let elapsed = seconds { try? draw(model) }
                guard elapsed.value != nil else { throw Problem(.internal, "no picture was drawn") }
                return elapsed.seconds
            })
    }

    static func draw(_ model: DiffusionModel) throws -> Tensor {
        let initial = try model.initialLatents(1, RandomDraw(seed: 0, stream: "generate", step: 0))
        return model.decodeLatents(try model.sampleLatents(["a photo of a dog"], initial: initial, GenerationOptions(steps: 30)))
    }

    /// Returns the time of `bas -e 1` from start to end, the best of five.
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

    static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

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
            \(rounded(r))peak of products                 \(NumberText.padLeft(NumberText.fixed(r.peak / 1e9, 0), 8)) GFLOP/s

            """ + r.breakdowns.map { $0.text(peak: $0.peak ?? r.peak) }.joined(separator: "\n")
    }

    /// Returns the table's line on rounded products, or nothing.
    private static func rounded(_ r: Result) -> String {
        guard let (products, rate) = r.rounded else { return "" }
        return NumberText.pad("batch 48, \(products.rawValue) products", 33) + NumberText.padLeft(NumberText.fixed(rate, 1), 8)
            + " samples/s\n"
    }

    private static func text(json r: Result) -> String {
        let rounded = r.rounded.map { [("samples_per_second_" + $0.products.rawValue, JSON($0.samplesPerSecond))] } ?? []
        return JSON.object(
            JSONObject(
                [
                    ("phase1", JSON(r.phase1)), ("phase2", JSON(r.phase2)), ("picture30", JSON(r.picture30)), ("load", JSON(r.load)),
                    ("startup", JSON(r.startup)),
                    ("peak_memory", JSON(r.peakMemory)), ("samples_per_second", JSON(r.samplesPerSecond)),
                    ("peak_gflops", JSON(r.peak / 1e9)), ("processor", .string(Processor.name)), ("vectors", .string(Processor.vectors)),
                    ("blas_core", .string(BLAS.selection.core)), ("threads", JSON(Parallel.threads)),
                ] + rounded)
        ).text()
    }
}
