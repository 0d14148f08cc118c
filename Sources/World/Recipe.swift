import Files

/// What the world is made of, read from one data file that the training in Python reads, too (`stdlib/world/recipe.json`):
/// styles, backgrounds with their phrases, lights, the laws of sizes, places and captions, colours and synonyms. Which things
/// there are stands in their library (`ObjectLibrary`).
public struct Recipe: Sendable, Equatable {
    /// A way of drawing, with the words that captions begin with: "a photo of".
    public struct Style: Sendable, Equatable {
        /// The name, as in "photo".
        public let name: String
        /// The words that captions begin with.
        public let phrase: String
        /// The share of the training's scenes; a style with none is only a phrase.
        public let share: Double
    }

    /// A kind of place, which `Backdrop` draws.
    public struct Background: Sendable, Equatable {
        /// The name, as in "beach".
        public let name: String
        /// The words for it, each of which may end a caption; "" says nothing.
        public let phrases: [String]
        /// Whether things that stand there cast shadows.
        public let hasShadow: Bool
    }

    /// A light that the 3-D things are drawn under.
    public struct Light: Sendable, Equatable {
        /// The name, as in "left".
        public let name: String
        /// Degrees to the camera's right from where the camera stands.
        public let azimuth: Double
        /// Degrees above the ground.
        public let elevation: Double
    }

    /// A colour that captions may name.
    public struct NamedColor: Sendable, Equatable {
        /// The word.
        public let name: String
        /// Red, green and blue, 0…255.
        public let rgb: [Double]
    }

    /// The laws by which sizes and places of things are drawn: sides and places are shares of the picture's side.
    public struct Laws: Sendable, Equatable {
        /// For 1, 2, … things the range of their longer sides.
        public let longestSide: [ClosedRange<Double>]
        /// The chance that a flat cut-out is mirrored, and that it is turned.
        public let flip, turned: Double
        /// The most degrees by which it is turned to either side.
        public let turn: Double
        /// The ranges of the place where things touch the ground: alone, in one row, in the back and the front row of two.
        public let baseAlone, baseRow, baseBack, baseFront: ClosedRange<Double>
        /// The share of a thing that must be visible for captions to name it.
        public let leastVisible: Double
        /// The ratio of areas from which on captions call things small and large.
        public let sizeRatio: Double
        /// The weight of common things among those that are drawn.
        public let commonWeight: Double
    }

    /// The styles, the first of which is the plain photo.
    public let styles: [Style]
    /// The backgrounds.
    public let backgrounds: [Background]
    /// The lights.
    public let lights: [Light]
    /// The laws of sizes and places.
    public let laws: Laws
    /// The colours that captions name.
    public let colors: [NamedColor]
    /// A known word for each of some that no thing has.
    public let synonyms: [String: String]
    /// The names of things that are drawn more often than others.
    public let common: Set<String>
}

extension Recipe {
    /// Reads a recipe. Throws `FileError`, and `WorldError.badFile` for another file.
    public init(contentsOf path: String) throws {
        let reader = try RecipeReader(path)
        styles = try reader.list(reader.root, "styles").map {
            Style(name: try reader.text($0, "name"), phrase: try reader.text($0, "phrase"), share: try reader.number($0, "share"))
        }
        backgrounds = try reader.list(reader.root, "backgrounds").map { entry in
            let phrases = try reader.list(entry, "phrases").compactMap(\.stringValue)
            guard !phrases.isEmpty else { throw reader.wrong("a background has no phrase") }
            return Background(name: try reader.text(entry, "name"), phrases: phrases, hasShadow: entry["shadow"]?.boolValue ?? true)
        }
        lights = try reader.list(reader.root, "lights").map {
            Light(
                name: try reader.text($0, "name"), azimuth: try reader.number($0, "azimuth"), elevation: try reader.number($0, "elevation"))
        }
        laws = try reader.laws()
        colors = try reader.list(reader.root, "colors").map { entry in
            guard let pair = entry.arrayValue, pair.count == 2, let name = pair[0].stringValue,
                let rgb = pair[1].arrayValue?.compactMap(\.doubleValue), rgb.count == 3
            else { throw reader.wrong("a colour is [\"name\", [red, green, blue]]") }
            return NamedColor(name: name, rgb: rgb)
        }
        synonyms = Dictionary(
            (reader.root["synonyms"]?.objectValue?.members).map { $0.compactMap { key, value in value.stringValue.map { (key, $0) } } }
                ?? [],
            uniquingKeysWith: { first, _ in first })
        common = Set(try reader.list(reader.root, "common").compactMap(\.stringValue))
        guard !styles.isEmpty, !backgrounds.isEmpty, !lights.isEmpty, !colors.isEmpty else { throw reader.wrong("a list of it is empty") }
    }

