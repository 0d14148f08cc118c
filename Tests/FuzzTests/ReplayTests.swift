import Foundation
import Testing

/// Runs every seed of the fuzzer, and what it found once, without the fuzzer.
@Suite(.serialized) struct ReplayTests {
    private static let seeds = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Seeds")

    @Test(arguments: FuzzTarget.all.map(\.name)) func seedsPass(_ name: String) throws {
        let target = try #require(FuzzTarget.all.first { $0.name == name })
        let folder = Self.seeds.appendingPathComponent(name)
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        #expect(!files.isEmpty, "\(name) has no seeds")
        for file in files {
            let bytes = Array(try Data(contentsOf: file))
            target.run(bytes)
            // Cut short, as files are that were not written to their end.
            target.run(Array(bytes.prefix(bytes.count / 2)))
        }
    }
}
