// Sharded models, the choice of a folder's file, and SHA-256.
import Tensors
import TestSupport
import Testing

@Suite struct SafetensorsShardTests {
    private func makeShards(_ index: String, name: String = "model.safetensors.index.json") throws
        -> TemporaryFolder
    {
        let folder = try TemporaryFolder()
        for (shard, key, value) in [("s1", "a", Float(1)), ("s2", "b", 2)] {
            try SafetensorsWriter.write(
                "\(folder.path)/\(shard).safetensors", [SafetensorsTensor(key, shape: [1], [value])])
        }
        try AtomicFile.write("\(folder.path)/\(name)", text: index)
        return folder
    }

    private let good =
        #"{"metadata":{"total_size":8},"weight_map":{"a":"s1.safetensors","b":"s2.safetensors"}}"#

    @Test func readsAcrossShards() throws {
        let folder = try makeShards(good)
        for path in [folder.path, "\(folder.path)/model.safetensors.index.json"] {
            let source = try ShardedSafetensors(path)
            #expect(source.tensors.map(\.name) == ["a", "b"])
            #expect(try source.readFloats("a") + source.readFloats("b") == [1, 2])
            #expect(source.metadata == ["format": "pt"])
            let error = #expect(throws: SafetensorsError.self) { try source.readFloats("c") }
            #expect(error?.problem == .noSuchTensor(nearest: ["a", "b"]))
        }
        #expect(try SafetensorsFolder.open(folder.path, stem: "model").tensors.count == 2)
    }

    @Test(
        arguments: [
            (#"{"weight_map":{"a":"../x.safetensors"}}"#, .unsafeShardName("../x.safetensors")),
            (#"{"weight_map":{"a":"/etc/x.safetensors"}}"#, .unsafeShardName("/etc/x.safetensors")),
            (#"{"weight_map":{"a":"s1.bin"}}"#, .unsafeShardName("s1.bin")),
            (#"{"weight_map":{"b":"s1.safetensors"}}"#, .notInShard(shard: "s1.safetensors")),
            (#"{"weight_map":{"a":1}}"#, .indexField("weight_map", expected: "a file name")),
            (#"{"weight_map":[]}"#, .indexField("weight_map", expected: "an object")),
            (#"{}"#, .indexField("weight_map", expected: "an object")),
        ] as [(String, SafetensorsError.Problem)])
    func brokenIndexes(_ index: String, _ problem: SafetensorsError.Problem) throws {
        let folder = try makeShards(index)
        let error = #expect(throws: SafetensorsError.self) { try ShardedSafetensors(folder.path) }
        #expect(error?.problem == problem)
    }

    @Test func missingShardAndIndex() throws {
        let folder = try makeShards(#"{"weight_map":{"a":"s3.safetensors"}}"#)
        let missing = #expect(throws: FileError.self) { try ShardedSafetensors(folder.path) }
        #expect(missing?.path.hasSuffix("s3.safetensors") == true)
        let empty = try TemporaryFolder()
        let none = #expect(throws: SafetensorsError.self) { try ShardedSafetensors(empty.path) }
        #expect(none?.problem == .noIndex)
        let broken = try makeShards("{")
        #expect(throws: SafetensorsError.self) { try ShardedSafetensors(broken.path) }
    }

    @Test func choosesAFoldersFile() throws {
        let folder = try TemporaryFolder()
        func write(_ name: String, _ value: Float) throws {
            try SafetensorsWriter.write(
                "\(folder.path)/\(name)", [SafetensorsTensor("a", shape: [1], [value])])
        }
        func chosen(_ variant: String? = nil) throws -> Float {
            try SafetensorsFolder.open(folder.path, stem: "model", variant: variant).readFloats("a")[0]
        }
        let missing = #expect(throws: FileError.self) { _ = try chosen() }
        #expect(missing?.path.hasSuffix("/model.safetensors") == true)
        try write("model.fp16.safetensors", 16)
        #expect(try chosen() == 16)
        try write("model.safetensors", 32)
        #expect(try chosen() == 32)
        #expect(try chosen("fp16") == 16)
        #expect(throws: FileError.self) { _ = try chosen("bf16") }
        let sharded = try makeShards(good, name: "model.safetensors.index.fp16.json")
        #expect(try SafetensorsFolder.open(sharded.path, stem: "model").tensors.count == 2)
    }

    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            String(repeating: "a", count: 1_000_000),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        ),
    ])
    func sha256(_ text: String, _ expected: String) {
        #expect(SHA256.hexadecimal(of: Array(text.utf8)) == expected)
    }

    @Test func sha256InPieces() {
        let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let whole = SHA256.hexadecimal(of: bytes)
        for size in [1, 3, 55, 56, 63, 64, 65, 119, 128, 999] {
            var hash = SHA256()
            for start in stride(from: 0, to: bytes.count, by: size) {
                hash.update(Array(bytes[start..<min(start + size, bytes.count)]))
            }
            #expect(hash.hexadecimal() == whole)
        }
    }
}
