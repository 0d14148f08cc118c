import Diffusion

/// Which handle of a model belongs to which mask of a scene: the one rule that every command goes by.
public struct ScenePairing: Sendable, Equatable {
    /// What the pairing rests on.
    public enum Basis: Sendable, Equatable {
        /// The handles were made for this photo and these masks.
        case scene
        /// They were made for a scene of the same name whose photo or masks are others: it was cropped, or its masks were
        /// drawn anew.
        case name
        /// They belong to no scene, and there are as many as masks.
        case order
    }

    public let scene: String
    /// Per mask, in the masks' order: the handle's place in `model.handles`.
    public let handles: [Int]
    /// The same as tokens.
    public let tokens: [String]
    public let names: [String]
    public let basis: Basis
    /// Handles of the model that belong to other scenes, or to none.
    public let others: Int

    public var count: Int { handles.count }

    /// "handles <asset2> <asset3> belong to toys by name; its photo or masks have changed since they were learned".
    public var description: String {
        let list = tokens.joined(separator: " ")
        return switch basis {
        case .scene: "\(list) of \(scene)"
        case .name: "\(list) of \(scene), by its name: its photo or masks are not those that they were learned from"
        case .order: "\(list) by their order: they belong to no scene"
        }
    }

    /// What a handle of the scene is made for.
    static func origins(of scene: Scene) -> [HandleOrigin] {
        scene.names.enumerated().map { HandleOrigin(scene: scene.title, fingerprint: scene.fingerprint, mask: $0, name: $1) }
    }
}

/// Why a model's handles cannot be paired with a scene's masks, as data.
public enum PairingError: Error, Equatable, Sendable, CustomStringConvertible {
    /// `known`: what the model's handles belong to, in words.
    case none(scene: String, masks: Int, handles: Int, known: String)
    /// Some masks of the scene have no handle.
    case incomplete(scene: String, missing: [String])
    /// Several handles are for one mask.
    case ambiguous(scene: String, mask: String, tokens: [String])

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

    /// Masks of `scene` that no handle was made for yet.
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

    /// Handles of a scene of the same name, with the masks that they are for now; nil where there are none.
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

    /// "<asset0> <asset1> of toys, <cat> of no scene"; empty without handles.
    public var belongings: String {
        var (order, tokens) = ([String](), [String: [String]]())
        for (token, origin) in zip(handles, handleOrigins) {
            let scene = origin?.scene ?? "no scene"
            if tokens[scene] == nil { order.append(scene) }
            tokens[scene, default: []].append(token)
        }
        return order.map { "\((tokens[$0] ?? []).joined(separator: " ")) of \($0)" }.joined(separator: ", ")
    }

    /// This model with the paired handles made for `scene`: what a training from it gives.
    func binding(_ pairing: ScenePairing, to scene: Scene) -> DiffusionModel {
        var origins = handleOrigins
        for (handle, origin) in zip(pairing.handles, ScenePairing.origins(of: scene)) { origins[handle] = origin }
        return withOrigins(origins)
    }
}
