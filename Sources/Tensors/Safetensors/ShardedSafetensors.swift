// Models in several files: `*.safetensors.index.json` says which tensor is in which file.
import Glibc

/// The shards of an index, seen as one source.
public final class ShardedSafetensors: SafetensorsSource {
    /// The index.
    public let path: String
    /// The tensors of all shards, in the order of the index.
    public let tensors: [SafetensorsEntry]
    /// The text entries of the first shard in alphabetical order.
    public let metadata: [String: String]
    private let shards: [ExactString: SafetensorsFile]

    /// Opens an index file, or the only index in a folder, and every shard that it names.
    ///
    /// Throws ``FileError`` and ``SafetensorsError``: a shard is missing, a tensor is not in its shard, or a shard's name
    /// leads out of the folder.
    public init(_ folderOrIndex: String) throws {
        path = try Self.indexPath(folderOrIndex)
        let folder = Self.folder(of: path)
        var files: [String: SafetensorsFile] = [:]
        var shards: [ExactString: SafetensorsFile] = [:]
        var tensors: [SafetensorsEntry] = []
        for (name, value) in try Self.readWeightMap(path).members {
            guard let shard = value.stringValue else {
                throw SafetensorsError(path, key: name, .indexField("weight_map", expected: "a file name"))
            }
            guard !shard.contains("/"), shard.hasSuffix(".safetensors") else {
                throw SafetensorsError(path, key: name, .unsafeShardName(shard))
            }
            let file = try files[shard] ?? SafetensorsFile(path: "\(folder)/\(shard)")
            files[shard] = file
            guard file.contains(name) else {
                throw SafetensorsError(path, key: name, .notInShard(shard: shard))
            }
            tensors.append(try file.entry(name))
            shards[ExactString(name)] = file
        }
        self.shards = shards
        self.tensors = tensors
        metadata = files.keys.sorted().first.flatMap { files[$0]?.metadata } ?? [:]
    }

    /// The description of one tensor. Throws ``SafetensorsError`` with nearest names where there is none.
    public func entry(_ name: String) throws -> SafetensorsEntry { try shard(name).entry(name) }

    /// Reads a tensor in C order, widened to `Float`; see ``SafetensorsSource/read(_:into:)``.
    public func read(_ name: String, into buffer: UnsafeMutableBufferPointer<Float>) throws {
        try shard(name).read(name, into: buffer)
    }

    /// Reads a tensor of F16 or BF16 as it is stored.
    public func readHalves(_ name: String, into buffer: UnsafeMutableBufferPointer<UInt16>) throws {
        try shard(name).readHalves(name, into: buffer)
    }

    /// Reads a tensor of integers.
    public func readInts(_ name: String) throws -> [Int] { try shard(name).readInts(name) }

    private func shard(_ name: String) throws -> SafetensorsFile {
        guard let file = shards[ExactString(name)] else {
            let nearest = NearestNames.find(name, among: tensors.map(\.name))
            throw SafetensorsError(path, key: name, .noSuchTensor(nearest: nearest))
        }
        return file
    }

    private static func readWeightMap(_ path: String) throws -> JSONObject {
        let index: JSON
        do {
            index = try JSON.parse(try ReadableFile.contents(path, limit: SafetensorsHeader.lengthLimit))
        } catch let error as JSONError {
            throw SafetensorsError(path, .headerJSON(error))
        }
        guard let map = index["weight_map"]?.objectValue else {
            throw SafetensorsError(path, .indexField("weight_map", expected: "an object"))
        }
        return map
    }

    /// The path itself, or that of the only index in a folder.
    private static func indexPath(_ path: String) throws -> String {
        guard let handle = opendir(path) else {
            if errno == ENOTDIR { return path }
            throw FileError(.open, path, errno: errno)
        }
        defer { closedir(handle) }
        var names: [String] = []
        while let item = readdir(handle) {
            let name = withUnsafePointer(to: &item.pointee.d_name) { pointer in
                String(cString: UnsafeRawPointer(pointer).assumingMemoryBound(to: CChar.self))
            }
            if name.contains(".safetensors.index."), name.hasSuffix(".json") { names.append(name) }
        }
        guard let name = names.first else { throw SafetensorsError(path, .noIndex) }
        guard names.count == 1 else { throw SafetensorsError(path, .severalIndexes(names.sorted())) }
        return "\(path)/\(name)"
    }

    private static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    }
}
