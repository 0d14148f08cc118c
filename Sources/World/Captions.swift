import Glibc
import Images

/// What captions say of a scene. Only things of which enough is visible are named, from left to right.
struct Captions {
    let recipe: Recipe
    let scene: WorldScene
    let objects: [WorldObject]
    let placed: [Placed]
    let masks: [Mask]
    let fullMasks: [Mask]

    /// Style, names and place: "a photo of a cat and a mug on the grass".
    var plain: String { sentence(named.map { Self.withArticle(objects[$0].name) }.joined(separator: " and ")) }

    /// The same with colours and sizes where they can be told, and with "to the left of" between two things.
    var detailed: String {
        let things = named
        let words = things.map { index in
            Self.withArticle([size(index, among: things), color(index), objects[index].name].compactMap(\.self).joined(separator: " "))
        }
        guard things.count == 2 else { return sentence(words.joined(separator: " and ")) }
        let isBehind = fullMasks[things[0]].area - masks[things[0]].area > 0.05 * fullMasks[things[0]].area
        let isInFront = fullMasks[things[1]].area - masks[things[1]].area > 0.05 * fullMasks[things[1]].area
        let relation = isBehind ? "behind" : isInFront ? "in front of" : "to the left of"
        return sentence("\(words[0]) \(relation) \(words[1])")
    }

    private func sentence(_ things: String) -> String {
        let style = recipe.styles.first { $0.name == scene.style }?.phrase ?? "a photo of"
        var dice = Dice(seed: scene.seed(.caption), "caption")
        let phrases = recipe.backgrounds.first { $0.name == scene.background }?.phrases ?? [""]
        let place = dice.choice(phrases)
        return "\(style) \(things.isEmpty ? "something" : things)" + (place.isEmpty ? "" : " " + place)
    }

    /// The things that are named, from left to right.
    private var named: [Int] {
        scene.things.indices.filter { masks[$0].area >= recipe.laws.leastVisible * fullMasks[$0].area }.sorted {
            scene.things[$0].x < scene.things[$1].x
        }
    }

    /// "small" or "large" where a thing's area is far from the next one's; nil where it stands alone.
    private func size(_ index: Int, among things: [Int]) -> String? {
        let others = things.filter { $0 != index }.map { fullMasks[$0].area }
        let own = fullMasks[index].area
        guard let largest = others.max(), let smallest = others.min() else { return nil }
        if own * recipe.laws.sizeRatio < smallest { return "small" }
        return own > largest * recipe.laws.sizeRatio ? "large" : nil
    }

    /// The colour of a thing, where more than half of it has one and its name says none.
    private func color(_ index: Int) -> String? {
        let known = Set(recipe.colors.map(\.name))
        guard objects[index].name.split(separator: " ").allSatisfy({ !known.contains(String($0)) }) else { return nil }
        return ColorName(recipe.colors).name(of: placed[index].sprite)
    }

    static func withArticle(_ noun: String) -> String {
        let plurals: Set<String> = [
            "shoes", "sneakers", "slippers", "glasses", "sunglasses", "tulips", "flowers", "keys", "scissors", "logs", "headphones",
            "pliers", "cherries", "grapes", "binoculars", "pants", "french fries", "holly leaves",
        ]
        if plurals.contains(where: { noun == $0 || noun.hasSuffix(" " + $0) }) { return noun }
        let isVowel = noun.first.map { "aeiou".contains($0) } ?? false
        return (isVowel && !noun.hasPrefix("eu") && !noun.hasPrefix("uni") ? "an " : "a ") + noun
    }
}

/// Names colours of things.
struct ColorName {
    private let names: [String]
    private let places: [(Double, Double, Double)]

    init(_ colors: [Recipe.NamedColor]) {
        names = colors.map(\.name)
        places = colors.map { Self.uniform($0.rgb[0] / 255, $0.rgb[1] / 255, $0.rgb[2] / 255) }
    }

    /// The colour that more than half of a thing's pixels are nearest to; nil where there is none.
    func name(of sprite: Sprite) -> String? {
        var votes = [Int](repeating: 0, count: names.count)
        var count = 0
        let pixels = sprite.cutOut.image.pixels
        for index in stride(from: 0, to: sprite.solid.count, by: max(1, sprite.solid.count / 2000)) where sprite.solid[index] {
            let place = Self.uniform(
                Double(pixels[index * 3]) / 255, Double(pixels[index * 3 + 1]) / 255, Double(pixels[index * 3 + 2]) / 255)
            // Lightness counts half: shading changes it most. What has a hue is not grey, as long as a name with a hue is near.
            func distance(_ other: (Double, Double, Double)) -> Double {
                let (l, a, b) = ((place.0 - other.0) * 0.5, place.1 - other.1, place.2 - other.2)
                let isGrey = Self.chroma(other) < 0.012 && Self.chroma(place) > 0.028
                return l * l + a * a + b * b + (isGrey ? 0.006 : 0)
            }
            if let nearest = places.indices.min(by: { distance(places[$0]) < distance(places[$1]) }) { votes[nearest] += 1 }
            count += 1
        }
        guard let best = votes.indices.max(by: { votes[$0] < votes[$1] }), votes[best] * 2 > count else { return nil }
        return names[best]
    }

    private static func chroma(_ place: (Double, Double, Double)) -> Double { (place.1 * place.1 + place.2 * place.2).squareRoot() }

    /// Lightness and two colour axes in which equal distances look about equally large (Oklab, Björn Ottosson 2020).
    private static func uniform(_ red: Double, _ green: Double, _ blue: Double) -> (Double, Double, Double) {
        func linear(_ v: Double) -> Double { v * v * (0.7 * v + 0.3) }
        let (r, g, b) = (linear(red), linear(green), linear(blue))
        let l = cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
        let m = cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
        let s = cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
        return (
            0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s, 1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
            0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s
        )
    }
}
