import Files
import Glibc
import Images
import Language
import Synchronization
import World

/// The things that worlds are made of.
enum WorldLibrary: String, WordArgument, CaseIterable {
    /// The held-out things that ship.
    case pack
    /// All things that `make setup-world` has drawn on this machine.
    case full

    /// Libraries and recipes that were opened, by their paths: thousands of pictures are drawn of one.
    private static let opened = Mutex<(libraries: [String: ObjectLibrary], recipes: [String: Recipe])>(([:], [:]))

    /// Opens the library. Throws `WorldError` and `FileError`.
    func open(_ context: Context) throws -> ObjectLibrary {
        let path = try self.path(context)
        if let known = Self.opened.withLock({ $0.libraries[path] }), FileSystem.exists(path + "/index.json") { return known }
        let library = try ObjectLibrary(path, isCache: self == .full)
        Self.opened.withLock { $0.libraries[path] = library }
        return library
    }

    private func path(_ context: Context) throws -> String {
        switch self {
        case .pack:
            guard let path = context.resolveInLibrary("world/pack") else { throw Self.notShipped("world/pack") }
            return path
        case .full: return Self.cache
        }
    }

    /// The folder that `make setup-world` draws into.
    static var cache: String {
        func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 } }
        if let path = variable("BAS_WORLD") { return path }
        if let path = variable("XDG_CACHE_HOME") { return path + "/bas/world" }
        return (variable("HOME") ?? "") + "/.cache/bas/world"
    }

    /// Reads the recipe that ships. Throws `WorldError` and `FileError`.
    static func recipe(_ context: Context) throws -> Recipe {
        guard let path = context.resolveInLibrary("world/recipe.json") else { throw notShipped("world/recipe.json") }
        if let known = opened.withLock({ $0.recipes[path] }) { return known }
        let recipe = try Recipe(contentsOf: path)
        opened.withLock { $0.recipes[path] = recipe }
        return recipe
    }

    private static func notShipped(_ name: String) -> Problem {
        Problem(
            .fileMissing, "\(name) is missing: no standard library with the world lies beside the program",
            help: "BAS_STDLIB=FOLDER says where the standard library is")
    }
}

/// Turns errors of the world into problems of the language.
enum WorldErrors {
    static func problem(_ error: WorldError, _ argument: String?) -> Problem {
        let (code, name): (ErrorCode, String?) =
            switch error {
            case .noLibrary: (.fileMissing, "library")
            case .badFile: (.badFile, argument)
            case .unknownThing, .otherSplit, .thingCount, .tooFewThings: (.badArgument, argument)
            case .unknownBackground: (.badArgument, "background")
            case .unknownLight: (.badArgument, "light")
            case .unknownStyle: (.badArgument, "style")
            case .noPairs: (.badArgument, "same_class")
            case .listLength(let name, _, _), .outOfRange(let name, _): (.badArgument, name == "names" ? argument : name)
            case .doesNotFit: (.badArgument, "area")
            case .cannotHide: (.badArgument, "overlap")
            case .hidden: (.badArgument, argument)
            }
        return Problem(code, error.description, argument: name, help: error.help)
    }
}

extension SceneRequest.Split: WordArgument {}
