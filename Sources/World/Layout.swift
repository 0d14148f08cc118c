import Images

/// Gives things their sizes and places: in one row, or in two from four things on, so that each is as large as asked for and
/// hides as much of its neighbour as asked for.
struct Layout {
    let planner: ScenePlanner
    /// The share of the picture that each thing covers; nil draws sizes by the recipe's law.
    let areas: [Double]?
    /// The share of a thing that its neighbour in front hides.
    let overlap: Double
    /// Whether things keep the scale that they have.
    var keepsScale = false

    private var laws: Recipe.Laws { planner.recipe.laws }
    /// The space that is left free at the picture's borders, and between things that are kept apart.
    private static let margin = 0.02
    private static let gap = 0.012
    private static let shrink = 0.93
    private static let mostTries = 40
    private static let mostOrders = 12
    /// How far the hidden share of a thing may be from what was asked for.
    private static let mostMiss = 0.03

    /// What came of an attempt to place things.
    private enum Outcome {
        case placed, tooLarge, hidesTooLittle
    }

    /// Sets scale, x and base of every thing. Throws `WorldError.doesNotFit` where areas were asked for that leave no room (drawn
    /// sizes are reduced instead), and `WorldError.cannotHide` where no order of the things hides as much as was asked for.
    func arrange(_ scene: inout WorldScene) throws {
        if !keepsScale { try setSizes(&scene) }
        let wanted = scene.things.map(\.scale)
        var factor = 1.0
        for _ in 0..<Self.mostTries {
            for index in scene.things.indices { scene.things[index].scale = wanted[index] * factor }
            let outcome = try attempt(&scene)
            if outcome == .hidesTooLittle { throw WorldError.cannotHide(overlap: overlap) }
            if outcome == .placed {
                if factor < 1, areas != nil { throw WorldError.doesNotFit(things: scene.things.count, share: factor * factor) }
                return
            }
            factor *= Self.shrink
        }
        throw WorldError.doesNotFit(things: scene.things.count, share: 0)
    }

    /// Places all things at their scales, in the first order that does what was asked for. Two or three things of given areas may
    /// also stand in two rows.
    private func attempt(_ scene: inout WorldScene) throws -> Outcome {
        var worst = Outcome.tooLarge
        let mayStandInTwoRows = areas != nil && overlap == 0 && 2...3 ~= scene.things.count
        for order in 0..<(overlap > 0 ? Self.mostOrders : 1) {
            for isTwoRows in mayStandInTwoRows ? [false, true] : [scene.things.count > 3] {
                var dice = Dice(seed: scene.seed(.places), order == 0 ? "places" : "places/\(order)")
                let outcome = try place(&scene, isTwoRows, &dice)
                if outcome == .placed { return .placed }
                if outcome == .hidesTooLittle { worst = outcome }
            }
        }
        return worst
    }

    // MARK: sizes

    private func setSizes(_ scene: inout WorldScene) throws {
        let range = laws.longestSide[min(scene.things.count, laws.longestSide.count) - 1]
        for index in scene.things.indices {
            var dice = Dice(seed: scene.seed(.sizes), "sizes/\(index)")
            let longest = dice.uniform(range)
            scene.things[index].scale = try scale(
                scene.things[index], scene, area: areas.map { $0.count == 1 ? $0[0] : $0[index] }, longest)
        }
    }

    /// The scale at which a thing covers `area` of the picture, or has a longer side of `longest`.
    private func scale(_ thing: WorldScene.Thing, _ scene: WorldScene, area: Double?, _ longest: Double) throws -> Double {
        var thing = thing
        thing.scale = 1
        // At scale 1 a thing is drawn in the pixels of its cells.
        let whole = try Sprite(thing, light: scene.light, side: 1, library: planner.library)
        guard let area else { return longest / Double(max(whole.box.width, whole.box.height)) }
        thing.scale = (area / Double(max(whole.area, 1))).squareRoot()
        // Rounding to pixels changes small things most; one or two corrections bring the area as near as pixels allow.
        for _ in 0..<2 {
            guard let drawn = try? Sprite(thing, light: scene.light, side: scene.side, library: planner.library), drawn.area > 0 else {
                break
            }
            thing.scale *= (area * Double(scene.side * scene.side) / Double(drawn.area)).squareRoot()
        }
        return thing.scale
    }

    // MARK: places

    /// A row of things from left to right, and where it touches the ground.
    private struct Row {
        var things: [Int]
        var bases: [Double]
        /// The highest place that its things may reach.
        var top: Double
    }

    private func rows(_ count: Int, _ isTwoRows: Bool, _ dice: inout Dice) -> [Row] {
        let order = dice.shuffled(count)
        guard count > 1 else { return [Row(things: order, bases: [dice.uniform(laws.baseAlone)], top: Self.margin)] }
        guard isTwoRows else { return [row(order, dice.uniform(laws.baseRow), top: Self.margin, &dice)] }
        let back = Array(order.prefix((count + 1) / 2))
        let front = Array(order.suffix(count - back.count))
        let middle = dice.uniform(laws.baseBack)
        let near = dice.uniform(laws.baseFront)
        return [row(back, middle, top: Self.margin, &dice), row(front, near, top: middle + Self.gap * 2, &dice)]
    }

