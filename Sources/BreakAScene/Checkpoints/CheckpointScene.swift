import Diffusion
import Images
import Tensors

/// The part of a training that all its checkpoints share, the file `scene.safetensors`: the scene and the prior pictures.
///
/// Tensors: `image` [1, H, W, 3] in [−1, 1], `mask.0`… [H, W], and where there are prior pictures `prior.pictures`
/// [n, H, W, 3], `prior.mean` and `prior.std` [n, h, w, C]. Metadata: names, the base model, and what identifies the
/// training.
struct CheckpointScene {
    let scene: Scene
    let prior: PriorSet?
    let identity: TrainingIdentity

    private static let format = "bas-checkpoint-scene-1"

    /// Writes all of it as one file. Throws `FileError`.
    func write(to path: String) throws {
        var tensors = [SafetensorsTensor("image", Tensor(scene.image))]
        tensors += scene.masks.enumerated().map { SafetensorsTensor("mask.\($0)", Tensor($1)) }
        var state = JSONObject([
            ("names", .array(scene.names.map(JSON.string))), ("title", .string(scene.title)), ("fit", .string(scene.fit.rawValue)),
            ("fingerprint", .string(scene.fingerprint)),
        ])
        if let prior {
            tensors += [
                SafetensorsTensor("prior.pictures", prior.pictures),
                SafetensorsTensor("prior.mean", .concatenated(prior.posteriors.map(\.mean), axis: 0)),
                SafetensorsTensor("prior.std", .concatenated(prior.posteriors.map(\.std), axis: 0)),
            ]
            state["prior"] = prior.options.json
            state["prior_prompts"] = .array(prior.prompts.map(JSON.string))
        }
        try SafetensorsWriter.write(
            path, tensors, metadata: ["format": Self.format, "state": JSON.object(state).text(), "identity": identity.json.text()])
    }

    /// Reads the identity alone; throws the same errors as `read`.
    static func identity(_ path: String) throws -> TrainingIdentity { try identity(try SafetensorsFile(path: path)) }

    private static func identity(_ file: SafetensorsFile) throws -> TrainingIdentity {
        guard file.metadata["format"] == format else {
            throw CheckpointError.version(path: file.path, found: file.metadata["format"] ?? "unknown")
        }
        guard let text = file.metadata["identity"], let json = try? JSON.parse(Array(text.utf8)), let identity = TrainingIdentity(json)
        else {
            throw CheckpointError.damaged(path: file.path, "it does not say which training it belongs to")
        }
        return identity
    }

    /// Reads the file. `tokenize`: the base model's, for the prior's prompts. Throws `CheckpointError`, `SafetensorsError`,
    /// `FileError`.
    static func read(_ path: String, tokenize: ([String]) throws -> [[Int]]) throws -> CheckpointScene {
        let file = try SafetensorsFile(path: path)
        let identity = try identity(file)
        func damaged(_ what: String) -> CheckpointError { .damaged(path: path, what) }
        func tensor(_ name: String) throws -> Tensor {
            guard file.contains(name) else { throw damaged("\(name) is missing") }
            return Tensor(try file.readFloats(name), shape: try file.entry(name).shape)
        }
        guard let text = file.metadata["state"], let state = try? JSON.parse(Array(text.utf8)), let title = state["title"]?.stringValue,
            let names = state["names"]?.arrayValue?.compactMap(\.stringValue)
        else { throw damaged("its description cannot be read") }
        let masks = try names.indices.map { try Mask(try tensor("mask.\($0)")) }
        let scene = try Scene(
            image: Image(try tensor("image")), masks: masks, names: names, title: title,
            fit: state["fit"]?.stringValue.flatMap(SceneFit.init) ?? .crop, fingerprint: state["fingerprint"]?.stringValue)
        guard let options = state["prior"].flatMap(PriorOptions.init) else {
            return CheckpointScene(scene: scene, prior: nil, identity: identity)
        }
        let prompts = state["prior_prompts"]?.arrayValue?.compactMap(\.stringValue) ?? []
        let (pictures, mean, std) = (try tensor("prior.pictures"), try tensor("prior.mean"), try tensor("prior.std"))
        guard pictures.rank == 4, pictures.shape[0] == prompts.count, mean.rank == 4, mean.shape == std.shape,
            mean.shape[0] == prompts.count
        else {
            throw damaged("its prior pictures do not fit their prompts")
        }
        let prior = PriorSet(
            options: options, prompts: prompts, ids: try tokenize(prompts), pictures: pictures,
            posteriors: prompts.indices.map { DiagonalGaussian(mean: mean.rows($0..<$0 + 1), std: std.rows($0..<$0 + 1)) })
        return CheckpointScene(scene: scene, prior: prior, identity: identity)
    }
}
