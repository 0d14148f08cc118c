// DPM-Solver++ (Lu et al. 2022, https://arxiv.org/abs/2211.01095), as diffusers' DPMSolverMultistepScheduler computes
// it: it extrapolates the clean samples that it has predicted so far. 15 to 25 steps suffice.
import Glibc

/// DPM-Solver++, a multistep method of order 1 to 3.
public struct DPMSolverMultistepScheduler: Scheduler {
    /// The class's name in diffusers.
    public static let className = "DPMSolverMultistepScheduler"
    /// The name in the language.
    public static let name = "dpmsolver++"
    /// One sentence for the help.
    public static let summary = "DPM-Solver++ 2M: a multistep method; good pictures in 15 to 25 steps."
    /// The scheduler's own settings.
    public static let settings = [
        "algorithm_type", "solver_order", "solver_type", "lower_order_final", "euler_at_final", "final_sigmas_type", "lambda_min_clipped",
        "use_karras_sigmas", "use_exponential_sigmas", "use_lu_lambdas",
    ]
    enum Algorithm: String, CaseIterable {
        case deterministic = "dpmsolver++"
        /// Adds new noise at every step.
        case stochastic = "sde-dpmsolver++"
    }
    enum SolverType: String, CaseIterable { case midpoint, heun }

    /// The settings.
    public let configuration: SchedulerConfiguration
    let algorithm: Algorithm
    let order: Int
    let solverType: SolverType
    let lowersOrderAtEnd: Bool
    let endsWithEuler: Bool
    let final: FinalSigma
    let spacing: SigmaSpacing
    let smallestLambda: Double

    /// Throws ``ConfigurationError`` where a setting is not supported.
    public init(_ configuration: SchedulerConfiguration) throws {
        let reader = configuration.reader
        self.configuration = configuration
        algorithm = try reader.choice("algorithm_type", default: .deterministic)
        order = try reader.int("solver_order", default: 2, in: 1...3)
        solverType = try reader.choice("solver_type", default: .midpoint)
        lowersOrderAtEnd = try reader.bool("lower_order_final", default: true)
        endsWithEuler = try reader.bool("euler_at_final", default: false)
        final = try reader.choice("final_sigmas_type", default: .zero)
        smallestLambda = try reader.double("lambda_min_clipped", default: -.infinity, in: -.infinity...1e6)
        spacing = try SigmaSpacing(
            reader, allowed: [("use_karras_sigmas", .karras), ("use_exponential_sigmas", .exponential), ("use_lu_lambdas", .lu)])
    }

    /// The steps of a sampling. Throws ``SchedulerError``.
    public func plan(steps: Int) throws(SchedulerError) -> SamplingPlan { try plan(steps: steps, from: 0) }

    /// The steps from the place `start` on; the first of them is of first order, since there is no earlier one. Throws
    /// ``SchedulerError``.
    public func plan(steps: Int, from start: Int) throws(SchedulerError) -> SamplingPlan {
        let table = SigmaTable(schedule)
        var timesteps = try spacedTimesteps(steps)
        var sigmas = timesteps.map { Double(table.sigmas[$0]) }
        if spacing != .timesteps {
            sigmas = spacing.sigmas(from: Double(table.sigmas[table.sigmas.count - 1]), to: Double(table.sigmas[0]), count: steps)
            let rounds = spacing != .exponential && !configuration.isSquaredCosine
            timesteps = sigmas.map { Int(rounds ? table.timestep(at: $0).rounded(.toNearestOrEven) : table.timestep(at: $0)) }
        }
        sigmas.append(final == .zero ? 0 : Double(table.sigmas[0]))
        let levels = sigmas.map { Level(Double(Float($0))) }
        return SamplingPlan(
            scheduler: Self.name, steps: timesteps.indices.dropFirst(start).map { step($0, from: start, timesteps, levels) })
    }

    /// A noise level: √ᾱ, √(1 − ᾱ), and half the logarithm of the signal-to-noise ratio.
    private struct Level {
        let alpha: Double
        let sigma: Double
        let lambda: Double

        init(_ ratio: Double) {
            alpha = 1 / sqrt(ratio * ratio + 1)
            sigma = ratio * alpha
            lambda = log(alpha) - log(sigma)
        }
    }

