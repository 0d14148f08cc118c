import Glibc
import Testing

/// A training that is asked to end: with a checkpoint nothing is lost, by real processes.
@Suite(.serialized) struct TerminationTests {
    private static func program(_ options: String) -> String {
        """
        base  = load_model("collage")
        photo = load_scene("mug_rose")
        m = phase1(base, photo, steps=4000, prior_weight=0, flip=0.5, seed=4\(options))
        print(m.hash, len(m.history))
        """
    }

    /// Only the request writes a checkpoint, so what is there afterwards is what it kept.
    private static let kept = ", checkpoint=\"kept\", checkpoint_every=1000000"

    @Test(arguments: [(SIGTERM, 143), (SIGHUP, 129), (SIGINT, 130)] as [(Int32, Int32)])
    func aTrainingWithACheckpointKeepsItAndGoesOn(_ signal: Int32, _ status: Int32) throws {
        let folder = try TemporaryFolder()
        try folder.write("kept.bas", Self.program(Self.kept))
        let ended = try Run(["run", "kept.bas"], in: folder, signal: (signal, after: 0.7))
        #expect(ended.status == status, "\(ended.errors)")
        #expect(ended.output.contains("Interrupted after step"), "\(ended.output)")
        #expect(signal == SIGINT || ended.errors.contains("writing the checkpoint"), "\(ended.errors)")
        // As far as it came, once from the checkpoint and once in one go.
        let step = Int(ended.output.split(separator: "step ").last?.prefix { $0.isNumber } ?? "") ?? 0
        let until = step + 3
        let rest = try Run(["-e", "m = resume(\"kept\", until=\(until)); print(m.hash, len(m.history))"], in: folder)
        try folder.write("whole.bas", Self.program(", until=\(until)"))
        let whole = try Run(["run", "whole.bas"], in: folder)
        #expect(
            rest.status == 0 && rest.output.split(separator: "\n").last == whole.output.split(separator: "\n").last,
            "\(rest.output) \(rest.errors)")
    }

    @Test func withoutACheckpointItEndsAtOnceAndSaysSo() throws {
        let folder = try TemporaryFolder()
        try folder.write("lost.bas", Self.program(""))
        let run = try Run(["run", "lost.bas"], in: folder, signal: (SIGTERM, after: 0.7))
        #expect(run.status == 143 && run.errors.contains("checkpoint="), "\(run.errors)")
    }
}
