import Foundation
import Tensors
import Testing

@testable import Diffusion

/// A folder is replaced whole, and errors name it as its writer does.
@Suite struct FolderReplacementTests {
    private func inFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("folder-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    @Test func errorsNameTheFolderThatWasAskedFor() throws {
        try inFolder { folder in
            let target = "\(folder)/model"
            let error = #expect(throws: FileError.self) {
                try FolderReplacement.write(target) { fresh in
                    try FileSystem.createFolder("\(fresh)/unet")
                    throw FileError(.write, "\(fresh)/unet/config.json", errno: ENOSPC)
                }
            }
            #expect(error?.path == "\(target)/unet/config.json" && error?.reason == .noSpace)
            #expect(FileSystem.contents(folder).isEmpty)
            // Where not even the folder beside it can be made.
            let nowhere = #expect(throws: FileError.self) { try FolderReplacement.write("/proc/model") { _ in } }
            #expect(nowhere?.path == "/proc/model")
        }
    }

    /// Given up in its middle, it leaves the old one.
    @Test func whatIsCancelledIsNotWritten() throws {
        try inFolder { folder in
            let target = "\(folder)/model"
            try FolderReplacement.write(target) { try AtomicFile.write("\($0)/a.txt", text: "old") }
            #expect(throws: CancellationError.self) {
                try Cancellation.scope(when: { true }) {
                    try FolderReplacement.write(target) { try AtomicFile.write("\($0)/a.txt", text: "new") }
                }
            }
            #expect(FileSystem.contents(folder) == ["model"])
            #expect(try String(contentsOfFile: "\(target)/a.txt", encoding: .utf8) == "old")
        }
    }
}
