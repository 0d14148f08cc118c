import Commands
import Files
import Glibc
import Language
import Tensors

/// What cells gave, kept in `.bas/cache` beside the notebook: outputs, digests of the values that they bound, and the values themselves where
/// computing them again would take time. Losing the cache costs time only.
struct CellCache {
    /// What is kept of a cell.
    struct Entry {
        var outputs: [CellOutput]
        /// The names that it bound, with digests of their values.
        var digests: [String: String]
        /// The names whose values lie in the entry's archive.
        var kept: Set<String>
        /// The session's random numbers after it; nil where it draws none.
        var random: RandomState?
        var seconds: Double
        var kernel: String
        /// The folder of the entry.
        fileprivate(set) var folder = ""

        /// The archive of the values.
        var archive: ValueArchive { ValueArchive(folder: folder + "/values") }
    }

    private let folder: String
    /// The size beyond which the entries that were used longest ago go.
    private static let mostBytes = 2 << 30
    /// The size of one cell's values beyond which they are not kept.
    private static let mostValueBytes = 512 << 20

    /// Names the folder of the cache of notebooks in `folder` (with a slash at its end, or empty).
    init(beside folder: String) { self.folder = folder + ".bas/cache" }

    /// Names the folder of a cache.
    init(folder: String) { self.folder = folder }

    /// The file in which hashes of files are remembered.
    var hashesPath: String { folder + "/files.json" }

    /// Returns the entry of a key, or nil where there is none that can be read.
    func entry(_ key: String) -> Entry? {
        let place = folder + "/" + key
        guard let bytes = try? ReadableFile.contents(place + "/cell.json"), let json = try? JSON.parse(bytes),
            json["format"]?.intValue == 1, let outputs = outputs(json["outputs"], place), let names = json["digests"]?.objectValue,
            let seconds = json["seconds"]?.doubleValue, let kernel = json["kernel"]?.stringValue
        else { return nil }
        // Entries that are used stay longest.
        utimensat(AT_FDCWD, place + "/cell.json", nil, 0)
        var entry = Entry(outputs: outputs, digests: [:], kept: [], seconds: seconds, kernel: kernel)
        for (name, digest) in names.members { entry.digests[name] = digest.stringValue }
        entry.kept = Set(json["kept"]?.arrayValue?.compactMap(\.stringValue) ?? [])
        entry.random = json["random"].flatMap(Self.random)
        entry.folder = place
        return entry
    }

    /// Returns the key that another key stands for, or nil.
    func alias(_ key: String) -> String? {
        guard let text = try? ReadableFile.contents("\(folder)/alias/\(key)", limit: 256) else { return nil }
        let name = String(decoding: text, as: UTF8.self)
        return name.allSatisfy { $0.isHexDigit } ? name : nil
    }

    /// Keeps an entry under a key, and the values that can be kept; `alias` is another key of the same. A cache that cannot be written is no
    /// error: it keeps nothing.
    func keep(_ entry: Entry, _ values: [(String, Value)], _ key: String, alias: String?) -> Entry? {
        let (place, draft) = (folder + "/" + key, folder + "/draft-\(getpid())")
        var entry = entry
        do {
            try? FileSystem.removeTree(draft)
            try FileSystem.createFolder(draft)
            if !values.isEmpty { entry.kept = try archive(values, draft) }
            var outputs: [JSON] = []
            for output in entry.outputs { outputs.append(try json(output, draft)) }
            let digests = entry.digests.sorted { $0.key < $1.key }.map { ($0.key, JSON.string($0.value)) }
            let json: JSON = [
                "format": 1, "outputs": .array(outputs), "digests": .object(JSONObject(digests)),
                "kept": .array(entry.kept.sorted().map { .string($0) }), "random": entry.random.map(Self.json) ?? .null,
                "seconds": JSON(entry.seconds), "kernel": .string(entry.kernel),
            ]
            try AtomicFile.write(draft + "/cell.json", text: json.text() + "\n")
            try? FileSystem.removeTree(place)
            guard rename(draft, place) == 0 else { return nil }
            if let alias {
                try FileSystem.createFolder(folder + "/alias")
                try AtomicFile.write("\(folder)/alias/\(alias)", text: key)
            }
        } catch {
            try? FileSystem.removeTree(draft)
            return nil
        }
        entry.folder = place
        return entry
    }

