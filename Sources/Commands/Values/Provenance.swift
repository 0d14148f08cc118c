import Diffusion
import Images
import Language
import Tensors

/// A value that knows what it was made from; pictures and figures made of it say so, too.
protocol Originated: HostValue {
    /// What the value was made from (prompt, seed, model and the like), as in a picture's metadata.
    var origin: PNGMetadata { get }
}

/// What pictures and figures were made from, as texts in their files: the program and what their parts say.
enum Provenance {
    /// The number of bytes above which a program is not put into files.
    private static let longestProgram = 1 << 18
    /// The keys that hold for the whole only: where parts come from different programs, the running one is named.
    private static let ofTheWhole: Set<String> = ["Software", "script", "made_by"]

    /// Returns the texts, with the version and the program added where they are missing.
    static func completed(_ metadata: PNGMetadata, _ context: Context) -> PNGMetadata { completed(metadata, program: context.programText) }

    /// Returns the same for what is shown.
    static func completed(_ metadata: PNGMetadata, program: String?) -> PNGMetadata {
        var result = metadata
        if result["Software"] == nil { result.entries.insert(.init(key: "Software", text: CommandTable.version), at: 0) }
        if result["script"] == nil, let program, program.utf8.count <= longestProgram, !program.utf8.contains(0) {
            result["script"] = program
        }
        return result
    }

    /// Returns what a call makes its result from: the origins of its arguments, once where they agree, the call's own prompt and seed, and
    /// the text of the call.
    static func of(_ call: Call) -> PNGMetadata {
        let arguments = call.arguments
        var parts: [PNGMetadata] = []
        for value in arguments.map(\.value) + call.rest { collect(value, &parts, depth: 0) }
        var result = merged(parts)
        for (name, value) in arguments where ["prompt", "seed"].contains(name) {
            result[name] = if case .list(let items) = value { items.map(\.inlineText).joined(separator: "\n") } else { value.inlineText }
        }
        if let text = call.span?.text, text.utf8.count <= 4096, !text.utf8.contains(0) { result["made_by"] = text }
        return completed(result, call.context)
    }

    /// Returns a picture that a call made of others, with its origin.
    static func derived(_ image: Image, _ call: Call) -> ImageValue { ImageValue(image, metadata: of(call)) }

    /// Returns a picture that a model drew in a call, with its origin and the settings.
    static func drawn(_ image: Image, _ call: Call, _ model: DiffusionModel, _ settings: KeyValuePairs<String, String>) -> ImageValue {
        var metadata = of(call)
        for (key, text) in settings { metadata[key] = text }
        return ImageValue(image, metadata: metadata)
    }

    /// Returns several sets of texts as one: a text once where all that have it agree, else the texts of all parts, each on a line of its
    /// own.
    static func merged(_ parts: [PNGMetadata]) -> PNGMetadata {
        let parts = parts.filter { !$0.isEmpty }
        var keys: [String] = []
        for key in parts.flatMap({ $0.entries.map(\.key) }) where !keys.contains(key) { keys.append(key) }
        return PNGMetadata(
            keys.compactMap { key in
                let texts = parts.map { $0[key] }
                if let first = texts.lazy.compactMap(\.self).first, texts.allSatisfy({ $0 == nil || $0 == first }) {
                    return PNGMetadata.Entry(key: key, text: first)
                }
                return ofTheWhole.contains(key) ? nil : PNGMetadata.Entry(key: key, text: texts.map { $0 ?? "" }.joined(separator: "\n"))
            })
    }

    /// Adds the origins of a value and of what it holds, at most 64 and three levels deep.
    private static func collect(_ value: Value, _ parts: inout [PNGMetadata], depth: Int) {
        guard depth < 3, parts.count < 64 else { return }
        switch value {
        case .list(let items): for item in items.prefix(64) { collect(item, &parts, depth: depth + 1) }
        case .record(let record): for (_, item) in record.pairs.prefix(64) { collect(item, &parts, depth: depth + 1) }
        case .host(let host as any Originated): parts.append(host.origin)
        default: break
        }
    }
}

extension Call {
    /// The parameters that have a value, an argument or their default, in the row's order.
    fileprivate var arguments: [(name: String, value: Value)] {
        builtin.parameters.compactMap { parameter in
            let value = try? value(Key<Value>(parameter) { value, _ in value })
            return value.flatMap { $0.isNone ? nil : (parameter.name, $0) }
        }
    }
}

extension ImageValue: Originated {
    var origin: PNGMetadata { metadata }
}

extension FigureValue: Originated {
    var origin: PNGMetadata { metadata }
}

extension SceneValue: Originated {
    var origin: PNGMetadata { ["scene": scene.title] }
}

extension AttentionValue: Originated {}

extension ModelValue: Originated {
    var origin: PNGMetadata { Self.origin(of: model) }

    static func origin(of model: DiffusionModel) -> PNGMetadata { ["model": model.name, "model_hash": model.fingerprint] }
}

extension HistoryValue: Originated {
    var origin: PNGMetadata { model.map(ModelValue.origin) ?? [:] }
}
