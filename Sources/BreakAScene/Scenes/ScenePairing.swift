import Diffusion

/// The pairing of a model's handles with a scene's masks. Every command uses this one rule.
public struct ScenePairing: Sendable, Equatable {
    /// The reason for a pairing.
    public enum Basis: Sendable, Equatable {
        /// The handles were made for this photo and these masks.
        case scene
        /// They were made for a scene of the same name whose photo or masks are others: it was cropped, or its masks were
        /// drawn anew.
        case name
        /// They belong to no scene, and there are as many as masks.
        case order
    }

    /// The scene's title.
    public let scene: String
    /// The handle of each mask, as its place in `model.handles`, in the masks' order.
    public let handles: [Int]
    /// The handles' tokens, in the same order.
    public let tokens: [String]
    /// The masks' names.
    public let names: [String]
    /// The reason for a pairing.
    public let basis: Basis
    /// The number of the model's other handles, which belong to other scenes or to none.
    public let others: Int

    /// The number of masks, and so of handles.
    public var count: Int { handles.count }

    /// The pairing in words: "<asset2> <asset3> of toys", and why where the handles were not made for this scene.
    public var description: String {
        let list = tokens.joined(separator: " ")
        return switch basis {
        case .scene: "\(list) of \(scene)"
        case .name: "\(list) of \(scene), by its name: its photo or masks are not those that they were learned from"
        case .order: "\(list) by their order: they belong to no scene"
        }
    }

    /// The origins of handles that are made for a scene, one for each mask.
    static func origins(of scene: Scene) -> [HandleOrigin] {
        scene.names.enumerated().map { HandleOrigin(scene: scene.title, fingerprint: scene.fingerprint, mask: $0, name: $1) }
    }
}

/// An error that keeps a model's handles from being paired with a scene's masks.
public enum PairingError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The model has no handles of the scene, and not as many free ones as masks; `known` says in words what its handles
    /// belong to.
    case none(scene: String, masks: Int, handles: Int, known: String)
    /// The masks `missing` of the scene have no handle.
    case incomplete(scene: String, missing: [String])
    /// Several handles, `tokens`, are for one mask.
    case ambiguous(scene: String, mask: String, tokens: [String])

    /// The error as a message for the user, without a full stop.
    public var description: String {
        switch self {
        case .none(let scene, let masks, let handles, let known):
            "the model has no handles of the scene \(scene): \(handles) handle\(handles == 1 ? "" : "s"), the scene \(masks) mask\(masks == 1 ? "" : "s")"
                + (known.isEmpty ? "" : " (\(known))")
        case .incomplete(let scene, let missing): "the model has no handle for \(missing.joined(separator: ", ")) of the scene \(scene)"
        case .ambiguous(let scene, let mask, let tokens):
            "several handles of the model are for \(mask) of the scene \(scene): \(tokens.joined(separator: ", "))"
        }
    }
}

extension DiffusionModel {
    /// The handle of every mask of `scene`: those made for it; else those made for a scene of its name with as many masks
    /// (by the masks' names where they are the same, by their order otherwise); else, where exactly as many handles as
    /// masks belong to no scene, these in their order. A scene without a title of its own has no name to go by. Throws
    /// `PairingError`.
    public func pairing(with scene: Scene) throws -> ScenePairing {
        let made = handles.indices.filter { handleOrigins[$0]?.fingerprint == scene.fingerprint }
        if !made.isEmpty {
            let places = made.map { (handle: $0, mask: handleOrigins[$0]?.mask ?? 0) }
            return try paired(scene, places, .scene)
        }
        if let places = try namesakes(of: scene) { return try paired(scene, places, .name) }
        let free = handles.indices.filter { handleOrigins[$0] == nil }
        guard free.count == scene.masks.count else {
            throw PairingError.none(scene: scene.title, masks: scene.masks.count, handles: handles.count, known: belongings)
        }
        return try paired(scene, free.enumerated().map { (handle: $1, mask: $0) }, .order)
    }

    /// The masks of `scene`, by their places, that no handle was made for yet. Throws `PairingError.ambiguous`.
    public func masksWithoutHandle(of scene: Scene) throws -> [Int] {
        do {
            _ = try pairing(with: scene)
            return []
        } catch PairingError.none {
            return Array(scene.masks.indices)
        } catch PairingError.incomplete(_, let missing) {
            return scene.names.indices.filter { missing.contains(scene.names[$0]) }
        }
    }

    /// The handles of a scene of the same name, with the masks that they are for now; nil where there are none, or another
    /// number than of masks.
    private func namesakes(of scene: Scene) throws -> [(handle: Int, mask: Int)]? {
        guard scene.title != Scene.untitled else { return nil }
        let found = handles.indices.filter { handleOrigins[$0]?.scene == scene.title }
        guard !found.isEmpty, found.count == scene.masks.count else { return nil }
        let names = found.map { handleOrigins[$0]?.name ?? "" }
        if Set(names) == Set(scene.names), Set(names).count == names.count {
            return zip(found, names).map { handle, name in (handle: handle, mask: scene.names.firstIndex(of: name) ?? 0) }
        }
        return found.map { (handle: $0, mask: handleOrigins[$0]?.mask ?? 0) }
    }

    /// The pairing from handles with the masks that they are for; throws where a mask has none or several.
    private func paired(_ scene: Scene, _ places: [(handle: Int, mask: Int)], _ basis: ScenePairing.Basis) throws -> ScenePairing {
        let perMask = scene.masks.indices.map { mask in places.filter { $0.mask == mask }.map(\.handle) }
        let missing = perMask.indices.filter { perMask[$0].isEmpty }.map { scene.names[$0] }
        guard missing.isEmpty else { throw PairingError.incomplete(scene: scene.title, missing: missing) }
        if let twice = perMask.firstIndex(where: { $0.count > 1 }) {
            throw PairingError.ambiguous(scene: scene.title, mask: scene.names[twice], tokens: perMask[twice].map { handles[$0] })
        }
        let chosen = perMask.map { $0[0] }
        return ScenePairing(
            scene: scene.title, handles: chosen, tokens: chosen.map { handles[$0] }, names: scene.names, basis: basis,
            others: handles.count - chosen.count)
    }

    /// The scenes that the handles belong to, in words: "<asset0> <asset1> of toys, <cat> of no scene"; empty without
    /// handles.
    public var belongings: String {
        var (order, tokens) = ([String](), [String: [String]]())
        for (token, origin) in zip(handles, handleOrigins) {
            let scene = origin?.scene ?? "no scene"
            if tokens[scene] == nil { order.append(scene) }
            tokens[scene, default: []].append(token)
        }
        return order.map { "\((tokens[$0] ?? []).joined(separator: " ")) of \($0)" }.joined(separator: ", ")
    }

    /// This model with the paired handles recorded as made for `scene`: what a training from it gives.
    func binding(_ pairing: ScenePairing, to scene: Scene) -> DiffusionModel {
        var origins = handleOrigins
        for (handle, origin) in zip(pairing.handles, ScenePairing.origins(of: scene)) { origins[handle] = origin }
        return withOrigins(origins)
    }
}
