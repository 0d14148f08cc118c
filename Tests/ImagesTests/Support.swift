import Foundation
import Testing

@testable import Images

/// A file of Tests/Fixtures/images, found from this file's place.
func fixture(_ name: String, here: String = #filePath) -> String {
    let tests = here.split(separator: "/").dropLast(2).joined(separator: "/")
    return "/\(tests)/Fixtures/images/\(name)"
}

func fixtureBytes(_ name: String) throws -> [UInt8] {
    try FileAccess.read(fixture(name), maximumBytes: 1 << 24)
}

/// A folder of its own, removed after `body`.
func withFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("images-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.path)
}

func put(_ bytes: [UInt8], _ path: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: path))
}

/// The kind of `ImageError` that `body` throws; nil if it throws none.
func failure(_ body: () throws -> Void) -> ImageError? {
    do {
        try body()
        return nil
    } catch {
        return error as? ImageError
    }
}

/// Counted random numbers (SplitMix64), so that a failing case comes back.
struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

func noise(_ width: Int, _ height: Int, seed: UInt64) -> Image {
    var generator = Generator(state: seed)
    let pixels = (0..<width * height * 3).map { _ in UInt8.random(in: 0...255, using: &generator) }
    return Image(width: width, height: height, pixels: pixels)
}

/// The largest difference of any channel.
func worst(_ a: Image, _ b: Image) -> Int {
    a.size == b.size ? zip(a.pixels, b.pixels).map { abs(Int($0) - Int($1)) }.max() ?? 0 : 256
}
