// The amount of noise at every timestep (β and ᾱ), computed in float32 as PyTorch does.
import Glibc

/// The betas of a diffusion process and the cumulative products of 1 − β. Timesteps are 0..<`count`.
public struct NoiseSchedule: Sendable, Equatable {
    /// The growth of β with the timestep.
    public enum BetaSchedule: String, CaseIterable, Sendable {
        /// Linear in β.
        case linear
        /// Linear in √β, as Stable Diffusion's.
        case scaledLinear = "scaled_linear"
        /// By a cosine for ᾱ (Nichol and Dhariwal 2021), β at most 0.999.
        case squaredCosine = "squaredcos_cap_v2"
    }

    /// β at every timestep.
    public let betas: [Float]
    /// ᾱ at every timestep: the share of the signal's variance that is left.
    public let alphasCumprod: [Float]

    /// The number of timesteps.
    public var count: Int { betas.count }

    /// A schedule with these betas.
    public init(betas: [Float]) {
        self.betas = betas
        alphasCumprod = Self.cumulativeProducts(betas)
    }

    /// A schedule of `count` timesteps; `.squaredCosine` needs neither start nor end.
    public init(_ kind: BetaSchedule, count: Int, betaStart: Double, betaEnd: Double) {
        let betas =
            switch kind {
            case .linear: Self.linspace(Float(betaStart), Float(betaEnd), count)
            case .scaledLinear:
                Self.linspace(Float(sqrt(betaStart)), Float(sqrt(betaEnd)), count).map { $0 * $0 }
            case .squaredCosine: Self.squaredCosine(count)
            }
        self.init(betas: betas)
    }

    /// The same schedule, stretched so that nothing of the signal is left at the last timestep (Lin et al. 2023, algorithm
    /// 1).
    public func rescaledToZeroTerminalSNR() -> NoiseSchedule {
        var roots = alphasCumprod.map { $0.squareRoot() }
        guard let first = roots.first, let last = roots.last, first != last else { return self }
        let scale = first / (first - last)
        roots = roots.map { ($0 - last) * scale }
        let products = roots.map { $0 * $0 }
        return NoiseSchedule(
            betas: products.indices.map { 1 - (($0 == 0) ? products[0] : products[$0] / products[$0 - 1]) })
    }

    // MARK: Coefficients

    /// The coefficients of a noised sample, `sample`·x₀ + `noise`·ε: √ᾱ and √(1 − ᾱ).
    public func addNoiseCoefficients(_ timestep: Int) -> (sample: Float, noise: Float) {
        let alpha = alphasCumprod[timestep]
        return (alpha.squareRoot(), (1 - alpha).squareRoot())
    }

    /// The coefficients of what the model is trained to predict, `sample`·x₀ + `noise`·ε.
    public func targetCoefficients(_ timestep: Int, _ type: PredictionType) -> (sample: Float, noise: Float) {
        let (signal, noise) = addNoiseCoefficients(timestep)
        return switch type {
        case .epsilon: (0, 1)
        case .sample: (1, 0)
        case .vPrediction: (-noise, signal)
        }
    }
}

/// The kinds of predictions that models make, by their names in diffusers.
public enum PredictionType: String, CaseIterable, Sendable {
    /// The noise ε.
    case epsilon
    /// The clean sample x₀.
    case sample
    /// The velocity √ᾱ·ε − √(1 − ᾱ)·x₀ (Salimans and Ho 2022).
    case vPrediction = "v_prediction"
}

extension NoiseSchedule {
    /// The products of 1 − β, in double and each rounded to float32, as `torch.cumprod` computes them on the CPU.
    private static func cumulativeProducts(_ betas: [Float]) -> [Float] {
        var product = 1.0
        return betas.map { beta in
            product *= Double(1 - beta)
            return Float(product)
        }
    }

    /// Evenly spaced numbers, computed from both ends towards the middle with fused multiply-adds, as `torch.linspace`
    /// does.
    private static func linspace(_ start: Float, _ end: Float, _ count: Int) -> [Float] {
        guard count > 1 else { return Array(repeating: start, count: count) }
        let step = (end - start) / Float(count - 1)
        return (0..<count).map { index in
            index < count / 2
                ? start.addingProduct(step, Float(index)) : end.addingProduct(-step, Float(count - 1 - index))
        }
    }

    private static func squaredCosine(_ count: Int) -> [Float] {
        func alphaBar(_ t: Double) -> Double {
            let cosine = cos((t + 0.008) / 1.008 * .pi / 2)
            return cosine * cosine
        }
        return (0..<count).map { index in
            let (t1, t2) = (Double(index) / Double(count), Double(index + 1) / Double(count))
            return Float(min(1 - alphaBar(t2) / alphaBar(t1), 0.999))
        }
    }
}
