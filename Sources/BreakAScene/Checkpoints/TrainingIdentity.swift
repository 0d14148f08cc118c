import Diffusion
import Images
import Tensors

/// The identity of a training: trainings with equal identities have equal results, bit for bit on the same processor.
public struct TrainingIdentity: Sendable, Equatable {
    /// A part of a function that replaces one of the method's: its text, or a variable that it reads.
    public struct FunctionPart: Sendable, Equatable {
        /// The part's name: "attention_loss", or "attention_loss: weight" for a variable that the function reads.
        public let name: String
        /// A value as it would be written, or a digest.
        public let text: String
        /// What `text` is: "literal" for a value as it would be written, "function" for what a function does, "contents"
        /// for a digest.
        public let kind: String

        /// Makes a part of a function from its name, its text and its kind.
        public init(name: String, text: String, kind: String) { (self.name, self.text, self.kind) = (name, text, kind) }
    }

    /// The base model's name; like its folder it serves to find the model again and is not compared.
    public let modelName: String
    /// The base model's folder.
    public let modelFolder: String
    /// Named parts that must be equal: fingerprints, settings, seeds.
    private(set) var parts: [String: String]
    /// The parts of the functions that replace parts of the method.
    let functions: [FunctionPart]

    private static let priorPart = "prior pictures"

    /// `prior`: nil also where the pictures are not drawn yet (see `with(prior:)`). `replaced`: the names of the method's
    /// parts that functions of the user's replace; `functions`: what these functions do.
    public init(
        _ start: DiffusionModel, _ scene: Scene, prior: PriorSet? = nil, _ plan: [PlannedPhase], replaced: [String],
        functions: [FunctionPart]
    ) {
        (modelName, modelFolder, self.functions) = (start.name, start.folder, functions)
        var picture = Fingerprint()
        picture.mix("image", Tensor(scene.image))
        for mask in scene.masks { picture.mix("mask", Tensor(mask)) }
        if scene.fit != .crop { picture.mix(scene.fit.rawValue) }
        parts = [
            "model": start.fingerprint, "scene": picture.text, Self.priorPart: Self.text(prior),
            "settings": JSON.array(plan.map(\.json)).text(), "functions": replaced.joined(separator: " "),
        ]
    }

    /// The identity of the same training with these prior pictures.
    public func with(prior: PriorSet?) -> TrainingIdentity {
        var result = self
        result.parts[Self.priorPart] = Self.text(prior)
        return result
    }

    private static func text(_ prior: PriorSet?) -> String {
        guard let prior else { return "none" }
        var drawn = Fingerprint()
        prior.prompts.forEach { drawn.mix($0) }
        drawn.mix("pictures", prior.pictures)
        return drawn.text
    }

    /// The names of the method's parts that functions of the user's replaced.
    public var replaced: [String] { (parts["functions"] ?? "").split(separator: " ").map(String.init) }

    /// Lists the differences in words, each with both values where they can be shown: "steps is 300 here, 400 there".
    /// "There" is this identity, "here" the other one. Without `comparesPrior` prior pictures are not compared: they may
    /// not be drawn yet.
    public func differences(from here: TrainingIdentity, comparesPrior: Bool = true) -> [String] {
        let names = Set(parts.keys).union(here.parts.keys).subtracting(comparesPrior ? ["functions"] : ["functions", Self.priorPart]).filter
        { parts[$0] != here.parts[$0] }.sorted()
        let plain = names.filter { $0 != "settings" }.map { "the \($0) \($0.hasSuffix("s") ? "differ" : "differs")" }
        return plain + (names.contains("settings") ? settings(here) : []) + functionDifferences(replaced: here.replaced, here.functions)
    }

