import Language

extension PromptCommands {
    static let timing: [PromptCommand] = [
        PromptCommand(
            name: "time", takes: .code, usage: "CODE", summary: "runs the code as a cell and says how long it took"
        ) {
            prompt, code in
            let processor = Surroundings.processorSeconds()
            let outcome = prompt.runCell(code)
            let used = Surroundings.processorSeconds() - processor
            prompt.printer.say("\(preciseText(outcome.seconds))  (processor \(preciseText(used)))")
        },
        PromptCommand(
            name: "timeit", takes: .code, usage: "CODE", summary: "runs the code many times and gives the best and median"
        ) {
            prompt, code in
            guard let seconds = repeated(code, in: prompt) else { return }
            let sorted = seconds.sorted()
            let best = preciseText(sorted[0])
            let median = preciseText(sorted[sorted.count / 2])
            prompt.printer.say("best \(best), median \(median) of \(sorted.count) runs")
        },
    ]

    /// The seconds for which code is run repeatedly: at least three times unless one run takes longer, and at most `mostRuns` times.
    private static let timeBudget = 1.0
    private static let mostRuns = 10_000

    /// Returns the seconds of each run, or nil after an error, which is then printed.
    private static func repeated(_ code: String, in prompt: Prompt) -> [Double]? {
        var seconds: [Double] = []
        let start = Surroundings.monotonicSeconds()
        while seconds.count < mostRuns {
            let outcome = prompt.runQuietly(code)
            guard outcome.status == .ok else { return nil }
            seconds.append(outcome.seconds)
            let used = Surroundings.monotonicSeconds() - start
            if used > timeBudget, seconds.count >= 3 || used > 10 * timeBudget { break }
        }
        return seconds
    }

    /// Returns a duration in words: "1.25 s", "3.4 ms", "12 µs".
    static func preciseText(_ seconds: Double) -> String {
        if seconds >= 9.95 { return durationText(seconds) }
        if seconds >= 1 { return "\(fixed(seconds, 2)) s" }
        if seconds >= 0.001 { return "\(fixed(seconds * 1e3, seconds < 0.01 ? 2 : 1)) ms" }
        return "\(fixed(seconds * 1e6, 0)) µs"
    }
}
