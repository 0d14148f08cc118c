import BreakAScene
import Diffusion
import Language
import Tensors

extension Benchmark {
    /// The time of one kind of work, by operation.
    public struct Breakdown: Sendable {
        let name: String
        let seconds: Double
        let entries: [String: Profile.Entry]
        /// The rate of its products in operations a second; nil where they are float32.
        var peak: Double?

        /// Returns a table, the most expensive operation first. The last row is what no operation accounts for: the tape, drawing random
        /// numbers, waiting.
        func text(peak: Double) -> String {
            var rows = entries.sorted { ($0.value.seconds, $1.key) > ($1.value.seconds, $0.key) }.map { row($0.key, $0.value, peak) }
            var rest = Profile.Entry()
            rest.seconds = max(0, seconds - entries.values.reduce(0) { $0 + $1.seconds })
            rows.append(row("everything else", rest, peak))
            let flops = Double(entries.values.reduce(0) { $0 + $1.flops })
            let total =
                "\(name): \(NumberText.fixed(seconds * 1000, 1)) ms, \(NumberText.fixed(flops / 1e9, 2)) GFLOP, "
                + "\(NumberText.fixed(flops / seconds / 1e9, 0)) GFLOP/s, \(NumberText.fixed(100 * flops / seconds / peak, 0)) % of the peak"
            let head =
                [NumberText.pad("operation", 24)]
                + ["calls", "ms", "share", "GFLOP", "GFLOP/s", "GB/s", "of peak"].map { NumberText.padLeft($0, 8) }
            return ([total, head.joined()] + rows).joined(separator: "\n") + "\n"
        }

        private func row(_ name: String, _ entry: Profile.Entry, _ peak: Double) -> String {
            func cell(_ value: Double, _ digits: Int, _ unit: String = "") -> String {
                NumberText.padLeft(value > 0 ? NumberText.fixed(value, digits) + unit : "", 8)
            }
            let (flops, time) = (Double(entry.flops), max(entry.seconds, 1e-12))
            return NumberText.pad(name, 24) + cell(Double(entry.calls), 0) + cell(entry.seconds * 1000, 2)
                + cell(100 * entry.seconds / seconds, 1, " %")
                + cell(flops / 1e9, 3) + cell(flops / time / 1e9, 0) + cell(Double(entry.bytes) / time / 1e9, 1)
                + cell(100 * flops / time / peak, 0, " %")
        }
    }

    /// Returns the recorded breakdowns of a step of each phase, a picture and a step of training from scratch, each the fastest of some.
    /// What otherwise runs side by side (`Parallel.lanes`) runs in sequence meanwhile, so that a phase-one step takes longer here than by
    /// itself.
    static func breakdowns(_ model: DiffusionModel, _ scene: PreparedScene, _ prior: PriorSet, _ scratch: inout ScratchTraining) throws
        -> [Breakdown]
    {
        let phases = try [1, 2].map { phase in
            var run = TrainingRun(phase: phase, model, scene: scene, prior: prior, options: Preset.collage.options(phase: phase), seed: 0)
            try run.advance()
            return try fastest("phase-\(phase == 1 ? "one" : "two") step", of: 8) { try run.advance() }
        }
        return phases + [
            try fastest("picture, 30 steps", of: 2) { _ = try draw(model) },
            scratch.breakdown("\(ScratchTraining.name), one step"),
        ]
    }

    /// Records `body` `count` times and returns the fastest.
    static func fastest(_ name: String, of count: Int, _ body: () throws -> Void) rethrows -> Breakdown {
        var best: Breakdown?
        for _ in 0..<count {
            let start = ContinuousClock.now
            let entries = try Profile.record(body).entries
            let elapsed = (ContinuousClock.now - start) / .seconds(1)
            if elapsed < best?.seconds ?? .infinity { best = Breakdown(name: name, seconds: elapsed, entries: entries) }
        }
        return best ?? Breakdown(name: name, seconds: 0, entries: [:])
    }
}