    /// The bases of a row: where things overlap each next one stands a little nearer, else they differ a little at random.
    private func row(_ things: [Int], _ base: Double, top: Double, _ dice: inout Dice) -> Row {
        let step = overlap > 0 ? 0.05 / Double(max(things.count - 1, 1)) : 0
        let bases = things.indices.map { place in base - (overlap > 0 ? Double(things.count - 1 - place) * step : dice.uniform(0...0.03)) }
        return Row(things: things, bases: bases, top: top)
    }

    private func place(_ scene: inout WorldScene, _ isTwoRows: Bool, _ dice: inout Dice) throws -> Outcome {
        for row in rows(scene.things.count, isTwoRows, &dice) {
            let outcome = try place(row, &scene, &dice)
            guard outcome == .placed else { return outcome }
        }
        return .placed
    }

    private func place(_ row: Row, _ scene: inout WorldScene, _ dice: inout Dice) throws -> Outcome {
        let side = Double(scene.side)
        let sprites = try row.things.map { try Sprite(scene.things[$0], light: scene.light, side: scene.side, library: planner.library) }
        // Where each thing's outline ends at the bottom, in pixels; a tall thing stands lower.
        var bottoms: [Int] = []
        for (sprite, base) in zip(sprites, row.bases) {
            let highest = (row.top * side).rounded(.up)
            let bottom = max(Int((base * side).rounded()), Int(highest) + sprite.box.height)
            guard bottom <= scene.side - Int(Self.margin * side / 2),
                row.top <= Self.margin || bottom - Int((base * side).rounded()) <= Int(0.06 * side)
            else { return .tooLarge }
            bottoms.append(bottom)
        }
        if overlap > 0 { order(&bottoms) }
        let isLeftward = overlap > 0 && dice.happens(0.5)
        guard var lefts = offsets(sprites, bottoms, scene.side, isLeftward) else { return .hidesTooLittle }
        let width = zip(sprites, lefts).map { $0.box.width + $1 }.max() ?? 0
        let free = side - 2 * Self.margin * side - Double(width)
        guard free >= 0 else { return .tooLarge }
        let gaps = gaps(sprites.count, free, &dice)
        for index in lefts.indices { lefts[index] += Int(Self.margin * side) + Int(gaps[index]) }
        set(&scene, row, sprites, lefts, bottoms)
        return .placed
    }

    /// Makes every next thing of a row stand nearer than the one before.
    private func order(_ bottoms: inout [Int]) {
        for index in bottoms.indices.dropFirst() { bottoms[index] = max(bottoms[index], bottoms[index - 1] + 1) }
    }

    /// The left ends of the things' outlines, the least of them 0: side by side with the least gap, or each hiding so much of
    /// the one before, from its right or its left; nil where one cannot hide so much.
    private func offsets(_ sprites: [Sprite], _ bottoms: [Int], _ side: Int, _ isLeftward: Bool) -> [Int]? {
        var lefts = [0]
        for index in sprites.indices.dropFirst() {
            let (before, next) = (sprites[index - 1], sprites[index])
            guard overlap > 0 else {
                lefts.append(lefts[index - 1] + before.box.width + max(2, Int(Self.gap * Double(side))))
                continue
            }
            let dy = (bottoms[index] - next.box.y1) - (bottoms[index - 1] - before.box.y1)
            guard let shift = shift(before, next, dy: dy, isLeftward) else { return nil }
            lefts.append(lefts[index - 1] + shift)
        }
        let least = lefts.min() ?? 0
        return lefts.map { $0 - least }
    }

    /// How far to the right of the beginning of a thing's outline the next one's begins, so that as much of it is hidden as
    /// was asked for; the nearest that there is.
    private func shift(_ before: Sprite, _ next: Sprite, dy: Int, _ isLeftward: Bool) -> Int? {
        let target = overlap * Double(before.area)
        var best = (miss: Double.infinity, shift: 0)
        for step in 0...(before.box.width + next.box.width) / 2 {
            let shift = isLeftward ? step - next.box.width : before.box.width - step
            let hidden = Double(before.shared(with: next, dx: before.box.x0 + shift - next.box.x0, dy: dy))
            if abs(hidden - target) < best.miss { best = (abs(hidden - target), shift) }
            if hidden > target { break }
        }
        return best.miss <= Self.mostMiss * Double(before.area) ? best.shift : nil
    }

    /// Free space before each thing: spread over all gaps where things are kept apart, else before the first only.
    private func gaps(_ count: Int, _ free: Double, _ dice: inout Dice) -> [Double] {
        guard overlap == 0 else { return [Double](repeating: free * dice.uniform(0.2...0.8), count: count) }
        let parts = (0...count).map { _ in dice.uniform(0.15...1) }
        let whole = parts.reduce(0, +)
        var sum = 0.0
        return (0..<count).map { index in
            sum += parts[index] / whole * free
            return sum
        }
    }

    private func set(_ scene: inout WorldScene, _ row: Row, _ sprites: [Sprite], _ lefts: [Int], _ bottoms: [Int]) {
        let side = Double(scene.side)
        for (place, index) in row.things.enumerated() {
            scene.things[index].x = (Double(lefts[place]) + Double(sprites[place].box.width) / 2) / side
            scene.things[index].base = Double(bottoms[place]) / side
        }
    }
}
