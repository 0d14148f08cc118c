import Foundation
import Language
import Testing

@testable import Commands

/// Every program that ships runs to its end, with small settings: its `steps` are 2, and those of `break_a_scene` where it gives none; prior
/// pictures one, and pictures take three denoising steps where the program does not say otherwise.
@Suite(.serialized) struct ScriptTests {
    static let scripts: [String] = ["examples", "stdlib", "stdlib/recipes"].flatMap { folder in
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(Programs.root)/\(folder)")) ?? []
        return names.filter { $0.hasSuffix(".bas") && !$0.hasPrefix(".") }.sorted().map { "\(folder)/\($0)" }
    }

    private static let defaults: [String: [String: Value]] = [
        "generate": ["steps": 3], "phase1": ["prior": 1], "phase2": ["prior": 1], "break_a_scene": ["prior": 1, "steps": 2],
        "train": ["prior": 1],
    ]

    private static let table: [Builtin] = CommandTable.all.map { row in
        var row = row
        for (index, parameter) in row.parameters.enumerated() {
            if let value = defaults[row.name]?[parameter.name] { row.parameters[index].defaultValue = value }
        }
        return row
    }

    /// One for all, its names forgotten between: models and prior pictures that one script has made serve the next.
    private static let session = Session(builtins: table, options: SessionOptions(standardLibrary: [Programs.root + "/stdlib"]))

    /// `steps = 400` becomes `steps = 2`; explicit numbers of prior pictures become one.
    static func small(_ source: String) -> String {
        source.split(separator: "\n", omittingEmptySubsequences: false).map { line -> String in
            if line.hasPrefix("steps "), line.contains("=") { return "steps = 2" }
            return String(line).replacing("prior=4", with: "prior=1")
        }.joined(separator: "\n")
    }

    @Test func thereAreSome() {
        #expect(Self.scripts.count >= 9 && Self.scripts.contains("stdlib/break_a_scene.bas"))
    }

    @Test(arguments: scripts) func runs(_ script: String) throws {
        let source = Self.small(try String(contentsOfFile: "\(Programs.root)/\(script)", encoding: .utf8))
        let session = Self.session
        session.reset()
        let outcome = try inTemporaryFolder { _ in session.run(source: source, file: script) }
        let errors = outcome.diagnostics.filter { $0.severity == .error }
        #expect(errors.isEmpty, "\(script): \(errors.first?.message ?? "") \(errors.first.map { "\($0.notes)" } ?? "")")
        #expect(outcome.exitCode == .ok)
    }

    /// What a reader sees must not be wider than the page.
    @Test(arguments: scripts) func linesFit(_ script: String) throws {
        let source = try String(contentsOfFile: "\(Programs.root)/\(script)", encoding: .utf8)
        for (number, line) in source.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
        where !line.hasPrefix("#>") {
            #expect(line.count <= 120, "\(script):\(number + 1)")
        }
    }
}
