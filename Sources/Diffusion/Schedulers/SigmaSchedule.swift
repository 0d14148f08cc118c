// Noise levels as σ = √((1 − ᾱ)/ᾱ), and how solvers space them.
import Glibc

/// The spacing of a sampling's noise levels.
enum SigmaSpacing: Sendable, Equatable {
    /// The levels of the timesteps.
    case timesteps
    /// Karras et al. 2022, formula (5) with ρ = 7.
    case karras
    /// Evenly in log σ.
    case exponential
    /// Evenly in log σ between the ends of training (Lu et al. 2022); for these schedules the same as `exponential`, except
    /// for the rounding of timesteps.
    case lu

    /// Reads `use_karras_sigmas` and the like, of which at most one may be set; `allowed` are those that the scheduler
    /// knows.
    init(_ reader: ConfigurationReader, allowed: [(key: String, spacing: SigmaSpacing)]) throws(ConfigurationError) {
        try reader.require("use_beta_sigmas", false, nil)
        try reader.require("use_flow_sigmas", false, nil)
        var chosen: [(key: String, spacing: SigmaSpacing)] = []
        for row in allowed where reader.object[row.key]?.isNull == false {
            if try reader.bool(row.key, default: false) { chosen.append(row) }
        }
        guard chosen.count < 2 else {
            throw reader.fail(chosen[1].key, .inconsistent("\(chosen[0].key) is set too; one spacing of the noise levels can be chosen"))
        }
        self = chosen.first?.spacing ?? .timesteps
    }

    /// `count` levels from `most` down to `least`.
    func sigmas(from most: Double, to least: Double, count: Int) -> [Double] {
        (0..<count).map { index in
            let share = count > 1 ? Double(index) / Double(count - 1) : 0
            if self == .karras { return pow(pow(most, 1 / 7) + share * (pow(least, 1 / 7) - pow(most, 1 / 7)), 7) }
            return exp(log(most) + share * (log(least) - log(most)))
        }
    }
}

extension NoiseSchedule {
    /// σ at every timestep. Where nothing of the signal is left it would be infinite; ᾱ counts as 2⁻²⁴ there, as in
    /// diffusers.
    var sigmas: [Float] {
        alphasCumprod.map { alpha in
            let a = alpha == 0 ? 0x1p-24 : alpha
            return ((1 - a) / a).squareRoot()
        }
    }
}

/// σ by timestep, and timestep by σ, also between the training timesteps.
struct SigmaTable {
    let sigmas: [Float]
    private let logs: [Float]

    init(_ schedule: NoiseSchedule) {
        sigmas = schedule.sigmas
        logs = sigmas.map { log($0) }
    }

    /// σ at a timestep, linear between training timesteps.
    func sigma(at timestep: Double) -> Double {
        let low = min(max(Int(timestep), 0), sigmas.count - 1)
        let high = min(low + 1, sigmas.count - 1)
        return Double(sigmas[low]) + (timestep - Double(low)) * (Double(sigmas[high]) - Double(sigmas[low]))
    }

    /// The timestep at which the noise level is σ, linear in log σ; within the training timesteps.
    func timestep(at sigma: Double) -> Double {
        guard logs.count > 1 else { return 0 }
        let value = log(max(sigma, 1e-10))
        let low = min(logs.lastIndex { Double($0) <= value } ?? 0, logs.count - 2)
        let weight = (Double(logs[low]) - value) / (Double(logs[low]) - Double(logs[low + 1]))
        return Double(low) + min(max(weight, 0), 1)
    }
}

/// The noise level that the last step leads to.
enum FinalSigma: String, CaseIterable, Sendable {
    case zero
    /// The lowest noise level of training.
    case sigmaMin = "sigma_min"
}
