import BreakAScene
import Diffusion
import Language
import Tensors

// The method of `train` that trains nothing: ELITE's encoders, which ship as `stdlib/encoders/elite`.
extension TrainingCommands {
    /// The weight of the local features.
    static let local = Key<Double?>(
        "local", range: 0...2, doc: "For elite: the weight of the local features, else that of its encoders; 0 leaves the words.",
        keywordOnly: true)

    /// Returns the model whose handles ELITE's encoders make of the scene. Throws `.modelMismatch` for a model that they were not trained for.
    static func elite(_ call: Call) throws -> Value {
        let (value, scene) = (try call[model], try call[Self.scene].scene)
        guard let path = call.context.resolveInLibrary("encoders/elite"), FileSystem.isFolder(path) else {
            throw Problem(
                .unknownModel, "ELITE's encoders are missing: there is no folder encoders/elite in the standard library",
                argument: method.name, help: "BAS_STDLIB=FOLDER says where the standard library is")
        }
        let folder = try call.mapped(model) { try EliteFolder(path, for: value.model) }
        let scale = try call[local] ?? folder.settings.scale
        var learned = value.learned
        learned.base = value.learned.base ?? value.model
        learned.model = try call.mapped(Self.scene) { try folder.learn(scene, by: value.model, scale: scale) }
        (learned.unfinished, learned.pendingPrior, learned.drawnPrior, learned.remaining) = (nil, nil, nil, [])
        learned.provenance.append("elite, local \(scale), \(scene.title)")
        return .host(ModelValue(learned))
    }
}
