import Autograd
import Diffusion
import NeuralNetwork
import Tensors

/// The state of a training after a step, as one safetensors file.
///
/// Tensors, all in the layout in memory: every parameter that differs from the base model's under its full name,
/// `handles` and `handle_starts` [K, D] or [K, A, D], local features of handles (`LocalAttention.tensors`), AdamW's moments as
/// `adamw.first.NAME` and `adamw.second.NAME`, `history`
/// [steps, 3 + terms of the loss], `history.subsets` [steps, B·K] (K places a photo, −1 where fewer were chosen) and `history.handles`
/// [steps, K] (−1 where a handle was not chosen), `history.preview.N` the picture after step N. The rest, options and random counters
/// among it, is JSON in the metadata entry `state`. A file is complete or not there (`AtomicFile`), and carries a
/// fingerprint of its tensors.
enum CheckpointFile {
    static let format = "bas-checkpoint-3"

    /// Writes the state of `run`, and what `learned` says of the phases before and after it. Throws `FileError`.
    static func write(_ run: borrowing TrainingRun, _ learned: LearnedModel, description: String, to path: String) throws {
        let model = run.model
        var tensors = model.changedParameters.map { ($0.name, $0.value.value) }
        if let handles = model.textEncoder.handleEmbedding?.value { tensors.append(("handles", handles)) }
        if let starts = model.handleStarts { tensors.append(("handle_starts", starts)) }
        tensors += (model.localAttention?.tensors ?? []).map { ($0.name, $0.tensor) }
        for (name, moments) in run.optimizer.moments {
            tensors += [("adamw.first." + name, moments.first), ("adamw.second." + name, moments.second)]
        }
        var bytes: [NamedBytes] = []
        for (name, moments) in run.optimizer.quantizedMoments {
            tensors += [("adamw8.first.scale." + name, moments.firstScale), ("adamw8.second.scale." + name, moments.secondScale)]
            bytes += [
                NamedBytes(name: "adamw8.first." + name, shape: moments.shape, values: moments.first),
                NamedBytes(name: "adamw8.second." + name, shape: moments.shape, values: moments.second),
            ]
        }
        tensors += HistoryTensors.write(run.history, handles: model.handles)
        let state: JSON = [
            "phase": JSON(run.phase), "step": JSON(run.step), "options": run.options.json, "description": .string(description),
            "handles": .array(model.handles.map(JSON.string)),
            "handle_scenes": HandleOrigin.json(model.handleOrigins), "provenance": .array(learned.provenance.map(JSON.string)),
            "remaining": .array(learned.remaining.map(\.json)), "adamw_step": JSON(run.optimizer.step),
            "adamw_missed": .object(JSONObject(run.optimizer.missed.sorted { $0.key < $1.key }.map { ($0.key, JSON($0.value)) })),
            "seed": JSON(Int(bitPattern: UInt(run.random.seed))),
            "random": .object(JSONObject(run.random.steps.sorted { $0.key < $1.key }.map { ($0.key, JSON(Int($0.value))) })),
            "unchanged": .string(fingerprint(of: model, without: Set(model.changedParameters.map(\.name)))),
        ]
        try SafetensorsWriter.write(
            path,
            tensors.map { name, tensor in SafetensorsTensor(name, tensor) }
                + bytes.map { SafetensorsTensor($0.name, shape: $0.shape, bytes: $0.values) },
            metadata: ["format": format, "state": state.text(), "fingerprint": fingerprint(of: tensors, bytes)])
    }

    /// Reads the training as it was when the file was written. `base`: the model that it started from, as its folder has
    /// it. Throws `CheckpointError`, `SafetensorsError`, `FileError`.
    static func read(_ path: String, base: DiffusionModel, scene: Scene, prior: PriorSet?) throws -> (
        LearnedModel, TrainingRun, description: String
    ) {
        let contents = try Contents(path)
        guard contents.isWhole else { throw CheckpointError.damaged(path: path, "its numbers are not those that were written") }
        return try contents.restore(base, scene: scene, prior: prior)
    }

    /// The contents of a file, before they are fitted to a model.
    struct Contents {
        let path: String
        private let metadata: [String: String]
        private var tensors: [String: Tensor] = [:]
        private var bytes: [NamedBytes] = []

