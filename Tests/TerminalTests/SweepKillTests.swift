import Glibc
import Testing

/// SIGKILL at random moments: a sweep with a file goes on, and makes no run twice that had ended.
@Suite(.serialized) struct SweepKillTests {
    private static let program = """
        fn measure(p) {
            x = 0
            for i in 1..20000 { x = x + i * p.a }
            { x: x, y: p.a / p.seed }
        }
        t = sweep({a: 1..6, seed: 1..5}, measure, file="runs.jsonl")
        print(len(t), sum(t.x), t.y == [a / seed for a in 1..6 for seed in 1..5])
        """

    private static func lastLine(_ run: Run) -> Substring? { run.output.split(separator: "\n").last }

    @Test func aKilledSweepGoesOn() throws {
        let folder = try TemporaryFolder()
        try folder.write("sweep.bas", Self.program)
        var random = SystemRandomNumberGenerator()
        var (kills, lines) = (0, 0)
        while kills < 6 {
            let run = try Run(["run", "sweep.bas"], in: folder, signal: (SIGKILL, .random(in: 0.02...0.3, using: &random)))
            #expect(!run.errors.contains("error["), "\(run.errors)")
            if run.status != 128 + SIGKILL { break }
            kills += 1
            let now = folder.read("runs.jsonl").split(separator: "\n").count
            #expect(now >= lines - 1, "\(now) lines after \(lines)")
            lines = now
        }
        let last = try Run(["run", "sweep.bas"], in: folder)
        #expect(last.status == 0 && Self.lastLine(last) == "30 21001050000 true", "\(last.output) \(last.errors)")
        #expect(folder.read("runs.jsonl").split(separator: "\n").count == 30)
    }
}