    /// Lists the differences of the functions alone, in the words of `differences(from:comparesPrior:)`.
    public func functionDifferences(replaced names: [String], _ here: [FunctionPart]) -> [String] {
        let changed =
            names.filter { !replaced.contains($0) }.map { "\($0) is a function here, not there" }
            + replaced.filter { !names.contains($0) }.map { "\($0) is a function there, not here" }
        guard changed.isEmpty else { return changed }
        let known = Dictionary(functions.map { ($0.name, $0) }) { first, _ in first }
        let new = Dictionary(here.map { ($0.name, $0) }) { first, _ in first }
        return (functions.map(\.name) + here.map(\.name).filter { known[$0] == nil }).compactMap { name in
            let (a, b) = (known[name], new[name])
            if a == b { return nil }
            let what = Self.title(name)
            guard let a else { return "\(what) is read here, not there" }
            guard let b else { return "\(what) is read there, not here" }
            if a.kind == "literal", b.kind == "literal" { return "\(what) is \(b.text) here, \(a.text) there" }
            return a.kind == "function" && b.kind == "function" ? "\(what) is another function" : "\(what) has other contents"
        }
    }

    /// A part's name as a message has it: "weight, which attention_loss reads,".
    private static func title(_ name: String) -> String {
        let path = name.split(separator: ": ")
        guard path.count > 1, let last = path.last else { return name }
        return "\(last), which \(path[path.count - 2]) reads,"
    }

    /// The settings of each phase that differ, with both values.
    private func settings(_ here: TrainingIdentity) -> [String] {
        func phases(_ identity: TrainingIdentity) -> [JSON] {
            (try? JSON.parse(Array((identity.parts["settings"] ?? "").utf8)))?.arrayValue ?? []
        }
        let (theirs, ours) = (phases(self), phases(here))
        guard theirs.count == ours.count else { return ["the phases differ: \(ours.count) here, \(theirs.count) there"] }
        return zip(theirs, ours).flatMap { there, here -> [String] in
            let (a, b) = (Self.flattened(there), Self.flattened(here))
            let names = a.map(\.name) + b.map(\.name).filter { name in !a.contains { $0.name == name } }
            return names.compactMap { name in
                let (old, new) = (a.first { $0.name == name }?.text ?? "nothing", b.first { $0.name == name }?.text ?? "nothing")
                return old == new
                    ? nil : "\(ours.count > 1 ? "phase \(here["phase"]?.text() ?? "?")'s " : "")\(name) is \(new) here, \(old) there"
            }
        }
    }

    /// A phase's settings by name; long values are shortened.
    private static func flattened(_ phase: JSON) -> [(name: String, text: String)] {
        (phase.objectValue?.members).map(Array.init)?.flatMap { name, value in
            name == "options" ? flattened(value) : [(name, shown(value.text()))]
        } ?? []
    }

    private static func shown(_ text: String) -> String { text.count > 80 ? text.prefix(60) + "… (\(text.count) characters)" : text }

    /// The identity as checkpoints keep it.
    var json: JSON {
        [
            "model_name": .string(modelName), "model_folder": .string(modelFolder),
            "parts": .object(JSONObject(parts.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })),
            "functions": .array(functions.map { ["name": .string($0.name), "text": .string($0.text), "kind": .string($0.kind)] }),
        ]
    }

    /// Reads an identity from a checkpoint; nil where a member is missing.
    init?(_ json: JSON) {
        guard let name = json["model_name"]?.stringValue, let folder = json["model_folder"]?.stringValue,
            let parts = json["parts"]?.objectValue
        else { return nil }
        (modelName, modelFolder) = (name, folder)
        self.parts = Dictionary(parts.members.map { ($0, $1.stringValue ?? "") }) { first, _ in first }
        // A checkpoint that was written before a setting existed lacks it: reading its phases fills in what was done then, so that it
        // can be compared with a run of today.
        let phases = (self.parts["settings"].flatMap { try? JSON.parse(Array($0.utf8)) }?.arrayValue ?? []).map(PlannedPhase.init)
        if !phases.contains(nil), !phases.isEmpty {
            self.parts["settings"] = JSON.array(phases.compactMap { $0?.json }).text()
        }
        functions = (json["functions"]?.arrayValue ?? []).compactMap { part in
            guard let name = part["name"]?.stringValue, let text = part["text"]?.stringValue, let kind = part["kind"]?.stringValue else {
                return nil
            }
            return FunctionPart(name: name, text: text, kind: kind)
        }
    }
}
