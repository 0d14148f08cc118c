import Diffusion
import Language
import Tensors

/// The models that the session loaded last. Loading one again costs nothing as long as its files have not changed.
enum LoadedModels: ContextKey {
    struct Entry: Sendable {
        let key: String
        let stamp: DiskStamp
        let model: DiffusionModel
    }

    /// The models, of which the one asked for last stands last.
    static let initial: [Entry] = []

    /// The most models that are kept, and the most bytes of several.
    static let (mostModels, mostBytes) = (4, 4 << 30)

    /// Returns the model of `key`: the kept one where none of the files at `paths` has changed since it was read, else what `load` returns.
    /// Throws what `load` throws, and where the files keep changing while they are read.
    static func model(_ key: String, of paths: [String], _ context: Context, load: () throws -> DiffusionModel) throws -> DiffusionModel {
        var before = DiskStamp(paths)
        if let known = context[LoadedModels.self].first(where: { $0.key == key }), known.stamp == before, known.stamp.isSettled {
            keep(known, context)
            return known.model
        }
        context[LoadedModels.self].removeAll { $0.key == key }
        for _ in 0..<3 {
            let model = try load()
            try Cancellation.check()
            let after = DiskStamp(paths)
            if after == before {
                keep(Entry(key: key, stamp: before, model: model), context)
                return model
            }
            before = after
        }
        throw Problem(
            .badModelFolder, "\"\(paths[0])\" changes while it is read", argument: ModelCommands.source.name,
            help: "load it when whatever writes there is done")
    }

    private static func keep(_ entry: Entry, _ context: Context) {
        var entries = context[LoadedModels.self].filter { $0.key != entry.key } + [entry]
        while entries.count > mostModels || entries.count > 1 && entries.reduce(0, { $0 + $1.model.byteCount }) > mostBytes {
            entries.removeFirst()
        }
        context[LoadedModels.self] = entries
    }
}
