import Foundation
import Testing

@testable import Images

/// Files that lie, stop or are none.
@Suite struct HostileTests {
    static let pictures = [
        "pattern.png", "format_interlaced.png", "format_palette_clear.png", "texts.png", "photo.jpg",
        "jpeg_progressive.jpg", "jpeg_cmyk.jpg",
    ]

    @Test(arguments: pictures)
    func everyCutIsAnError(name: String) throws {
        let bytes = try fixtureBytes(name)
        var ends = (0..<16).map { bytes.count * $0 / 16 }
        ends += (1...4).map { bytes.count - $0 } + Array(1..<min(40, bytes.count))
        // The last bytes of a JPEG are its end marker; losing it alone must be noticed as well.
        for end in ends {
            let error = failure { _ = try Image(data: Array(bytes.prefix(end)), path: name) }
            #expect(
                [.damaged, .notAPicture].contains(error?.kind), "cut at \(end): \(String(describing: error))")
            #expect(error?.path == name)
        }
    }

    @Test(arguments: pictures)
    func flippedBytesNeverTrap(name: String) throws {
        let bytes = try fixtureBytes(name)
        let size = try Image(data: bytes).size
        var generator = Generator(state: 11)
        for _ in 0..<300 {
            var broken = bytes
            for _ in 0..<Int.random(in: 1...8, using: &generator) {
                broken[Int.random(in: 0..<bytes.count, using: &generator)] = .random(
                    in: 0...255, using: &generator)
            }
            let limits = ImageLimits(maximumSide: 4096, maximumBytes: 4 << 20, maximumFileBytes: 1 << 20)
            do {
                let image = try Image(data: broken, limits: limits)
                // Damage that a JPEG's coding cannot tell, or in a part without meaning.
                if name.hasSuffix(".png") { #expect(image.size == size) }
            } catch {
                #expect(error is ImageError)
            }
        }
    }

    @Test func everyFlippedBitOfAPNGIsNoticed() throws {
        let bytes = try fixtureBytes("texts.png")
        for i in 8..<bytes.count {
            var broken = bytes
            broken[i] ^= 0x10
            let error = failure { _ = try Image(data: broken) }
            #expect(error != nil, "byte \(i) of \(bytes.count)")
        }
    }

    /// libpng would take and clear as many bytes as such a text says that it has.
    @Test(arguments: ["tEXt", "zTXt", "iTXt"])
    func aTextLongerThanItsFileTakesNoMemory(type: String) throws {
        var bytes = try fixtureBytes("texts.png")
        bytes.insert(contentsOf: [0x7F, 0xFF, 0xFF, 0x00] + Array(type.utf8) + Array("key".utf8), at: 33)
        try "5".write(toFile: "/proc/self/clear_refs", atomically: false, encoding: .utf8)
        let before = try peakMemory()
        #expect(failure { _ = try Image(data: bytes) }?.kind == .damaged)
        #expect(failure { _ = try PNGMetadata(pngData: bytes) }?.kind == .damaged)
        #expect(try peakMemory() - before < 512 << 20)
    }

    /// The most memory that this process has had since it was last asked to forget, in bytes.
    private func peakMemory() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
        return try #require(line.split { !$0.isNumber }.compactMap { Int($0) }.first) << 10
    }

    @Test(arguments: [(100_000, 100_000), (8193, 1), (1, 8193), (0x7FFF_FFFF, 0x7FFF_FFFF)])
    func hugeSidesAreRefusedByTheHeader(width: Int, height: Int) throws {
        var bytes = try fixtureBytes("pattern.png")
        for (offset, side) in [(16, width), (20, height)] {
            for i in 0..<4 { bytes[offset + i] = UInt8(side >> (24 - 8 * i) & 255) }
        }
        let error = failure { _ = try Image(data: bytes) }
        #expect(error?.kind == .tooLarge)
        #expect(error?.reason.contains("\(width)×\(height)") == true)
    }

    @Test func theBudgetIsCheckedBeforeDecoding() throws {
        let tight = ImageLimits(maximumSide: 8192, maximumBytes: 37 * 29 * 3 - 1, maximumFileBytes: 1 << 20)
        let enough = ImageLimits(maximumSide: 37, maximumBytes: 37 * 29 * 3, maximumFileBytes: 1 << 20)
        let small = ImageLimits(maximumSide: 36, maximumBytes: 1 << 20, maximumFileBytes: 1 << 20)
        let file = ImageLimits(maximumSide: 8192, maximumBytes: 1 << 20, maximumFileBytes: 100)
        let path = fixture("pattern.png")
        #expect(failure { _ = try Image(contentsOf: path, limits: tight) }?.kind == .tooLarge)
        #expect(failure { _ = try Image(contentsOf: path, limits: small) }?.kind == .tooLarge)
        #expect(failure { _ = try Image(contentsOf: path, limits: file) }?.kind == .tooLarge)
        #expect(try Image(contentsOf: path, limits: enough).width == 37)
        let photo = ImageLimits(maximumSide: 95, maximumBytes: 1 << 20, maximumFileBytes: 1 << 20)
        #expect(failure { _ = try Image(contentsOf: fixture("photo.jpg"), limits: photo) }?.kind == .tooLarge)
    }

    @Test(arguments: [
        ([UInt8](), ImageError.Kind.notAPicture, "empty"),
        (Array("a photo of a cat\n".utf8), .notAPicture, "neither"),
        (Array("GIF89a.......".utf8), .unsupported, "GIF"),
        (Array("RIFF\0\0\0\0WEBPVP8 ".utf8), .unsupported, "WebP"),
        (Array("\0\0\0\u{1c}ftypheic".utf8), .unsupported, "HEIC"),
        ([0x89, 0x50, 0x4E, 0x47], .damaged, "too early"),
        ([0xFF, 0xD8, 0xFF], .damaged, "libjpeg"),
        ([UInt8](repeating: 0, count: 4096), .notAPicture, "neither"),
    ])
    func whatIsNoPictureIsNamed(bytes: [UInt8], kind: ImageError.Kind, word: String) throws {
        try withFolder { folder in
            let path = folder + "/x.png"
            try put(bytes, path)
            let error = failure { _ = try Image(contentsOf: path) }
            #expect(error?.kind == kind)
            #expect(error?.path == path)
            #expect(error?.reason.contains(word) == true)
        }
    }

    @Test func contentCountsNotTheName() throws {
        try withFolder { folder in
            try put(fixtureBytes("photo.jpg"), folder + "/photo.png")
            #expect(try Image(contentsOf: folder + "/photo.png").width == 96)
        }
    }

    @Test(arguments: [
        ("/no/such/file.png", ImageError.Kind.missing), ("/tmp", .isDirectory), ("/dev/zero", .cannotRead),
        ("/etc/hostname/x.png", .missing), ("", .badArgument), ("a\0b.png", .badArgument),
        ("/tmp/" + String(repeating: "n", count: 300), .cannotRead),
    ])
    func pathsThatCannotBeRead(path: String, kind: ImageError.Kind) {
        #expect(failure { _ = try Image(contentsOf: path) }?.kind == kind)
        #expect(failure { _ = try Mask(contentsOf: path) }?.kind == kind)
        #expect(failure { _ = try PNGMetadata(contentsOf: path) }?.kind == kind)
    }

    @Test func aNamedPipeDoesNotHang() throws {
        try withFolder { folder in
            try #require(mkfifo(folder + "/pipe.png", 0o600) == 0)
            #expect(failure { _ = try Image(contentsOf: folder + "/pipe.png") }?.kind == .cannotRead)
        }
    }

    /// Root may read everything, so there it cannot be tried.
    @Test(.enabled(if: geteuid() != 0)) func noPermission() throws {
        try withFolder { folder in
            try put(fixtureBytes("pattern.png"), folder + "/secret.png")
            chmod(folder + "/secret.png", 0)
            #expect(failure { _ = try Image(contentsOf: folder + "/secret.png") }?.kind == .noPermission)
            chmod(folder, 0o500)
            defer { chmod(folder, 0o700) }
            #expect(
                failure { try noise(2, 2, seed: 1).write(to: folder + "/new.png") }?.kind == .noPermission)
        }
    }

    @Test func messagesCannotDriveATerminal() {
        let error = ImageError(
            .missing, path: "\u{1B}[2J\u{202E}x.png", reason: "there is no file of this name")
        #expect(
            error.description == "\"\u{FFFD}[2J\u{FFFD}x.png\": no such file: there is no file of this name")
    }
}
