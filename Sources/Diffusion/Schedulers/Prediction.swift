import Glibc

/// What clean sample and noise are, given sample and model output.
struct Prediction {
    let original: LinearForm
    let epsilon: LinearForm

    /// At a timestep with this ᾱ. At ᾱ = 0 nothing of the sample is left, and ε says nothing of x₀: nil.
    init?(_ type: PredictionType, alphaCumprod: Double) {
        let (signal, noise) = (sqrt(alphaCumprod), sqrt(1 - alphaCumprod))
        switch type {
        case .epsilon:
            guard signal > 0 else { return nil }
            (original, epsilon) = ((.sample - noise * .output) / signal, .output)
        case .sample:
            guard noise > 0 else { return nil }
            (original, epsilon) = (.output, (.sample - signal * .output) / noise)
        case .vPrediction:
            original = signal * .sample - noise * .output
            epsilon = noise * .sample + signal * .output
        }
    }

    /// The clean sample where a sample is x₀ + σ·ε, as Euler's method has it.
    static func original(_ type: PredictionType, sigma: Double) -> LinearForm {
        switch type {
        case .epsilon: .sample - sigma * .output
        case .sample: .output
        case .vPrediction: (1 / (sigma * sigma + 1)) * .sample - (sigma / sqrt(sigma * sigma + 1)) * .output
        }
    }
}
