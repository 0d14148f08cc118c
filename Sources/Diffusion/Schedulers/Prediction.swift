import Glibc

/// The clean sample and the noise, as functions of sample and model output.
struct Prediction {
    let original: LinearForm
    let epsilon: LinearForm

    /// At a timestep with this ᾱ; nil where the output does not determine the other one: a prediction of ε at ᾱ = 0, of x₀
    /// at ᾱ = 1.
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

    /// The clean sample where a sample is x₀ + σ·ε, as in Euler's method.
    static func original(_ type: PredictionType, sigma: Double) -> LinearForm {
        switch type {
        case .epsilon: .sample - sigma * .output
        case .sample: .output
        case .vPrediction: (1 / (sigma * sigma + 1)) * .sample - (sigma / sqrt(sigma * sigma + 1)) * .output
        }
    }
}
