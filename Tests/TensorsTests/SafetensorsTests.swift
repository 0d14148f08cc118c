// Reading and writing safetensors, against a file of safetensors' own and by round trips.
import Glibc
import TestSupport
import Testing

@testable import Files
@testable import Tensors

func safetensorsFixture(_ name: String) -> String {
    let folder = #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
    return "/\(folder)/Fixtures/safetensors/\(name)"
}

@Suite struct SafetensorsTests {
    @Test(arguments: ["f16", "bf16", "f32", "f64"])
    func widensFloats(_ name: String) throws {
        let file = try SafetensorsFile(path: safetensorsFixture("dtypes.safetensors"))
        let values = try file.readFloats(name)
        #expect(try file.entry(name).shape == [3, 4])
        let third: [String: Float] = ["f16": 0.333251953125, "bf16": 0.333984375, "f32": 1 / 3, "f64": 1 / 3]
        let most: Float = name == "bf16" ? 65536 : 65504
        let expected: [Float] = [
            0, -0.0, 1, -2.5, most, 0x1p-14, 0x1p-24, -0x1p-15, .infinity, -.infinity, .nan, third[name]!,
        ]
        for (value, wanted) in zip(values, expected) {
            #expect(value == wanted || value.isNaN && wanted.isNaN)
            #expect(value.isNaN || value.sign == wanted.sign)
        }
    }

    @Test func readsTheOtherTypes() throws {
        let file = try SafetensorsFile(path: safetensorsFixture("dtypes.safetensors"))
        for name in ["i8", "i16", "i32", "i64"] {
            #expect(try file.readInts(name) == [0, 1, -3, 100])
            #expect(try file.readFloats(name) == [0, 1, -3, 100])
        }
        #expect(try file.readInts("u8") == [0, 1, 200, 255])
        #expect(try file.readFloats("bool") == [1, 0, 1])
        #expect(try file.readFloats("scalar") == [7.5])
        #expect(try file.entry("scalar").shape == [])
        #expect(try file.readFloats("empty") == [])
        #expect(try file.entry("empty").shape == [0, 3])
        #expect(file.metadata == ["format": "pt", "note": "every dtype"])
    }

