import BreakAScene
import Diffusion
import Language

extension Call {
    /// Which handles of a model are those of a scene; tells where only the scene's name says so. Throws a problem where
    /// there are none.
    func pairing(_ model: DiffusionModel, _ scene: Scene) throws -> ScenePairing {
        let pairing = try mapped("model") { try model.pairing(with: scene) }
        if pairing.basis == .name {
            context.warn(
                .modelMismatch, pairing.description, argument: "scene",
                help: "a scene that only happens to have this name is told apart by scene(…, title=\"…\")")
        }
        return pairing
    }
}