        /// Reads the file. Throws `CheckpointError`, `SafetensorsError`, `FileError`.
        init(_ path: String) throws {
            let file = try SafetensorsFile(path: path)
            (self.path, metadata) = (path, file.metadata)
            guard metadata["format"] == format else { throw CheckpointError.version(path: path, found: metadata["format"] ?? "unknown") }
            for entry in file.tensors {
                if entry.dtype == .u8 {
                    bytes.append(
                        NamedBytes(
                            name: entry.name, shape: entry.shape,
                            values: try file.readInts(entry.name).map { UInt8(truncatingIfNeeded: $0) }))
                } else {
                    tensors[entry.name] = try Tensor.make(entry.shape) { try file.read(entry.name, into: $0) }
                }
            }
        }

        /// Whether the tensors are those that were written: their fingerprint is the recorded one.
        var isWhole: Bool { fingerprint(of: tensors.map { ($0, $1) }, bytes) == metadata["fingerprint"] }

        private func damaged(_ what: String) -> CheckpointError { .damaged(path: path, what) }

        /// Builds the training as it was. Throws `CheckpointError` where a part does not fit the model, the scene or the
        /// others.
        func restore(_ base: DiffusionModel, scene: Scene, prior: PriorSet?) throws -> (LearnedModel, TrainingRun, description: String) {
            let state = try State(metadata["state"] ?? "", path)
            guard let base = try? state.options.size.map({ try base.sized(height: $0.height, width: $0.width) }) ?? base else {
                throw damaged("the model has no such size")
            }
            guard state.handles.starts(with: base.handles) else { throw CheckpointError.otherModel(folder: path, model: base.name) }
            var model = base
            if state.phase == 2, state.options.trains == .lora, state.options.trainedNames == nil {
                model.attachAdapters(rank: state.options.loraRank, state.random)
            }
            model.replaceParameters(tensors)
            guard state.unchanged == fingerprint(of: model, without: Set(tensors.keys)) else {
                throw CheckpointError.otherModel(folder: path, model: base.name)
            }
            guard let handles = tensors["handles"], model.fitsHandles(handles, count: state.handles.count),
                tensors["handle_starts"].map({ $0.shape == handles.shape }) ?? true
            else {
                throw damaged("its handles do not fit their names")
            }
            let starts = tensors["handle_starts"] ?? handles
            let local = try LocalAttention(tensors: tensors, path: path)
            let untrained = try base.withHandles(state.handles, embeddings: starts, starts: starts, origins: state.origins)
                .with(localAttention: local, from: path)
            model = try model.withHandles(state.handles, embeddings: handles, starts: starts, origins: state.origins)
                .with(localAttention: local, from: path)
            guard (try? model.pairing(with: scene)) != nil else { throw damaged("it does not fit its scene") }
            let run = TrainingRun(
                phase: state.phase, model, scene: try PreparedScene(scene, for: model, downsampling: state.options.maskDownsampling),
                prior: prior,
                options: state.options, optimizer: try optimizer(state, model), random: state.random,
                history: try HistoryTensors.read(tensors, path, handles: state.handles), step: state.step)
            var learned = LearnedModel(model)
            (learned.base, learned.prior, learned.provenance, learned.remaining) = (untrained, prior, state.provenance, state.remaining)
            return (learned, run, state.description)
        }

        private func optimizer(_ state: State, _ model: DiffusionModel) throws -> AdamW {
            var (moments, quantized) = ([String: AdamW.Moments](), [String: QuantizedMoments]())
            for (name, first) in tensors where name.hasPrefix("adamw.first.") {
                let parameter = String(name.dropFirst("adamw.first.".count))
                moments[parameter] = tensors["adamw.second." + parameter].map { AdamW.Moments(first: first, second: $0) }
            }
            let second = Dictionary(bytes.map { ($0.name, $0.values) }) { first, _ in first }
            for first in bytes where first.name.hasPrefix("adamw8.first.") {
                let parameter = String(first.name.dropFirst("adamw8.first.".count))
                guard let other = second["adamw8.second." + parameter], let scale = tensors["adamw8.first.scale." + parameter],
                    let otherScale = tensors["adamw8.second.scale." + parameter]
                else { continue }
                quantized[parameter] = QuantizedMoments(
                    shape: first.shape, first: first.values, second: other, firstScale: scale, secondScale: otherScale)
            }
            for (name, parameter) in model.namedParameters {
                let fits = moments[name].map { $0.first.shape == parameter.shape && $0.second.shape == parameter.shape } ?? true
                guard fits, quantized[name].map({ $0.shape == parameter.shape }) ?? true else {
                    throw damaged("the moments of \(name) have another shape")
                }
            }
            return AdamW(
                state.options.optimizer, step: state.optimizerStep, moments: moments, quantizedMoments: quantized,
                missed: state.optimizerMissed)
        }
    }

