import Images

/// An error of the world: of its recipe, its things, a request for a scene, or a folder.
public enum WorldError: Error, Equatable, Sendable, CustomStringConvertible {
    /// There is no library of things at `path`; `isCache`: it is the one that `make setup-world` draws.
    case noLibrary(path: String, isCache: Bool)
    /// A file of the world holds something else than it should; the text says what.
    case badFile(path: String, String)
    /// No thing of the library has this name, class or identifier; `nearest` are names that it has.
    case unknownThing(String, nearest: [String])
    /// A thing of this name exists, but not among the held-out or trained ones that were asked for.
    case otherSplit(String)
    /// No background of the recipe has this name.
    case unknownBackground(String, known: [String])
    /// No light of the recipe has this name.
    case unknownLight(String, known: [String])
    /// No style of the recipe has this name.
    case unknownStyle(String, known: [String])
    /// A scene has 1 to 8 things, not so many.
    case thingCount(Int)
    /// The library has fewer things than were asked for.
    case tooFewThings(wanted: Int, found: Int)
    /// No class of the library has two things.
    case noPairs
    /// A list of values for things has another length than there are things.
    case listLength(String, values: Int, things: Int)
    /// A value is outside of its range; the text says which and what is allowed.
    case outOfRange(String, String)
    /// The things do not fit into the picture at the areas that were asked for; `share` of these areas would.
    case doesNotFit(things: Int, share: Double)
    /// No order of the things hides as much of each as was asked for.
    case cannotHide(overlap: Double)
    /// Nothing can be seen of these things: they stand outside of the picture, or behind others.
    case hidden([String])

    /// The error as a message for the user, without a full stop.
    public var description: String {
        switch self {
        case .noLibrary(let path, let isCache):
            isCache ? "the world's things are not drawn yet: there is no \(path)/index.json" : "there is no library of things at \(path)"
        case .badFile(let path, let what): "\(path): \(what)"
        case .unknownThing(let name, _): "there is no thing \"\(name)\" in this library"
        case .otherSplit(let name): "\"\(name)\" is not of the split that was asked for"
        case .unknownBackground(let name, _): "there is no background \"\(name)\""
        case .unknownLight(let name, _): "there is no light \"\(name)\""
        case .unknownStyle(let name, _): "there is no style \"\(name)\""
        case .thingCount(let count): "a scene has 1 to \(ScenePlanner.mostThings) things, not \(count)"
        case .tooFewThings(let wanted, let found): "\(wanted) different things are wanted and the library has \(found)"
        case .noPairs: "no class of this library has two things"
        case .listLength(let name, let values, let things): "\(values) values of \(name) for \(things) thing\(things == 1 ? "" : "s")"
        case .outOfRange(let name, let allowed): "\(name) is \(allowed)"
        case .doesNotFit(let things, let share):
            "\(things) thing\(things == 1 ? "" : "s") of such areas do not fit; "
                + (share < 0.01 ? "nothing near them would" : "about \(Self.percent(share)) of them would")
        case .cannotHide(let overlap): "these things cannot hide \(Self.percent(overlap)) of each other: some are too small or too thin"
        case .hidden(let names):
            "nothing can be seen of \(names.joined(separator: ", ")): it is outside of the picture, or behind other things"
        }
    }

    /// What helps; nil where nothing is known.
    public var help: String? {
        switch self {
        case .noLibrary(_, true): "make setup-world draws them, once (about fifteen minutes); library=\"pack\" needs no drawing"
        case .unknownThing(_, let nearest) where !nearest.isEmpty: "did you mean \(nearest.map { "\"\($0)\"" }.joined(separator: ", "))?"
        case .unknownThing: "world_objects() lists the things"
        case .otherSplit: "split=\"all\" takes held-out things and those that models are trained on"
        case .unknownBackground(_, let known), .unknownLight(_, let known), .unknownStyle(_, let known): known.joined(separator: ", ")
        case .doesNotFit, .hidden: "a smaller area, fewer things, or another seed"
        case .cannotHide: "a smaller overlap, other things, or other areas"
        default: nil
        }
    }

    private static func percent(_ share: Double) -> String {
        "\(Int((share * 100).rounded())) %"
    }
}
