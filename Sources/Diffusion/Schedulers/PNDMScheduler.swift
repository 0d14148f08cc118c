// PNDM (Liu et al. 2022, https://arxiv.org/abs/2202.09778), as diffusers' PNDMScheduler computes it: what Stable
// Diffusion 1 ships. With `skip_prk_steps` (as shipped) a linear multistep method whose first step is made twice;
// without, three Runge-Kutta steps of four passes each come before it.
import Glibc

/// PNDM, a linear multistep method of fourth order.
public struct PNDMScheduler: Scheduler {
    /// The class's name in diffusers.
    public static let className = "PNDMScheduler"
    /// The name in the language.
    public static let name = "pndm"
    /// One sentence for the help.
    public static let summary = "PNDM (PLMS): a linear multistep method of fourth order; Stable Diffusion 1's own."
    /// The scheduler's own settings.
    public static let settings = ["skip_prk_steps"]
    /// The settings.
    public let configuration: SchedulerConfiguration
    let skipsRungeKutta: Bool

    /// Throws ``ConfigurationError`` for models that predict the clean sample.
    public init(_ configuration: SchedulerConfiguration) throws {
        self.configuration = configuration
        // Stable Diffusion's files have this setting; the file of another scheduler cannot.
        skipsRungeKutta = try configuration.reader.bool("skip_prk_steps", default: configuration.className != Self.className)
        guard configuration.predictionType != .sample else {
            throw configuration.reader.fail("prediction_type", .unsupported(value: "sample", supported: ["epsilon", "v_prediction"]))
        }
    }

    /// The passes of a sampling. Throws ``SchedulerError``.
    public func plan(steps: Int) throws(SchedulerError) -> SamplingPlan { try plan(steps: steps, from: 0) }

    /// The passes from the place `start` on, as diffusers makes them: the first of them is made twice, whichever it is.
    /// With `start` 1 both passes are at the second timestep, and their outputs are averaged; that is diffusers' too.
    /// Throws ``SchedulerError``.
    public func plan(steps: Int, from start: Int) throws(SchedulerError) -> SamplingPlan {
        guard skipsRungeKutta || start == 0 else { throw .beginsWithRungeKutta }
        guard skipsRungeKutta || steps >= 4 else { throw .tooFewSteps(steps, least: 4) }
        let falling = try configuration.timesteps(steps: steps)
        let jump = configuration.trainTimesteps / steps
        var passes: [Pass] = []
        var kept = 0  // How many outputs the memory holds, the newest first.
        let rest: ArraySlice<Int>
        if skipsRungeKutta {
            let all = Array((falling.prefix(2) + falling.dropFirst()).dropFirst(start))
            guard !all.isEmpty else { return SamplingPlan(scheduler: Self.name, steps: []) }
            (passes, kept) = try doubledStart(all, jump)
            rest = all.dropFirst(2)
        } else {
            (passes, kept) = (try rungeKutta(Array(falling.prefix(4)), jump), 3)
            rest = falling.dropFirst(3)
        }
        for t in rest {
            let outputs = [.output] + (0..<kept).map { LinearForm.memory($0) }
            let next = try transfer(.sample, t, to: t - jump, Self.adamsBashforth(outputs))
            passes.append(Pass(t, next, memory: Array(outputs.prefix(3))))
            kept = min(kept + 1, 3)
        }
        return SamplingPlan(
            scheduler: Self.name,
            steps: passes.enumerated().map { index, pass in
                let (signal, noise) = schedule.addNoiseCoefficients(pass.timestep)
                return SamplingStep(
                    timestep: Float(pass.timestep), previous: index + 1 < passes.count ? Float(passes[index + 1].timestep) : nil,
                    level: NoiseLevel(signal: signal, noise: noise), next: pass.next, memory: index + 1 < passes.count ? pass.memory : [])
            })
    }

    private struct Pass {
        let timestep: Int
        let next: LinearForm
        let memory: [LinearForm]
        init(_ timestep: Int, _ next: LinearForm, memory: [LinearForm]) {
            (self.timestep, self.next, self.memory) = (timestep, next, memory)
        }
    }

    /// The first step, and once more from where it started with the mean of the outputs at both ends (Heun's method).
    private func doubledStart(_ falling: [Int], _ jump: Int) throws(SchedulerError) -> ([Pass], kept: Int) {
        let first = Pass(falling[0], try transfer(.sample, falling[0], to: falling[0] - jump, .output), memory: [.output, .sample])
        guard falling.count > 1 else { return ([first], 1) }
        let t = falling[1]
        let next = try transfer(.memory(1), t + jump, to: t, 0.5 * (.output + .memory(0)))
        return ([first, Pass(t, next, memory: [.memory(0)])], 1)
    }

    /// Three steps of the classical Runge-Kutta method between four timesteps. The memory between the passes of a step is:
    /// the weighted sum of outputs so far, the sample that the step starts from, the first outputs of earlier steps.
    private func rungeKutta(_ falling: [Int], _ jump: Int) throws(SchedulerError) -> [Pass] {
        let half = jump / 2
        var passes: [Pass] = []
        for index in 0..<3 {
            let (start, end) = (falling[index], falling[index + 1])
            let earlier = (0..<index).map { LinearForm.memory($0) }
            let carried = (2..<2 + index + 1).map { LinearForm.memory($0) }
            let sum = LinearForm.memory(0)
            passes.append(
                Pass(
                    start, try transfer(.sample, start, to: start - half, .output),
                    memory: [(1.0 / 6) * .output, .sample, .output] + earlier))
            for (timestep, target) in [(end + half, end + half), (end + half, end + half - half)] {
                passes.append(
                    Pass(
                        timestep, try transfer(.memory(1), start, to: target, .output),
                        memory: [sum + (1.0 / 3) * .output, .memory(1)] + carried))
            }
            passes.append(Pass(end, try transfer(.memory(1), start, to: end, sum + (1.0 / 6) * .output), memory: carried))
        }
        return passes
    }

    /// The method of Adams and Bashforth for one to four outputs, the newest first.
    private static func adamsBashforth(_ outputs: [LinearForm]) -> LinearForm {
        let weights: [[Double]] = [
            [1], [3.0 / 2, -1.0 / 2], [23.0 / 12, -16.0 / 12, 5.0 / 12], [55.0 / 24, -59.0 / 24, 37.0 / 24, -9.0 / 24],
        ]
        return zip(weights[min(outputs.count, 4) - 1], outputs).reduce(.zero) { $0 + $1.0 * $1.1 }
    }

    /// The sample moved from timestep `t` to `target` along the output, by formula (9) of the paper.
    private func transfer(_ sample: LinearForm, _ t: Int, to target: Int, _ output: LinearForm) throws(SchedulerError) -> LinearForm {
        let alphas = schedule.alphasCumprod
        guard t < alphas.count else { throw .timestepOutOfRange(t, trainTimesteps: alphas.count) }
        let final = (configuration.setAlphaToOne ?? false) ? 1 : Double(alphas[0])
        let (a, b) = (Double(alphas[t]), target >= 0 ? Double(alphas[target]) : final)
        guard a > 0 else { throw .undetermined(timestep: t, predictionType) }
        let epsilon = predictionType == .vPrediction ? sqrt(a) * output + sqrt(1 - a) * sample : output
        return sqrt(b / a) * sample - ((b - a) / (a * sqrt(1 - b) + sqrt(a * (1 - a) * b))) * epsilon
    }
}
