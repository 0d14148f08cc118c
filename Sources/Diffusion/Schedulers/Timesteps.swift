// The choice of training timesteps for a sampling (Lin et al. 2023, table 2), with numpy's rounding, half to even.

extension SchedulerConfiguration {
    /// Whole timesteps, falling, for DDIM, DDPM and PNDM, whose spacing is "leading" where the file says nothing. Throws
    /// ``SchedulerError``.
    func timesteps(steps: Int) throws(SchedulerError) -> [Int] {
        try spaced(steps, timestepSpacing ?? .leading).map { Int($0.rounded(.toNearestOrEven)) }
    }

    /// Timesteps for Euler's methods, falling, also between the training timesteps; the spacing is "linspace" where the
    /// file says nothing. Throws ``SchedulerError``.
    func exactTimesteps(steps: Int) throws(SchedulerError) -> [Double] { try spaced(steps, timestepSpacing ?? .linspace) }

    private func spaced(_ steps: Int, _ spacing: TimestepSpacing) throws(SchedulerError) -> [Double] {
        guard (1...trainTimesteps).contains(steps) else { throw .stepCount(steps, most: trainTimesteps) }
        let timesteps =
            switch spacing {
            case .leading: (0..<steps).reversed().map { Double($0 * (trainTimesteps / steps) + stepsOffset) }
            case .linspace: linspace(steps)
            case .trailing: trailing(from: trainTimesteps, steps).map(Double.init)
            }
        for timestep in timesteps where !(0...Double(trainTimesteps - 1)).contains(timestep) {
            throw .timestepOutOfRange(Int(timestep), trainTimesteps: trainTimesteps)
        }
        return timesteps
    }

    private func linspace(_ steps: Int) -> [Double] {
        guard steps > 1 else { return [0] }
        let step = Double(trainTimesteps - 1) / Double(steps - 1)
        // The first is exactly the last timestep, without a rounding error.
        return (0..<steps).reversed().map { min(Double($0) * step, Double(trainTimesteps - 1)) }
    }

    /// Counts down from the timestep `last` − 1, in strides of which `steps` cover all training timesteps.
    func trailing(from last: Int, _ steps: Int) -> [Int] {
        let ratio = Double(trainTimesteps) / Double(steps)
        let count = Int((Double(last) / ratio).rounded(.up))
        return (0..<count).map { Int((Double(last) - Double($0) * ratio).rounded(.toNearestOrEven)) - 1 }
    }
}
