import Diffusion
import Language
import Tensors

/// The models that this session loaded last: loading one again costs nothing while what is on disk is what was read.
enum LoadedModels: ContextKey {
    struct Entry: Sendable {
        let key: String
        let stamp: DiskStamp
        let model: DiffusionModel
    }

    /// The one that was asked for last stands last.
    static let initial: [Entry] = []

    /// No more than these are kept, and beside the last no more than these bytes.
    static let (mostModels, mostBytes) = (4, 4 << 30)

    /// The model of `key`: the one at hand where none of the files at `paths` has changed since it was read, else what
    /// `load` gives. Throws what `load` throws, and where the files do not stay as they are while they are read.
    static func model(_ key: String, of paths: [String], _ call: Call, load: () throws -> DiffusionModel) throws -> DiffusionModel {
        var before = DiskStamp(paths)
        if let known = call.context[LoadedModels.self].first(where: { $0.key == key }), known.stamp == before, known.stamp.isSettled {
            keep(known, call)
            return known.model
        }
        call.context[LoadedModels.self].removeAll { $0.key == key }
        for _ in 0..<3 {
            let model = try load()
            try Parallel.checkWanted()
            let after = DiskStamp(paths)
            if after == before {
                keep(Entry(key: key, stamp: before, model: model), call)
                return model
            }
            before = after
        }
        throw Problem(
            .badModelFolder, "\"\(paths[0])\" changes while it is read", argument: "name",
            help: "load it when whatever writes there is done")
    }

    private static func keep(_ entry: Entry, _ call: Call) {
        var entries = call.context[LoadedModels.self].filter { $0.key != entry.key } + [entry]
        while entries.count > mostModels || entries.count > 1 && entries.reduce(0, { $0 + $1.model.byteCount }) > mostBytes {
            entries.removeFirst()
        }
        call.context[LoadedModels.self] = entries
    }
}
