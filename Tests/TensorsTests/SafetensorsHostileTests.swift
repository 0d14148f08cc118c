// Hostile safetensors: every rule of the format broken once, each with its own error.
import Tensors
import TestSupport
import Testing

@Suite struct SafetensorsHostileTests {
    typealias Problem = SafetensorsError.Problem

    /// The bytes of a file with this header and so many bytes of data.
    static func bytes(header: String, data: Int, announced: UInt64? = nil) -> [UInt8] {
        let length = announced ?? UInt64(header.utf8.count)
        return withUnsafeBytes(of: length.littleEndian) { Array($0) } + Array(header.utf8)
            + [UInt8](repeating: 0, count: data)
    }

    static func entry(_ dtype: String, _ shape: String, _ offsets: String) -> String {
        #"{"dtype":"\#(dtype)","shape":\#(shape),"data_offsets":\#(offsets)}"#
    }

    static let two = "{\"a\":\(entry("F32", "[2]", "[0,8]")),\"b\":\(entry("U8", "[3]", "[8,11]"))}"
    static let a = "{\"a\":"

    static func open(_ bytes: [UInt8]) throws -> SafetensorsFile {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/hostile.safetensors"
        try AtomicFile.write(path) { try $0.write(bytes) }
        return try SafetensorsFile(path: path)
    }

