import Images

/// Makes scenes of requests: draws what is left open, each part from a stream of its own.
public struct ScenePlanner: Sendable {
    /// The most things of a scene.
    public static let mostThings = 8
    /// The sides that pictures may have.
    public static let sides = 64...1024
    /// The shares of the picture that a thing may cover.
    public static let areaRange = 0.002...0.6
    /// The shares of a thing that its neighbour may hide.
    public static let overlapRange = 0.0...0.9
    /// A thing whose cells have fewer pixels is not drawn at random: it would be blurred.
    static let leastSide = 96

    /// The world's laws.
    public let recipe: Recipe
    /// The things.
    public let library: ObjectLibrary

    /// A planner of a library's things.
    public init(recipe: Recipe, library: ObjectLibrary) { (self.recipe, self.library) = (recipe, library) }

    /// Makes a scene. Throws `WorldError` for a request that cannot be met, and what reading the things' pictures throws.
    public func scene(_ request: SceneRequest) throws -> WorldScene {
        try checkRanges(request)
        let objects = try objects(request)
        let seeds = Dictionary(uniqueKeysWithValues: WorldScene.Part.allCases.map { ($0, request.seed) })
        var scene = WorldScene(
            side: request.side, things: objects.map { WorldScene.Thing(object: $0.id, scale: 1, x: 0.5, base: 0.8) },
            background: "", light: "", style: try recipe.style(request.style).name, seeds: seeds)
        drawSurroundings(&scene, request.seed, [.background, .light])
        if let name = request.background { scene.background = try recipe.background(name).name }
        if let name = request.light { scene.light = try recipe.light(name).name }
        try drawPoses(&scene, request.seed)
        if let azimuths = request.azimuths { try turn(&scene, to: azimuths) }
        try Layout(planner: self, areas: request.areas, overlap: request.overlap).arrange(&scene)
        return scene
    }

    /// Makes another scene of the same things. Things whose pose changes keep their place and their scale. Throws as `scene`.
    public func changed(_ scene: WorldScene, _ change: SceneChange) throws -> WorldScene {
        var result = scene
        for part in change.redraw { result.seeds[part] = change.seed }
        if let side = change.side { result.side = side }
        if let name = change.style { result.style = try recipe.style(name).name }
        drawSurroundings(&result, change.seed, change.redraw)
        if let name = change.background { result.background = try recipe.background(name).name }
        if let name = change.light { result.light = try recipe.light(name).name }
        if change.redraw.contains(.poses) { try drawPoses(&result, change.seed) }
        if let azimuths = change.azimuths { try turn(&result, to: azimuths) }
        var request = SceneRequest(count: result.things.count, areas: change.areas, overlap: change.overlap ?? 0)
        request.side = result.side
        try checkRanges(request)
        if !change.redraw.isDisjoint(with: [.places, .sizes]) || change.areas != nil || change.overlap != nil {
            let keepsScale = !change.redraw.contains(.sizes) && change.areas == nil
            try Layout(planner: self, areas: change.areas, overlap: change.overlap ?? 0, keepsScale: keepsScale).arrange(&result)
        }
        return result
    }

    // MARK: things

    /// Throws `WorldError` for numbers outside of their ranges.
    private func checkRanges(_ request: SceneRequest) throws {
        let count = request.count ?? request.names.count
        guard 1...Self.mostThings ~= count else { throw WorldError.thingCount(count) }
        guard request.names.isEmpty || request.names.count == count else {
            throw WorldError.listLength("names", values: request.names.count, things: count)
        }
        guard Self.sides ~= request.side else { throw WorldError.outOfRange("side", "64 to 1024 pixels, not \(request.side)") }
        guard Self.overlapRange ~= request.overlap else { throw WorldError.outOfRange("overlap", "0 to 0.9, not \(request.overlap)") }
        if let areas = request.areas {
            guard areas.count == 1 || areas.count == count else { throw WorldError.listLength("area", values: areas.count, things: count) }
            if let wrong = areas.first(where: { !(Self.areaRange ~= $0) }) {
                throw WorldError.outOfRange("area", "0.002 to 0.6 of the picture, not \(wrong)")
            }
        }
    }

