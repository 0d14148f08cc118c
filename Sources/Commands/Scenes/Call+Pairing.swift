import BreakAScene
import Diffusion
import Language

extension Call {
    /// Returns which handles of a model belong to a scene, and warns where only the scene's name says so. Throws a `Problem` where there
    /// are none.
    func pairing(_ model: DiffusionModel, _ scene: Scene) throws -> ScenePairing {
        let pairing = try mapped(ModelCommands.model) { try model.pairing(with: scene) }
        if pairing.basis == .name {
            context.warn(
                .modelMismatch, pairing.description, argument: SceneCommands.scene.name,
                help: "a scene that only happens to have this name is told apart by scene(…, title=\"…\")")
        }
        return pairing
    }
}