    static let broken: [(String, Int, Problem)] = [
        ("[]", 0, .headerStart(byte: 0x5B)),
        (" {}", 0, .headerStart(byte: 0x20)),
        ("{\"a\":1}", 0, .entryNotAnObject(found: "an integer")),
        ("{\"__metadata__\":{\"a\":1}}", 0, .metadataNotText),
        ("{\"__metadata__\":[]}", 0, .metadataNotText),
        ("\(a){\"shape\":[1],\"data_offsets\":[0,4]}}", 4, .missingField("dtype")),
        ("\(a){\"dtype\":\"F32\",\"data_offsets\":[0,4]}}", 4, .missingField("shape")),
        ("\(a){\"dtype\":\"F32\",\"shape\":[1]}}", 4, .missingField("data_offsets")),
        (
            "\(a){\"dtype\":3,\"shape\":[1],\"data_offsets\":[0,4]}}", 4,
            .invalidField("dtype", expected: "a name")
        ),
        ("\(a)\(entry("F31", "[1]", "[0,4]"))}", 4, .unknownDType("F31")),
        ("\(a)\(entry("F32", "[-1]", "[0,4]"))}", 4, shape),
        ("\(a)\(entry("F32", "[1.0]", "[0,4]"))}", 4, shape),
        ("\(a)\(entry("F32", "1", "[0,4]"))}", 4, shape),
        ("\(a)\(entry("F32", "[\"1\"]", "[0,4]"))}", 4, shape),
        ("\(a)\(entry("F32", "[18446744073709551616]", "[0,4]"))}", 4, shape),
        ("\(a)\(entry("F32", "[1]", "[0]"))}", 4, offsets),
        ("\(a)\(entry("F32", "[1]", "[0,4,4]"))}", 4, offsets),
        ("\(a)\(entry("F32", "[1]", "[-4,0]"))}", 4, offsets),
        ("\(a)\(entry("F32", "[1]", "[0.0,4.0]"))}", 4, offsets),
        ("\(a)\(entry("F32", "[1]", "[4,0]"))}", 4, .offsetsReversed(begin: 4, end: 0)),
        ("\(a)\(entry("F32", "[9223372036854775807,2]", "[0,4]"))}", 4, .sizeOverflow(shape: [.max, 2])),
        ("\(a)\(entry("F64", "[2305843009213693952]", "[0,4]"))}", 4, .sizeOverflow(shape: [1 << 61])),
        (
            "\(a)\(entry("F32", "[3]", "[0,8]"))}", 8,
            .sizeMismatch(dtype: .f32, shape: [3], needed: 12, given: 8)
        ),
        ("\(a)\(entry("U8", "[2]", "[2,4]"))}", 4, .hole(expectedBegin: 0, begin: 2)),
        (
            "\(a)\(entry("U8", "[2]", "[0,2]")),\"b\":\(entry("U8", "[1]", "[3,4]"))}", 4,
            .hole(expectedBegin: 2, begin: 3)
        ),
        (
            "\(a)\(entry("U8", "[3]", "[0,3]")),\"b\":\(entry("U8", "[2]", "[2,4]"))}", 4,
            .overlap(expectedBegin: 3, begin: 2)
        ),
        (
            "\(a)\(entry("U8", "[4]", "[0,4]")),\"b\":\(entry("U8", "[4]", "[0,4]"))}", 4,
            .overlap(expectedBegin: 4, begin: 0)
        ),
        (two, 10, .dataPastEnd(end: 11, available: 10)),
        (two, 12, .dataUnused(end: 11, available: 12)),
        ("{}", 5, .dataUnused(end: 0, available: 5)),
        (
            "\(a)\(entry("U8", "[9223372036854775807]", "[0,9223372036854775807]"))}", 4,
            .dataPastEnd(end: .max, available: 0)
        ),
    ]
    static let shape = Problem.invalidField("shape", expected: "a list of non-negative integers")
    static let offsets = Problem.invalidField("data_offsets", expected: "two non-negative integers")

    @Test(arguments: broken)
    func everyRule(_ header: String, _ data: Int, _ problem: Problem) {
        let error = #expect(throws: SafetensorsError.self) {
            try Self.open(Self.bytes(header: header, data: data))
        }
        #expect(error?.problem == problem)
        #expect(error?.path.hasSuffix("hostile.safetensors") == true)
        #expect(error?.description.contains("hostile.safetensors") == true)
    }

    @Test(
        arguments: [
            ([], .tooShort(size: 0)), ([1, 0, 0], .tooShort(size: 3)),
            ([0, 0, 0, 0, 0, 0, 0, 0], .tooShort(size: 8)),
            (bytes(header: "{}", data: 0, announced: 3), .headerPastEnd(length: 3, fileSize: 10)),
            (
                bytes(header: "{}", data: 0, announced: 100_000_001),
                .headerTooLong(length: 100_000_001, limit: 100_000_000)
            ),
            (
                bytes(header: "{}", data: 0, announced: 1 << 32),
                .headerTooLong(length: 1 << 32, limit: 100_000_000)
            ),
            (bytes(header: "{}", data: 0, announced: .max), .headerTooLong(length: .max, limit: 100_000_000)),
        ] as [([UInt8], Problem)])
    func headerLengths(_ bytes: [UInt8], _ problem: Problem) {
        #expect(throws: SafetensorsError.self) { try Self.open(bytes) }.map { #expect($0.problem == problem) }
    }

    @Test(arguments: [
        "{\"a\":\(entry("U8", "[1]", "[0,1]")),\"a\":\(entry("U8", "[1]", "[1,2]"))}",
        "{\"__metadata__\":{\"a\":\"1\",\"a\":\"2\"}}", "{\"a\":", "{} x",
        "{\"a\":{\"dtype\":\"U8\",\"dtype\":\"U8\"}}",
        "{\"a\":\(String(repeating: "[", count: 5000))", "{\"a\":{\"shape\":[1e999]}}",
    ])
    func brokenJSON(_ header: String) {
        let error = #expect(throws: SafetensorsError.self) {
            try Self.open(Self.bytes(header: header, data: 2))
        }
        guard case .headerJSON = error?.problem else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func badUTF8() {
        var bytes = Self.bytes(header: "{\"x\":1}", data: 0)
        bytes[10] = 0xFF
        let error = #expect(throws: SafetensorsError.self) { try Self.open(bytes) }
        guard case .headerJSON(let inner) = error?.problem else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(inner.problem == .invalidUTF8)
    }

    @Test func legalOddities() throws {
        let padded =
            "{\"a\":\(Self.entry("F32", "[]", "[0,4]")),\"e\":\(Self.entry("F32", "[0,7]", "[4,4]"))}   \n"
        let file = try Self.open(Self.bytes(header: padded, data: 4))
        #expect(file.tensors.map(\.shape) == [[], [0, 7]])
        #expect(try Self.open(Self.bytes(header: "{}", data: 0)).tensors.isEmpty)
        let unordered =
            "{\"b\":\(Self.entry("U8", "[1]", "[2,3]")),\"a\":\(Self.entry("U8", "[2]", "[0,2]"))}"
        #expect(try Self.open(Self.bytes(header: unordered, data: 3)).tensors.map(\.name) == ["a", "b"])
        let small = "{\"a\":\(Self.entry("F8_E4M3", "[2]", "[0,2]"))}"
        let eight = try Self.open(Self.bytes(header: small, data: 2))
        let error = #expect(throws: SafetensorsError.self) { try eight.readFloats("a") }
        #expect(error?.problem == .unreadableDType(.f8e4m3))
    }

    @Test func everyTruncationIsAnError() throws {
        let whole = Self.bytes(header: Self.two, data: 11)
        _ = try Self.open(whole)
        for length in 0..<whole.count {
            #expect(throws: SafetensorsError.self) { try Self.open(Array(whole[..<length])) }
        }
    }

    /// Every byte of the header replaced by others: an error or a valid file, never a trap.
    @Test func everyMutationIsAnAnswer() throws {
        let whole = Self.bytes(header: Self.two, data: 11)
        var refused = 0
        for position in 0..<(8 + Self.two.utf8.count) {
            for replacement: UInt8 in [0x00, 0x22, 0x2D, 0x39, 0x5D, 0xFF] {
                var bytes = whole
                bytes[position] = replacement
                do {
                    let file = try Self.open(bytes)
                    for tensor in file.tensors { _ = try? file.readFloats(tensor.name) }
                } catch is SafetensorsError {
                    refused += 1
                }
            }
        }
        #expect(refused > whole.count * 3)
    }
}
