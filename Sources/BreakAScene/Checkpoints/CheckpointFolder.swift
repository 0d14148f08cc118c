import Diffusion
import Tensors

/// A folder that keeps a training over interruptions of every kind: `scene.safetensors` once, then a file a
/// checkpoint, `phase1-000100.safetensors`, of which the last two stay.
///
/// Each file appears complete or not at all: temporary file, fsync, rename, fsync of the folder. Where the newest
/// cannot be read all the same, the one before it is taken.
public struct CheckpointFolder: Sendable {
    /// The folder's path, without a slash at its end.
    public let path: String
    private static let kept = 2

    /// Names a folder; nothing is read or made yet.
    public init(_ path: String) { self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path }

    private var scenePath: String { "\(path)/scene.safetensors" }

    /// Whether a training was begun in this folder.
    public var isBegun: Bool { FileSystem.exists(scenePath) }

    /// Throws `CheckpointError.otherRun` where another training was begun in this folder, and `FileError`. It is called
    /// before prior pictures are drawn, so these are not compared.
    public func checkOwner(_ identity: TrainingIdentity) throws {
        guard isBegun else { return }
        try refuse(try CheckpointScene.identity(scenePath).differences(from: identity, comparesPrior: false))
    }

    private func refuse(_ differences: [String]) throws {
        guard differences.isEmpty else { throw CheckpointError.otherRun(folder: path, differs: differences) }
    }

    /// Makes the folder ready for a training. False where this very training was begun here already and has a
    /// checkpoint: `load` then goes on with it. Throws `CheckpointError.otherRun` where it belongs to another one,
    /// and `FileError`.
    public func begin(_ scene: Scene, prior: PriorSet?, _ identity: TrainingIdentity) throws -> Bool {
        if isBegun {
            try refuse(try CheckpointScene.identity(scenePath).differences(from: identity))
            return files.isEmpty
        }
        try FileSystem.createFolder(path)
        try CheckpointScene(scene: scene, prior: prior, identity: identity).write(to: scenePath)
        return true
    }

    /// The folder that holds prior pictures while they are drawn.
    public var priorPath: String { "\(path)/prior" }

    /// The prior pictures of a training that was begun here from this very model, where they were drawn with these options;
    /// nil also where they cannot be read, for they can be drawn again.
    public func prior(_ start: DiffusionModel, _ options: PriorOptions) -> PriorSet? {
        guard isBegun, (try? CheckpointScene.identity(scenePath))?.parts["model"] == start.fingerprint else { return nil }
        let prior = (try? CheckpointScene.read(scenePath, tokenize: start.tokenize))?.prior
        return prior?.options == options ? prior : nil
    }

    /// Reads the identity of the training that this folder belongs to. Throws `CheckpointError`, `SafetensorsError`,
    /// `FileError`.
    public func identity() throws -> TrainingIdentity {
        guard isBegun else { throw CheckpointError.none(folder: path, damaged: []) }
        return try CheckpointScene.identity(scenePath)
    }

    /// Writes the state after a step, and removes all checkpoints but the last two. Throws `FileError`.
    public func save(_ run: borrowing TrainingRun, _ learned: LearnedModel, description: String) throws {
        let digits = String(run.step)
        let name = "phase\(run.phase)-\(String(repeating: "0", count: max(0, 6 - digits.count)))\(digits).safetensors"
        try CheckpointFile.write(run, learned, description: description, to: "\(path)/\(name)")
        for old in files.dropLast(Self.kept) { try? FileSystem.remove("\(path)/\(old.name)") }
    }

    /// Reads the newest state that can be read; `damaged` says in words what was wrong with newer ones. `base`: the model
    /// that the training started from, as its folder has it. Throws `CheckpointError`, `SafetensorsError`, `FileError`.
    public func load(base: DiffusionModel) throws -> (learned: LearnedModel, run: TrainingRun, description: String, damaged: [String]) {
        guard isBegun, !files.isEmpty else { throw CheckpointError.none(folder: path, damaged: []) }
        let constants = try CheckpointScene.read(scenePath, tokenize: base.tokenize)
        var damaged: [String] = []
        for file in files.reversed() {
            do {
                let (learned, run, description) = try CheckpointFile.read(
                    "\(path)/\(file.name)", base: base, scene: constants.scene, prior: constants.prior)
                return (learned, run, description, damaged)
            } catch let error as CheckpointError {
                if case .otherModel(_, let model) = error { throw CheckpointError.otherModel(folder: path, model: model) }
                damaged.append(error.description)
            } catch let error as SafetensorsError {
                damaged.append(error.description)
            }
        }
        throw CheckpointError.none(folder: path, damaged: damaged)
    }

    /// The checkpoints in the order in which they were written.
    private var files: [(phase: Int, step: Int, name: String)] {
        FileSystem.contents(path).compactMap { name in
            guard name.hasPrefix("phase"), name.hasSuffix(".safetensors") else { return nil }
            let numbers = name.dropFirst("phase".count).dropLast(".safetensors".count).split(separator: "-")
            guard numbers.count == 2, let phase = Int(numbers[0]), let step = Int(numbers[1]) else { return nil }
            return (phase, step, name)
        }.sorted { ($0.phase, $0.step) < ($1.phase, $1.step) }
    }
}
