import Images
import TestSupport
import World

/// The world that ships: its recipe and the pack's things.
struct Stage {
    let recipe: Recipe
    let library: ObjectLibrary
    let planner: ScenePlanner
    let renderer: SceneRenderer

    static let folder = Fixtures.root + "/stdlib/world"

    init() throws {
        recipe = try Recipe(contentsOf: Self.folder + "/recipe.json")
        library = try ObjectLibrary(Self.folder + "/pack")
        planner = ScenePlanner(recipe: recipe, library: library)
        renderer = SceneRenderer(recipe: recipe, library: library)
    }

    /// Draws what is asked for; small, since these tests run without optimization, too.
    func draw(_ request: SceneRequest) throws -> RenderedScene { try renderer.render(planner.scene(request)) }

    /// Draws a scene once more, changed.
    func draw(_ rendered: RenderedScene, _ change: SceneChange) throws -> RenderedScene {
        try renderer.render(planner.changed(rendered.scene, change))
    }
}