    private func step(_ index: Int, from start: Int, _ timesteps: [Int], _ levels: [Level]) -> SamplingStep {
        let (count, level) = (timesteps.count, levels[index])
        let isShort = lowersOrderAtEnd && count < 15
        var used = min(order, index - start + 1)
        if index == count - 1, endsWithEuler || isShort || final == .zero { used = 1 }
        if index == count - 2, isShort { used = min(used, 2) }
        let clean = cleanSample(level)
        let earlier = (0..<min(order - 1, index - start)).map { LinearForm.memory($0) }
        return SamplingStep(
            timestep: Float(timesteps[index]), previous: index + 1 < count ? Float(timesteps[index + 1]) : nil,
            level: NoiseLevel(signal: Float(level.alpha), noise: Float(level.sigma)),
            next: update([clean] + earlier.prefix(used - 1), Array(levels[(index - used + 1)...(index + 1)].reversed())),
            memory: index + 1 < count ? Array(([clean] + earlier).prefix(order - 1)) : [])
    }

    /// The predicted clean sample.
    private func cleanSample(_ level: Level) -> LinearForm {
        switch predictionType {
        case .epsilon: (.sample - level.sigma * .output) / level.alpha
        case .sample: .output
        case .vPrediction: level.alpha * .sample - level.sigma * .output
        }
    }

    /// The next sample from one to three predicted clean samples, the newest first; `levels` are those of the next sample,
    /// this one and the earlier ones. Algorithm 2 of the paper, and the same for other orders; where noise is added,
    /// `decay` and `g` have twice the exponent.
    private func update(_ clean: [LinearForm], _ levels: [Level]) -> LinearForm {
        let (next, now) = (levels[0], levels[1])
        let h = next.lambda - now.lambda
        let factor = algorithm == .stochastic ? 2.0 : 1
        let (decay, g) = (exp(-factor * h), factor * h)
        var result = (next.sigma / now.sigma * (algorithm == .stochastic ? exp(-h) : 1)) * .sample
        result = result + (next.alpha * (1 - decay)) * clean[0]
        if algorithm == .stochastic { result = result + (next.sigma * sqrt(1 - exp(-2 * h))) * .noise }
        guard clean.count > 1 else { return result }
        let r0 = (now.lambda - levels[2].lambda) / h
        let slope = (1 / r0) * (clean[0] - clean[1])
        guard clean.count > 2 else {
            let weight = solverType == .midpoint ? 0.5 * (1 - decay) : (decay - 1) / g + 1
            return result + (next.alpha * weight) * slope
        }
        let r1 = (levels[2].lambda - levels[3].lambda) / h
        let bend = slope - (1 / r1) * (clean[1] - clean[2])
        return result + (next.alpha * ((decay - 1) / g + 1)) * (slope + (r0 / (r0 + r1)) * bend)
            + (next.alpha * thirdOrderWeight(decay, g)) / (r0 + r1) * bend
    }

    /// The weight of the second derivative. diffusers' two formulas have different signs here.
    private func thirdOrderWeight(_ decay: Double, _ g: Double) -> Double {
        algorithm == .stochastic ? (1 - decay - g) / (g * g) - 0.5 : -((decay - 1 + g) / (g * g) - 0.5)
    }

    /// Whole timesteps, falling. Throws ``SchedulerError``.
    private func spacedTimesteps(_ steps: Int) throws(SchedulerError) -> [Int] {
        let total = configuration.trainTimesteps
        guard (1..<max(total, 2)).contains(steps) else { throw .stepCount(steps, most: max(total - 1, 1)) }
        let lambdas = schedule.sigmas.map { -log(Double($0)) }
        let last = total - lambdas.count { $0 < smallestLambda }
        let timesteps: [Int] =
            switch configuration.timestepSpacing ?? .linspace {
            case .linspace: (1...steps).reversed().map { Int((Double($0) * Double(last - 1) / Double(steps)).rounded(.toNearestOrEven)) }
            case .leading: (1...steps).reversed().map { $0 * (last / (steps + 1)) + configuration.stepsOffset }
            case .trailing: configuration.trailing(from: last, steps)
            }
        for timestep in timesteps where !(0..<total).contains(timestep) { throw .timestepOutOfRange(timestep, trainTimesteps: total) }
        return timesteps
    }
}