    /// The things of a request: those named, or drawn ones.
    private func objects(_ request: SceneRequest) throws -> [WorldObject] {
        var dice = Dice(seed: request.seed, "things")
        guard request.names.isEmpty else {
            var chosen: [WorldObject] = []
            for name in request.names { chosen.append(try named(name, request, besides: chosen, &dice)) }
            return chosen
        }
        let pool = try usual(request)
        let count = request.count ?? 1
        guard pool.count >= count else { throw WorldError.tooFewThings(wanted: count, found: pool.count) }
        var weights = pool.map { recipe.common.contains($0.name) && !$0.isCartoon && !$0.isHeldOut ? recipe.laws.commonWeight : 1 }
        var chosen: [Int] = []
        if request.sameClass, count > 1 {
            let pairs = Dictionary(grouping: pool.indices.filter { pool[$0].className != nil }, by: { pool[$0].className ?? "" })
                .filter { $0.value.count > 1 }
            guard !pairs.isEmpty else { throw WorldError.noPairs }
            let members = pairs[dice.choice(pairs.keys.sorted())] ?? []
            chosen = dice.choices(2, weights: [Double](repeating: 1, count: members.count)).map { members[$0] }
            for place in chosen { weights[place] = 0 }
        }
        return (chosen + dice.choices(count - chosen.count, weights: weights)).map { pool[$0] }
    }

    /// The things that are drawn at random: those whose pictures are fine enough.
    private func usual(_ request: SceneRequest) throws -> [WorldObject] {
        try library.objects.filter { object in
            guard request.split.has(object) else { return false }
            return object.kind == .model ? true : try library.cellSide(object) >= Self.leastSide
        }
    }

    /// The thing that a word means: an identifier, a name, a class, or a synonym of one; one that is not in the scene yet
    /// where there is one.
    private func named(_ word: String, _ request: SceneRequest, besides chosen: [WorldObject], _ dice: inout Dice) throws -> WorldObject {
        let candidates = matches(word)
        guard !candidates.isEmpty else { throw WorldError.unknownThing(word, nearest: nearest(word)) }
        let allowed = candidates.filter(request.split.has)
        guard !allowed.isEmpty else { throw WorldError.otherSplit(word) }
        let fresh = allowed.filter { !chosen.contains($0) }
        return dice.choice(fresh.isEmpty ? allowed : fresh)
    }

    private func matches(_ word: String) -> [WorldObject] {
        for known in [word, recipe.synonyms[word]].compactMap(\.self) {
            for test: (WorldObject) -> Bool in [{ $0.id == known }, { $0.name == known }, { $0.className == known }] {
                let found = library.objects.filter(test)
                if !found.isEmpty { return found }
            }
            let ending = library.objects.filter { $0.name.hasSuffix(" " + known) }
            if !ending.isEmpty { return ending }
        }
        return []
    }

    /// Names that share their beginning with a word.
    private func nearest(_ word: String) -> [String] {
        let names = Set(library.objects.map(\.name)).sorted()
        let start = word.prefix(3)
        return Array(names.filter { !start.isEmpty && ($0.hasPrefix(start) || $0.contains(word)) }.prefix(3))
    }

    // MARK: poses and surroundings

    private func drawPoses(_ scene: inout WorldScene, _ seed: Int) throws {
        for index in scene.things.indices {
            var dice = Dice(seed: seed, "poses/\(index)")
            let object = try library.object(scene.things[index].object)
            if object.kind == .model {
                scene.things[index].pose = dice.integer(below: object.poses.count)
            } else {
                scene.things[index].isFlipped = dice.happens(recipe.laws.flip)
                let turns = dice.happens(recipe.laws.turned)
                let degrees = dice.uniform(-recipe.laws.turn...recipe.laws.turn)
                scene.things[index].turn = turns ? (degrees * 10).rounded() / 10 : 0
            }
        }
    }

    /// Takes the poses whose azimuths are nearest; a flat cut-out is mirrored where it is to be seen from 90 to 270 degrees.
    private func turn(_ scene: inout WorldScene, to azimuths: [Double]) throws {
        guard azimuths.count == 1 || azimuths.count == scene.things.count else {
            throw WorldError.listLength("azimuth", values: azimuths.count, things: scene.things.count)
        }
        for index in scene.things.indices {
            let wanted = azimuths.count == 1 ? azimuths[0] : azimuths[index]
            guard wanted.isFinite, abs(wanted) <= 3600 else { throw WorldError.outOfRange("azimuth", "an angle in degrees, not \(wanted)") }
            let object = try library.object(scene.things[index].object)
            scene.things[index].pose =
                object.poses.indices.min {
                    Self.distance(object.poses[$0].azimuth, wanted) < Self.distance(object.poses[$1].azimuth, wanted)
                } ?? 0
        }
    }

    private static func distance(_ a: Double, _ b: Double) -> Double {
        let turn = abs(a - b).truncatingRemainder(dividingBy: 360)
        return min(turn, 360 - turn)
    }

    private func drawSurroundings(_ scene: inout WorldScene, _ seed: Int, _ parts: Set<WorldScene.Part>) {
        if parts.contains(.background) {
            var dice = Dice(seed: seed, "background")
            scene.background = dice.choice(recipe.backgrounds).name
        }
        if parts.contains(.light) {
            var dice = Dice(seed: seed, "light")
            scene.light = dice.choice(recipe.lights).name
        }
    }
}