    /// The background of this name. Throws `WorldError.unknownBackground`.
    public func background(_ name: String) throws -> Background {
        guard let found = backgrounds.first(where: { $0.name == name }) else {
            throw WorldError.unknownBackground(name, known: backgrounds.map(\.name))
        }
        return found
    }

    /// The light of this name. Throws `WorldError.unknownLight`.
    public func light(_ name: String) throws -> Light {
        guard let found = lights.first(where: { $0.name == name }) else { throw WorldError.unknownLight(name, known: lights.map(\.name)) }
        return found
    }

    /// The style of this name, of those that are drawn. Throws `WorldError.unknownStyle`.
    public func style(_ name: String) throws -> Style {
        guard let found = drawnStyles.first(where: { $0.name == name }) else {
            throw WorldError.unknownStyle(name, known: drawnStyles.map(\.name))
        }
        return found
    }

    /// The styles that pictures are drawn in.
    public var drawnStyles: [Style] { styles.filter { $0.share > 0 } }
}

/// Reads the recipe's file, with messages that name it.
private struct RecipeReader {
    let path: String
    let root: JSON

    init(_ path: String) throws {
        self.path = path
        let bytes = try ReadableFile.contents(path, limit: 1 << 24)
        do { root = try JSON.parse(bytes) } catch { throw WorldError.badFile(path: path, "\(error)") }
    }

    func wrong(_ what: String) -> WorldError { .badFile(path: path, what) }

    func list(_ entry: JSON, _ key: String) throws -> [JSON] {
        guard let list = entry[key]?.arrayValue else { throw wrong("\"\(key)\" is not a list") }
        return list
    }

    func text(_ entry: JSON, _ key: String) throws -> String {
        guard let text = entry[key]?.stringValue else { throw wrong("\"\(key)\" is not a text") }
        return text
    }

    func number(_ entry: JSON, _ key: String) throws -> Double {
        guard let number = entry[key]?.doubleValue, number.isFinite else { throw wrong("\"\(key)\" is not a number") }
        return number
    }

    func range(_ entry: JSON, _ what: String) throws -> ClosedRange<Double> {
        guard let pair = entry.arrayValue?.compactMap(\.doubleValue), pair.count == 2, pair[0] <= pair[1] else {
            throw wrong("\"\(what)\" is not a range [low, high]")
        }
        return pair[0]...pair[1]
    }

    func range(of entry: JSON, _ key: String) throws -> ClosedRange<Double> {
        guard let value = entry[key] else { throw wrong("\"\(key)\" is missing") }
        return try range(value, key)
    }

    func laws() throws -> Recipe.Laws {
        guard let things = root["things"], let captions = root["captions"] else { throw wrong("\"things\" or \"captions\" is missing") }
        let sides = try list(things, "longest_side").map { try range($0, "longest_side") }
        guard sides.count >= ScenePlanner.mostThings else {
            throw wrong("\"longest_side\" has fewer than \(ScenePlanner.mostThings) ranges")
        }
        return Recipe.Laws(
            longestSide: sides, flip: try number(things, "flip"), turned: try number(things, "turned"), turn: try number(things, "turn"),
            baseAlone: try range(of: things, "base_alone"), baseRow: try range(of: things, "base_row"),
            baseBack: try range(of: things, "base_back"), baseFront: try range(of: things, "base_front"),
            leastVisible: try number(captions, "least_visible"), sizeRatio: try number(captions, "size_ratio"),
            commonWeight: try number(root, "common_weight"))
    }
}