    private func archive(_ values: [(String, Value)], _ draft: String) throws -> Set<String> {
        let path = draft + "/values"
        do {
            let kept = try ValueArchive(folder: path).write(values)
            if Self.size(path) <= Self.mostValueBytes { return kept }
        } catch is CancellationError {
            throw CancellationError()
        } catch {}
        try? FileSystem.removeTree(path)
        return []
    }

    /// Removes the entries that were used longest ago where the cache is too large.
    func prune() {
        var entries: [(path: String, bytes: Int, time: Int)] = []
        for name in FileSystem.contents(folder) where name != "alias" && name != "files.json" {
            let path = folder + "/" + name
            var info = stat()
            let used = stat(path + "/cell.json", &info) == 0 ? info.st_mtim.tv_sec : 0
            entries.append((path, Self.size(path), used))
        }
        var total = entries.reduce(0) { $0 + $1.bytes }
        for entry in entries.sorted(by: { $0.time < $1.time }) where total > Self.mostBytes {
            try? FileSystem.removeTree(entry.path)
            total -= entry.bytes
        }
    }

    private static func size(_ path: String) -> Int {
        guard FileSystem.isFolder(path) else {
            var info = stat()
            return stat(path, &info) == 0 ? Int(info.st_size) : 0
        }
        return FileSystem.contents(path).reduce(0) { $0 + size(path + "/" + $1) }
    }

    // MARK: outputs and random numbers

    private func json(_ output: CellOutput, _ place: String) throws -> JSON {
        switch output {
        case .text(let text): return ["text": .string(text)]
        case .problem(let text, let isError): return ["problem": .string(text), "error": .bool(isError)]
        case .picture(let png, let alt):
            let name = CellOutput.pictureName(png)
            try AtomicFile.write("\(place)/\(name)") { sink in try sink.write(png) }
            return ["picture": .string(name), "alt": .string(alt)]
        }
    }

    private func outputs(_ json: JSON?, _ place: String) -> [CellOutput]? {
        guard let items = json?.arrayValue else { return nil }
        var result: [CellOutput] = []
        for item in items {
            if let text = item["text"]?.stringValue {
                result.append(.text(text))
            } else if let text = item["problem"]?.stringValue {
                result.append(.problem(text, isError: item["error"]?.boolValue == true))
            } else if let name = item["picture"]?.stringValue, !name.contains("/"),
                let png = try? ReadableFile.contents("\(place)/\(name)")
            {
                result.append(.picture(png: png, alt: item["alt"]?.stringValue ?? ""))
            } else {
                return nil
            }
        }
        return result
    }

    private static func json(_ state: RandomState) -> JSON {
        let steps = state.steps.sorted { $0.key < $1.key }.map { ($0.key, JSON(Int($0.value))) }
        return ["seed": .string(String(state.seed)), "scope": .string(state.scope), "steps": .object(JSONObject(steps))]
    }

    private static func random(_ json: JSON) -> RandomState? {
        guard let seed = json["seed"]?.stringValue.flatMap({ UInt64($0) }), let scope = json["scope"]?.stringValue,
            let steps = json["steps"]?.objectValue
        else { return nil }
        var counts: [String: UInt32] = [:]
        for (stream, count) in steps.members { counts[stream] = count.intValue.flatMap { UInt32(exactly: $0) } }
        return RandomState(seed: seed, scope: scope, steps: counts)
    }

    /// Returns a digest of a state, for keys.
    static func digest(_ state: RandomState) -> String { json(state).text() }
}
