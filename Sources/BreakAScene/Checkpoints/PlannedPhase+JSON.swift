import Tensors

extension PriorOptions {
    /// The options by their names: what checkpoints and prior stores keep.
    public var json: JSON {
        [
            "count": JSON(count), "prompts": .array(prompts.map(JSON.string)), "steps": JSON(steps),
            "guidance": JSON(guidanceScale), "seed": JSON(seed),
        ]
    }

    /// Reads the options; nil where one is missing or of another kind.
    public init?(_ json: JSON) {
        guard let count = json["count"]?.intValue, let prompts = json["prompts"]?.arrayValue?.compactMap(\.stringValue),
            let steps = json["steps"]?.intValue, let guidance = json["guidance"]?.doubleValue, let seed = json["seed"]?.intValue,
            !prompts.isEmpty
        else { return nil }
        self.init()
        (self.count, self.prompts, self.steps, self.guidanceScale, self.seed) = (count, prompts, steps, guidance, seed)
    }
}

extension PlannedPhase {
    /// The phase, its seed and its options: what checkpoints keep.
    public var json: JSON { ["phase": JSON(phase), "seed": JSON(seed), "options": options.json] }

    /// Reads a phase; nil where a member is missing or its options cannot be read.
    public init?(_ json: JSON) {
        guard let phase = json["phase"]?.intValue, let seed = json["seed"]?.intValue,
            let options = json["options"].flatMap(TrainingOptions.init)
        else { return nil }
        self.init(phase: phase, options: options, seed: seed)
    }
}
