import Diffusion

/// What a handle is called where people read: by the thing that it stands for, where a person has named that.
public struct HandleLabel: Sendable, Equatable {
    /// The token, as prompts have it: "<asset0>".
    public let token: String
    /// The thing's name; nil where nobody has named it.
    public let name: String?

    /// The label of a handle whose thing is called `name` in its scene, at place `mask`. A name that scenes give by themselves is none.
    public init(token: String, name: String, mask: Int) {
        self.token = token
        self.name = name.isEmpty || name == Scene.usualName(mask) ? nil : name
    }

    /// The name, or the token where there is none: for titles and tables.
    public var short: String { name ?? token }
    /// "mug <asset0>", or the token where there is no name: where a person may want to type the token.
    public var full: String { name.map { "\($0) \(token)" } ?? token }
}

extension Scene {
    /// Whether a thing has no name but the one that scenes give by themselves, "mask 0", so that no prompt can say it.
    public var hasUnnamedThings: Bool {
        names.enumerated().contains { HandleLabel(token: "", name: $1, mask: $0).name == nil }
    }
}

extension DiffusionModel {
    /// The label of the handle at place `index` of `handles`. Handles whose things have one name keep their tokens, so that labels differ.
    public func label(ofHandle index: Int) -> HandleLabel {
        let name = handleOrigins[index]?.name ?? ""
        let isShared = handleOrigins.count { $0?.name == name } > 1
        return HandleLabel(token: handles[index], name: isShared ? "" : name, mask: handleOrigins[index]?.mask ?? 0)
    }

    /// Returns a prompt as people read it, with things by their names: "a photo of cup and ball" for "a photo of <asset0> and <asset1>".
    public func caption(ofPrompt prompt: String) -> String {
        handles.indices.map(label).reduce(prompt) { $1.name == nil ? $0 : $0.replacing($1.token, with: $1.short) }
    }
}
