import Diffusion
import Tensors

/// An error that keeps two results from being joined.
public enum MergeError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Nothing says what the first (0) or the second (1) model was before it learned.
    case unknownBase(Int)
    /// The two were learned from different bases, given as name and fingerprint.
    case differentBases(String, String)
    /// The models have not both this parameter, or not in the same shape.
    case differentModels(parameter: String)
    /// Both have local features, of other encoders or with other weights.
    case differentLocalFeatures

    /// The error as a message for the user, without a full stop.
    public var description: String {
        switch self {
        case .unknownBase(let index): "nothing says which base the \(index == 0 ? "first" : "second") model was learned from"
        case .differentBases(let a, let b): "the two were learned from different bases, \(a) and \(b)"
        case .differentModels(let parameter): "the models are built differently: \(parameter) is not the same parameter in both"
        case .differentLocalFeatures: "the local features of the two have other projections or weights, and a model has one of each"
        }
    }
}

extension LearnedModel {
    /// The model before it learned anything: a model that has learned nothing is its own base. nil where that is not known.
    private var start: DiffusionModel? { base ?? (model.handles.isEmpty && model.changedParameters.isEmpty ? model : nil) }

    /// Joins this result and another on the same base: all handles of both, and of every parameter the base's value plus
    /// both changes. Handles that are the same in both (token, embedding, scene) stay one; where other handles have the
    /// same token, the second one's gets the next free token, as `renamed` says. The result cannot go on with a training
    /// that was interrupted in either. Throws `MergeError`, `ModelError`.
    ///
    /// `base`: the base of both, where the models do not know it (they were loaded from folders).
    public func merged(with other: LearnedModel, base given: DiffusionModel? = nil) throws -> (
        result: LearnedModel, renamed: [(from: String, to: String)]
    ) {
        let bases = try [self, other].enumerated().map { index, learned in
            guard let base = given ?? learned.start else { throw MergeError.unknownBase(index) }
            return base
        }
        let hashes = given == nil ? bases.map(\.fingerprint) : []
        guard Set(hashes).count < 2 else {
            throw MergeError.differentBases("\(bases[0].name) \(hashes[0])", "\(bases[1].name) \(hashes[1])")
        }
        var merged = model
        merged.replaceParameters(try Self.sums(model, other.model, base: bases[0]))
        let renamed = try merged.addHandles(of: other.model)
        merged = try merged.joiningLocalFeatures(of: other.model, renamed: renamed)
        var result = LearnedModel(merged)
        (result.base, result.prior, result.history) = (bases[0], prior ?? other.prior, history.followed(by: other.history))
        let changed = renamed.map { "; \($0.from) of the second is \($0.to)" }.joined()
        result.provenance = provenance + other.provenance + ["merged, both changes of \(bases[0].name) added\(changed)"]
        return (result, renamed)
    }

    /// Values for the parameters of `a` that `b` changes, by full name: the base's value plus both changes.
    private static func sums(_ a: DiffusionModel, _ b: DiffusionModel, base: DiffusionModel) throws -> [String: Tensor] {
        func table(_ model: DiffusionModel) -> [String: Tensor] {
            Dictionary(model.namedParameters.map { ($0.name, $0.value.value) }) { first, _ in first }
        }
        let (own, start) = (table(a), table(base))
        var sums: [String: Tensor] = [:]
        let parameters = b.namedParameters
        guard parameters.count == own.count, own.count == start.count else {
            throw MergeError.differentModels(parameter: "the number of parameters")
        }
        for (name, parameter) in parameters {
            try Cancellation.check()
            let value = parameter.value
            guard let mine = own[name], let before = start[name], mine.shape == value.shape, before.shape == value.shape else {
                throw MergeError.differentModels(parameter: name)
            }
            if value.isIdentical(to: before) { continue }
            sums[name] = mine.isIdentical(to: before) ? value : mine + (value - before)
        }
        return sums
    }
}

extension DiffusionModel {
    /// Adds the handles of another model that this one has not; returns those that got another token.
    fileprivate mutating func addHandles(of other: DiffusionModel) throws -> [(from: String, to: String)] {
        var renamed: [(from: String, to: String)] = []
        // Handles with one embedding, beside such as have one for each layer, become like these.
        let other = hasHandlesPerLayer ? other.withHandlesPerLayer : other
        if other.hasHandlesPerLayer { self = withHandlesPerLayer }
        guard let rows = other.textEncoder.handleEmbedding?.value else { return [] }
        for (index, token) in other.handles.enumerated() {
            let row = rows.rows(index..<index + 1)
            if let place = handles.firstIndex(of: token), handleOrigins[place] == other.handleOrigins[index],
                textEncoder.handleEmbedding?.value.rows(place..<place + 1).isIdentical(to: row) == true
            {
                continue
            }
            let free = tokenizer.id(of: token) == nil ? token : freeToken(like: token)
            if free != token { renamed.append((token, free)) }
            self = try addingHandles(
                [free], embeddings: row, starts: other.handleStarts?.rows(index..<index + 1), origins: [other.handleOrigins[index]])
        }
        return renamed
    }

    /// This model with the local features of another's handles as well, which may have got other tokens.
    fileprivate func joiningLocalFeatures(of other: DiffusionModel, renamed: [(from: String, to: String)]) throws -> DiffusionModel {
        guard let added = other.localAttention else { return self }
        let tokens = Dictionary(renamed.map { ($0.from, $0.to) }) { first, _ in first }
        guard let joined = localAttention.map({ $0.joined(with: added, renaming: tokens) }) ?? added.renamed(tokens) else {
            throw MergeError.differentLocalFeatures
        }
        return try with(localAttention: joined, from: name)
    }

    /// A token that is not in use: the next `<assetN>` for a numbered one, `<cat-2>` for `<cat>`.
    private func freeToken(like token: String) -> String {
        let name = token.dropFirst().dropLast()
        if name.hasPrefix("asset"), Int(name.dropFirst("asset".count)) != nil { return freeTokens(1)[0] }
        var number = 2
        while tokenizer.id(of: "<\(name)-\(number)>") != nil { number += 1 }
        return "<\(name)-\(number)>"
    }
}
