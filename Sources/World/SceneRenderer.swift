import Images
import Tensors

/// Draws scenes: background, shadows, then the things from the farthest to the nearest. The same scene gives the same bytes,
/// whatever the number of threads. The light changes colours only: masks stay as they are bit for bit.
public struct SceneRenderer: Sendable {
    /// The world's laws.
    public let recipe: Recipe
    /// The things.
    public let library: ObjectLibrary

    /// A renderer of a library's things.
    public init(recipe: Recipe, library: ObjectLibrary) { (self.recipe, self.library) = (recipe, library) }

    /// Draws a scene. Throws `WorldError` for names that recipe or library do not have, for a thing of which nothing can be
    /// seen, and what reading the things' pictures throws; `CancellationError` where the work is cancelled.
    public func render(_ scene: WorldScene) throws -> RenderedScene {
        guard 1...ScenePlanner.mostThings ~= scene.things.count else { throw WorldError.thingCount(scene.things.count) }
        let (side, light, ground) = (scene.side, try recipe.light(scene.light), try recipe.background(scene.background))
        _ = try recipe.style(scene.style)
        let objects = try scene.things.map { try library.object($0.object) }
        let placed = try zip(scene.things, objects).map { try Placed($0, $1, scene, light, library) }
        var canvas = Canvas(side: side, pixels: try Backdrop(scene.background, seed: scene.seed(.background)).drawn(side: side))
        try Cancellation.check()
        canvas.shine(light)
        if ground.hasShadow { for index in scene.backToFront { canvas.shade(placed[index], light) } }
        for index in scene.backToFront { canvas.paint(placed[index], isAtNight: scene.background == "night") }
        try Cancellation.check()
        let (masks, fullMasks) = self.masks(scene, placed)
        if let lost = masks.firstIndex(where: \.isEmpty) { throw WorldError.hidden([objects[lost].name]) }
        let captions = Captions(recipe: recipe, scene: scene, objects: objects, placed: placed, masks: masks, fullMasks: fullMasks)
        return RenderedScene(
            scene: scene, objects: objects, image: try Styles.apply(scene.style, to: canvas.image), masks: masks, fullMasks: fullMasks,
            caption: captions.plain, description: captions.detailed)
    }

    /// The masks of a scene: the nearest thing that covers a pixel by half or more has it.
    private func masks(_ scene: WorldScene, _ placed: [Placed]) -> (visible: [Mask], full: [Mask]) {
        let side = scene.side
        var owner = [Int](repeating: -1, count: side * side)
        var full = placed.map { _ in [Float](repeating: 0, count: side * side) }
        for index in scene.backToFront {
            placed[index].forEachPixel(in: side) { pixel, own in
                guard placed[index].sprite.solid[own] else { return }
                owner[pixel] = index
                full[index][pixel] = 1
            }
        }
        let visible = placed.indices.map { index in Mask(width: side, height: side, values: owner.map { $0 == index ? 1 : 0 }) }
        return (visible, full.map { Mask(width: side, height: side, values: $0) })
    }
}

/// A thing at its place in a picture, lit.
struct Placed {
    let thing: WorldScene.Thing
    let sprite: Sprite
    /// The colours, lit as the scene is.
    let colors: [Float]
    /// Where the sprite's upper left corner lies, in pixels.
    let left, top: Int

    init(_ thing: WorldScene.Thing, _ object: WorldObject, _ scene: WorldScene, _ light: Recipe.Light, _ library: ObjectLibrary) throws {
        self.thing = thing
        sprite = try Sprite(thing, light: scene.light, side: scene.side, library: library)
        let side = Double(scene.side)
        left = Int((thing.x * side - Double(sprite.box.width) / 2).rounded()) - sprite.box.x0
        top = Int((thing.base * side).rounded()) - sprite.box.y1
        colors = Relighting.colors(of: sprite, isFlat: object.kind == .cutOut, light)
    }

    /// Calls `body` with the picture's pixel and the sprite's for each pixel of the sprite that lies within the picture.
    func forEachPixel(in side: Int, _ body: (_ pixel: Int, _ own: Int) -> Void) {
        for y in max(0, -top)..<max(max(0, -top), min(sprite.height, side - top)) {
            for x in max(0, -left)..<max(max(0, -left), min(sprite.width, side - left)) {
                body((top + y) * side + left + x, y * sprite.width + x)
            }
        }
    }
}
