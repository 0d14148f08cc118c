import Glibc
import Tensors

/// Noise on the photo outside of the chosen masks, so that nothing there is worth learning: MagicTailor's dynamic masked
/// degradation (arXiv 2410.13370). It fades towards the end of the phase, when the model would learn the noise itself.
public struct OutsideDegradation: Sendable, Equatable {
    /// The standard deviation of the noise, for a picture in [−1, 1].
    public let strength: Float
    /// What the noise is drawn from.
    let draw: RandomDraw

    /// The stream of random numbers.
    static let stream = "degrade_outside"
    /// The exponent γ of the fading, MagicTailor's.
    static let exponent = 32.0

    /// The strength α₀ (1 − (d / D)^32) at step d, from 0, of D: about α₀ for nine tenths of the phase.
    static func strength(_ initial: Double, step: Int, of steps: Int) -> Float {
        Float(initial * (1 - pow(Double(step) / Double(max(1, steps)), exponent)))
    }

    /// Adds the noise to a picture [1, H, W, 3] where `mask` [H, W] is not 1, and keeps it within [−1, 1].
    func callAsFunction(_ picture: Tensor, outside mask: Tensor) -> Tensor {
        let noise = draw.normal(picture.shape)
        return Tensor.make(picture.shape) { out in
            picture.withValues { x in
                noise.withValues { noise in
                    mask.withValues { mask in
                        for i in 0..<x.count { out[i] = min(1, max(-1, x[i] + strength * (1 - mask[i / 3]) * noise[i])) }
                    }
                }
            }
        }
    }
}