    @Test func aTensorOfSeveralPiecesIsWhole() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/large.safetensors"
        let values = (0..<150_000).map { Float($0 % 2048) }
        try SafetensorsWriter.write(path, [SafetensorsTensor("large", .f16, shape: [150_000], values)])
        #expect(try SafetensorsFile(path: path).readFloats("large") == values)
    }

    /// Before, within and after the writing, and while the disk takes its time: nothing lies there afterwards, and what was
    /// there before stands.
    @Test(arguments: 0..<4) func whatIsCancelledLeavesNothing(_ limit: Int) throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/large.safetensors"
        let large = SafetensorsTensor("a", shape: [4 << 20], [Float](repeating: 1, count: 4 << 20))
        #expect(throws: CancellationError.self) { try questions(limit: limit) { try SafetensorsWriter.write(path, [large]) } }
        #expect(folder.contents.isEmpty)
        try SafetensorsWriter.write(path, [SafetensorsTensor("b", shape: [1], [7])])
        #expect(throws: CancellationError.self) { try questions(limit: limit) { try SafetensorsWriter.write(path, [large]) } }
        #expect(folder.contents == ["large.safetensors"])
        #expect(try SafetensorsFile(path: path).readFloats("b") == [7])
        try Cancellation.scope(when: { false }) { try SafetensorsWriter.write(path, [large]) }
        #expect(try SafetensorsFile(path: path).readFloats("a").allSatisfy { $0 == 1 })
    }

    @Test func everyHalfIsRight() {
        for bits in UInt16.min...UInt16.max {
            let value = HalfPrecision.widen(float16: bits)
            let exponent = Int(bits >> 10 & 31)
            let fraction = Double(bits & 1023)
            let sign = bits >> 15 == 0 ? 1.0 : -1.0
            if exponent == 31 {
                #expect(fraction == 0 ? value == Float(sign) * .infinity : value.isNaN)
            } else {
                let magnitude =
                    exponent == 0 ? fraction * 0x1p-24 : scalbn(1 + fraction / 1024, exponent - 15)
                #expect(Double(value) == sign * magnitude)
            }
            let back = HalfPrecision.narrow(float16: value)
            #expect(back == bits || value.isNaN && back & 0x7C00 == 0x7C00 && back & 0x3FF != 0)
            let brain = HalfPrecision.widen(bfloat16: bits)
            #expect(brain.isNaN || HalfPrecision.narrow(bfloat16: brain) == bits)
        }
    }

    @Test(
        arguments: [
            (1 + 0x1p-11, 0x3C00), (1 + 0x1p-11 + 0x1p-20, 0x3C01), (1 + 3 * 0x1p-11, 0x3C02),
            (65519, 0x7BFF), (65520, 0x7C00), (-1e30, 0xFC00),  // overflow
            (0x1p-25, 0x0000), (1.5 * 0x1p-25, 0x0001), (3 * 0x1p-25, 0x0002), (0x1p-14 - 0x1p-26, 0x0400),
            (-0.0, 0x8000), (1e-30, 0),
        ] as [(Float, UInt16)])
    func narrowsToNearestEven(_ value: Float, _ expected: UInt16) {
        #expect(HalfPrecision.narrow(float16: value) == expected)
    }

    @Test func narrowsToBfloat16() {
        #expect(HalfPrecision.narrow(bfloat16: 1 + 0x1p-8) == 0x3F80)
        #expect(HalfPrecision.narrow(bfloat16: 1 + 3 * 0x1p-8) == 0x3F82)
        #expect(HalfPrecision.narrow(bfloat16: .greatestFiniteMagnitude) == 0x7F80)
        #expect(HalfPrecision.widen(bfloat16: HalfPrecision.narrow(bfloat16: .nan)).isNaN)
    }

    @Test func roundTrip() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/a.safetensors"
        let values = (0..<300_000).map { Float($0 % 1000) / 8 }
        let tensors = [
            SafetensorsTensor("z", shape: [3, 100_000], values),
            SafetensorsTensor("half", .f16, shape: [300_000], values),
            SafetensorsTensor("brain", .bf16, shape: [5], [1, 2, -3, 0.5, .infinity]),
            SafetensorsTensor("scalar", shape: [], [2]), SafetensorsTensor("none", shape: [0], []),
            SafetensorsTensor("pieces", shape: [4]) { take in
                try [1, 2].withUnsafeBufferPointer(take)
                try [3, 4].withUnsafeBufferPointer(take)
            },
        ]
        try SafetensorsWriter.write(path, tensors)
        #expect(folder.contents == ["a.safetensors"])
        let file = try SafetensorsFile(path: path)
        #expect(file.metadata == ["format": "pt"])
        #expect(file.tensors.map(\.name) == ["none", "pieces", "scalar", "z", "brain", "half"])
        #expect(try file.readFloats("z") == values)
        #expect(try file.readFloats("half") == values)
        #expect(try file.readFloats("brain") == [1, 2, -3, 0.5, .infinity])
        #expect(try file.readFloats("pieces") == [1, 2, 3, 4])
        #expect(try file.entry("scalar").shape == [])

        let again = "\(folder.path)/b.safetensors"
        try SafetensorsWriter.write(again, tensors.reversed())
        #expect(try SHA256.hexadecimal(ofFile: again) == SHA256.hexadecimal(ofFile: path))
    }

    @Test func errorsOfAsking() throws {
        let file = try SafetensorsFile(path: safetensorsFixture("dtypes.safetensors"))
        let missing = #expect(throws: SafetensorsError.self) { try file.readFloats("scalr") }
        #expect(missing?.problem == .noSuchTensor(nearest: ["scalar"]))
        let kind = #expect(throws: SafetensorsError.self) { try file.readInts("f16") }
        #expect(kind?.problem == .notIntegers(.f16))
        var buffer = [Float](repeating: 0, count: 5)
        let size = #expect(throws: SafetensorsError.self) {
            try buffer.withUnsafeMutableBufferPointer { try file.read("f32", into: $0) }
        }
        #expect(size?.problem == .wrongCount(expected: 12, given: 5))
    }

    @Test func errorsOfWriting() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/a.safetensors"
        func problem(_ tensors: SafetensorsTensor...) -> SafetensorsError.Problem? {
            #expect(throws: SafetensorsError.self) { try SafetensorsWriter.write(path, tensors) }?.problem
        }
        let one = SafetensorsTensor("a", shape: [1], [1])
        #expect(problem(one, one) == .duplicateName)
        #expect(problem(SafetensorsTensor("a", .i64, shape: [1], [1])) == .unwritableDType(.i64))
        #expect(problem(SafetensorsTensor("a", shape: [2], [1])) == .wrongCount(expected: 2, given: 1))
        #expect(problem(SafetensorsTensor("a", shape: [1], [1, 2])) == .wrongCount(expected: 1, given: 2))
        #expect(problem(SafetensorsTensor("a", shape: [.max, 3], [])) == .sizeOverflow(shape: [.max, 3]))
        #expect(problem(SafetensorsTensor("a", shape: [-1], [])) == .sizeOverflow(shape: [-1]))
        #expect(folder.contents == [])  // No temporary file is left behind.
        let missing = #expect(throws: FileError.self) {
            try SafetensorsWriter.write("\(folder.path)/no/a.safetensors", [one])
        }
        #expect(missing?.reason == .notFound)
        #expect(missing?.operation == .create)
        let notFolder = #expect(throws: FileError.self) {
            try SafetensorsWriter.write("/dev/null/a.safetensors", [one])
        }
        #expect(notFolder?.reason == .notADirectory)
        #expect(throws: FileError.self) { try SafetensorsWriter.write(folder.path, [one]) }
    }

    @Test func aFailedWriteLeavesTheOldFile() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/a.safetensors"
        try SafetensorsWriter.write(path, [SafetensorsTensor("a", shape: [1], [1])])
        #expect(throws: SafetensorsError.self) {
            try SafetensorsWriter.write(path, [SafetensorsTensor("a", shape: [2], [5])])
        }
        #expect(try SafetensorsFile(path: path).readFloats("a") == [1])
        #expect(folder.contents == ["a.safetensors"])
    }

    @Test func aFullDiskIsAnError() throws {
        let descriptor = Glibc.open("/dev/full", O_WRONLY)
        defer { close(descriptor) }
        let sink = AtomicFileSink(descriptor: descriptor, path: "full.safetensors")
        try sink.write([UInt8](repeating: 1, count: 1000))  // Collected, not yet written.
        for write in [{ try sink.finish() }, { try sink.write([UInt8](repeating: 1, count: 1 << 20)) }] {
            let error = #expect(throws: FileError.self) { try write() }
            #expect(error == FileError(.write, "full.safetensors", errno: ENOSPC))
            #expect(error?.reason == .noSpace)
        }
    }

    @Test(
        arguments: [
            (ENOENT, .notFound), (EACCES, .permissionDenied), (EPERM, .permissionDenied), (ENOSPC, .noSpace),
            (EDQUOT, .noSpace), (EROFS, .readOnly), (EIO, .deviceError), (EBUSY, .other),
        ] as [(Int32, FileError.Reason)])
    func errnoBecomesAReason(_ code: Int32, _ reason: FileError.Reason) {
        #expect(FileError(.write, "x", errno: code).reason == reason)
    }

    @Test func missingAndUnreadableFiles() throws {
        let missing = #expect(throws: FileError.self) { try SafetensorsFile(path: "/tmp/none.safetensors") }
        #expect(missing?.reason == .notFound)
        let folder = #expect(throws: FileError.self) { try SafetensorsFile(path: "/tmp") }
        #expect(folder?.reason == .isADirectory)
    }

    @Test func aFileCutShortUnderUsIsAnError() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/a.safetensors"
        try SafetensorsWriter.write(
            path, [SafetensorsTensor("a", shape: [1000], [Float](repeating: 1, count: 1000))])
        let file = try SafetensorsFile(path: path)
        truncate(path, 500)
        let error = #expect(throws: FileError.self) { try file.readFloats("a") }
        #expect(error?.reason == .cutShort)
    }
}