    /// An 8-bit moment of AdamW by its name in the file, with the shape of its parameter.
    struct NamedBytes {
        let name: String
        let shape: [Int]
        let values: [UInt8]
    }

    /// A fingerprint of names and numbers, whatever their order.
    private static func fingerprint(of tensors: [(String, Tensor)], _ bytes: [NamedBytes]) -> String {
        var hash = Fingerprint()
        for (name, tensor) in tensors.sorted(by: { $0.0 < $1.0 }) { hash.mix(name, tensor) }
        for part in bytes.sorted(by: { $0.name < $1.name }) {
            hash.mix(part.name)
            part.values.forEach { hash.mix(UInt64($0)) }
        }
        return hash.text
    }

    /// A fingerprint of the parameters of `model` that are not among `names`.
    private static func fingerprint(of model: DiffusionModel, without names: Set<String>) -> String {
        var hash = Fingerprint()
        for (name, parameter) in model.namedParameters where !names.contains(name) { hash.mix(name, parameter.value) }
        return hash.text
    }

    /// The contents of the metadata entry `state`.
    private struct State {
        let phase, step, optimizerStep: Int
        let options: TrainingOptions
        let description, unchanged: String
        let handles, provenance: [String]
        let origins: [HandleOrigin?]
        let remaining: [PlannedPhase]
        let random: RandomState
        let optimizerMissed: [String: Int]

        init(_ text: String, _ path: String) throws {
            func wrong(_ what: String) -> CheckpointError { .damaged(path: path, "\(what) is missing or unreadable in its state") }
            guard let json = try? JSON.parse(Array(text.utf8)) else { throw wrong("everything") }
            func int(_ key: String) throws -> Int {
                guard let value = json[key]?.intValue else { throw wrong(key) }
                return value
            }
            func string(_ key: String) throws -> String {
                guard let value = json[key]?.stringValue else { throw wrong(key) }
                return value
            }
            func strings(_ key: String) throws -> [String] {
                guard let value = json[key]?.arrayValue?.compactMap(\.stringValue) else { throw wrong(key) }
                return value
            }
            (phase, step, optimizerStep) = (try int("phase"), try int("step"), try int("adamw_step"))
            guard let options = json["options"].flatMap(TrainingOptions.init) else { throw wrong("options") }
            guard (1...2).contains(phase), step >= 0, optimizerStep >= 0 else { throw wrong("the step") }
            self.options = options
            (description, unchanged, handles, provenance) = (
                try string("description"), try string("unchanged"), try strings("handles"), try strings("provenance")
            )
            var missed: [String: Int] = [:]
            if let members = json["adamw_missed"]?.objectValue?.members {
                for (name, value) in members {
                    if let count = value.intValue, count > 0, count < optimizerStep { missed[name] = count }
                }
            }
            optimizerMissed = missed
            origins = HandleOrigin.list(json["handle_scenes"], count: handles.count)
            remaining = json["remaining"]?.arrayValue?.compactMap(PlannedPhase.init) ?? []
            guard let counters = json["random"]?.objectValue else { throw wrong("random") }
            var steps: [String: UInt32] = [:]
            for (name, value) in counters.members { steps[name] = value.intValue.flatMap { UInt32(exactly: $0) } }
            random = RandomState(seed: UInt64(UInt(bitPattern: try int("seed"))), scope: TrainingRun.scope(phase: phase), steps: steps)
        }
    }
}
