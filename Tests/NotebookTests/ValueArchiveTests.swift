import Commands
import Files
import Language
import TestSupport
import Testing

@testable import Notebook

/// Values come back as themselves.
@Suite(.serialized) struct ValueArchiveTests {
    private let session = Session(builtins: CommandTable.all, options: SessionOptions(standardLibrary: [Desk.root + "/stdlib"]))

    private func value(_ code: String) throws -> Value {
        let outcome = session.run(source: code)
        #expect(outcome.status == .ok, "\(code): \(outcome.diagnostics.first?.message ?? "")")
        return try #require(outcome.value)
    }

    @Test(arguments: [
        "[none, true, 3, -9223372036854775807]", "[0.1, 1e308 * 10, -0.0, 5e-324]", "{a: 1, \"b c\": {d: [\"é\\n\"]}}", "[1..3, 0..<9]",
        "tensor([[1.5, -2], [0, 4]])", "zeros([0, 3])", "tensor([1, 2]) > 1", "feather(box([4, 4], [8, 8], [16, 16]), 1)",
        "image(zeros([4, 5]))", "load_scene(\"mug_rose\")", "table([{a: 1, b: \"x\"}, {a: none, b: 0.5}])", "load_model(\"collage\")",
        "phase1(load_model(\"collage\"), load_scene(\"mug_rose\"), steps=2, prior=1, prior_steps=1, seed=1)",
    ])
    func valuesComeBack(_ code: String) throws {
        let folder = try TemporaryFolder()
        let value = try value(code)
        let archive = ValueArchive(folder: folder.path + "/values")
        #expect(try archive.write([("x", value), ("f", try self.value("fn(x) { x }"))]) == ["x"])
        let back = try #require(try archive.read(["x", "f", "other"], session.context)["x"])
        #expect(ValueArchive.digest(of: back) == ValueArchive.digest(of: value))
        #expect(back.typeName == value.typeName)
        if !code.contains("1e308") { #expect(try back.isEqual(to: value)) }
    }

    @Test func aTrainedModelKeepsItsHistory() throws {
        let folder = try TemporaryFolder()
        let model = try value(
            "phase2(phase1(load_model(\"collage\"), load_scene(\"mug_rose\"), steps=2, prior_weight=0), load_scene(\"mug_rose\"), steps=1, prior_weight=0, train=\"kv\")"
        )
        let archive = ValueArchive(folder: folder.path + "/values")
        _ = try archive.write([("m", model)])
        session[global: "m"] = model
        session[global: "back"] = try archive.read(["m"], session.context)["m"]
        #expect(
            try value(
                "back == m and back.hash == m.hash and back.phases == m.phases and tolist(back.history.attention) == tolist(m.history.attention) and back.history.handles == m.history.handles"
            ).isTruthy)
    }

    @Test func damagedArchivesThrow() throws {
        let folder = try TemporaryFolder()
        let archive = ValueArchive(folder: folder.path + "/values")
        _ = try archive.write([("x", try value("tensor([1, 2])"))])
        for text in [
            "", "[]", "{\"x\": {\"type\": \"tensor\", \"name\": \"9\"}}",
            "{\"x\": {\"type\": \"image\", \"file\": \"../../../etc/passwd\"}}",
            "{\"x\": {\"type\": \"model\", \"folder\": \"/nowhere\", \"hash\": \"\"}}", "{\"x\": {\"type\": \"int\", \"value\": 3}}",
        ] {
            try AtomicFile.write(folder.path + "/values/values.json", text: text)
            #expect(throws: (any Error).self) {
                if try archive.read(["x"], session.context)["x"] == nil { throw CancellationError() }
            }
        }
    }
}
