import Glibc
import Testing

/// SIGKILL at random moments: a training with checkpoints goes on as if nothing had happened.
@Suite(.serialized) struct KillTests {
    private static func program(_ options: String) -> String {
        """
        base  = load_model("collage")
        photo = load_scene("mug_rose")
        m = phase1(base, photo, steps=8, prior=20, prior_steps=2, flip=0.5, seed=4\(options))
        m = phase2(m, photo, steps=4, prior_weight=0, train="kv", seed=4\(options.isEmpty ? "" : ", checkpoint=\"second\", checkpoint_every=1"))
        print(m.hash, len(m.history), sum(m.history.reconstruction))
        """
    }

    /// `BAS_KILLS` says how often; 200 by `make kill-test`.
    private static let kills = getenv("BAS_KILLS").flatMap { Int(String(cString: $0)) } ?? 12

    /// What the program printed itself.
    private static func lastLine(_ run: Run) -> Substring? { run.output.split(separator: "\n").last }

    @Test func aKilledTrainingEndsInTheSameModel() throws {
        let folder = try TemporaryFolder()
        try folder.write("whole.bas", Self.program(""))
        try folder.write("kept.bas", Self.program(", checkpoint=\"first\", checkpoint_every=1"))
        let whole = try Run(["run", "whole.bas"], in: folder)
        #expect(whole.status == 0, "\(whole.errors)")
        var random = SystemRandomNumberGenerator()
        var (killed, finished, moment) = (0, 0, 0.6)
        while killed < Self.kills {
            let run = try Run(["run", "kept.bas"], in: folder, signal: (SIGKILL, .random(in: 0.02...moment, using: &random)))
            #expect(!run.errors.contains("damaged") && !run.errors.contains("error["), "\(run.errors)")
            if run.status == 128 + SIGKILL {
                killed += 1
                // A slow machine: later kills, so that something is done between two of them.
                if killed % 10 == 0 { moment += 0.2 }
                continue
            }
            #expect(run.status == 0 && Self.lastLine(run) == Self.lastLine(whole), "\(run.status) \(run.output) \(run.errors)")
            finished += 1
            for name in ["first", "second"] { folder.remove(name) }
        }
        let last = try Run(["run", "kept.bas"], in: folder)
        #expect(
            last.status == 0 && Self.lastLine(last) == Self.lastLine(whole),
            "\(last.output) after \(killed) kills, \(finished) runs to the end; \(last.errors)")
    }
}
