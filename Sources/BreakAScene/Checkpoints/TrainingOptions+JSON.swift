import Images
import NeuralNetwork
import Tensors

/// Options as a JSON object, one row a setting: what checkpoints and results keep.
extension TrainingOptions {
    /// One setting: its name, and how to read it and write it.
    private struct Row: Sendable {
        let name: String
        let read: @Sendable (TrainingOptions) -> JSON
        /// Sets the value; false where it is of another kind or out of range.
        let write: @Sendable (inout TrainingOptions, JSON) -> Bool

        static func int(_ name: String, _ path: WritableKeyPath<TrainingOptions, Int> & Sendable) -> Row {
            Row(name: name, read: { JSON($0[keyPath: path]) }) { Self.set(&$0, path, $1.intValue) }
        }

        static func double(_ name: String, _ path: WritableKeyPath<TrainingOptions, Double> & Sendable) -> Row {
            Row(name: name, read: { JSON($0[keyPath: path]) }) { Self.set(&$0, path, $1.doubleValue) }
        }

        static func bool(_ name: String, _ path: WritableKeyPath<TrainingOptions, Bool> & Sendable) -> Row {
            Row(name: name, read: { .bool($0[keyPath: path]) }) { Self.set(&$0, path, $1.boolValue) }
        }

        static func choice<T: RawRepresentable<String> & SendableMetatype>(
            _ name: String, _ path: WritableKeyPath<TrainingOptions, T> & Sendable
        ) -> Row {
            Row(name: name, read: { .string($0[keyPath: path].rawValue) }) { Self.set(&$0, path, $1.stringValue.flatMap(T.init)) }
        }

        private static func set<T>(_ options: inout TrainingOptions, _ path: WritableKeyPath<TrainingOptions, T>, _ value: T?) -> Bool {
            guard let value else { return false }
            options[keyPath: path] = value
            return true
        }
    }

    private static let rows: [Row] =
        [
            .int("steps", \.steps), .double("lr", \.optimizer.lr), .double("beta1", \.optimizer.beta1), .double("beta2", \.optimizer.beta2),
            .double("eps", \.optimizer.eps), .double("weight_decay", \.optimizer.weightDecay),
            .int("optimizer_bits", \.optimizer.stateBits),
            .choice("normalization", \.attentionNormalization), .choice("reduction", \.attentionReduction), .bool("masked", \.isMasked),
            .choice("sampling", \.sampling), .double("flip", \.flip), .choice("downsampling", \.maskDownsampling),
            .int("batch", \.batchSize),
            Row(name: "clip", read: { $0.clipNorm.map { JSON($0) } ?? .null }) {
                $0.clipNorm = $1.doubleValue
                return $1.isNull || $1.doubleValue != nil
            },
            Row(name: "train_names", read: { $0.trainedNames.map { .array($0.sorted().map(JSON.string)) } ?? .null }) {
                $0.trainedNames = $1.arrayValue.map { Set($0.compactMap(\.stringValue)) }
                return $1.isNull || $1.arrayValue != nil
            },
            Row(name: "contexts", read: { .array($0.contexts.map(JSON.string)) }) {
                $0.contexts = $1.arrayValue?.compactMap(\.stringValue) ?? []
                return $1.arrayValue?.count == $0.contexts.count
            },
            .double("zoom", \.zoom),
            Row(name: "handle_lr", read: { $0.handleRate.map { JSON($0) } ?? .null }) {
                $0.handleRate = $1.doubleValue
                return $1.isNull || $1.doubleValue != nil
            },
            Row(name: "size", read: { $0.size.map { [JSON($0.height), JSON($0.width)] } ?? .null }) {
                let sides = $1.arrayValue?.compactMap(\.intValue) ?? []
                $0.size = sides.count == 2 ? PixelSize(width: sides[1], height: sides[0]) : nil
                return $1.isNull || sides.count == 2
            },
            .bool("clip_table", \.clipsWholeTable), .choice("train", \.trains), .int("lora_rank", \.loraRank),
            .bool("gradient_checkpointing", \.checkpointsGradients),
        ]
        + LossTerm.all.compactMap { term in
            term.weightName.map { name in
                Row(name: name, read: { JSON($0.weight(of: term)) }) {
                    guard let weight = $1.doubleValue else { return false }
                    $0.setWeight(of: term, to: weight)
                    return true
                }
            }
        }

    /// Every setting by its name, in the order of the rows.
    public var json: JSON { .object(JSONObject(Self.rows.map { ($0.name, $0.read(self)) })) }

    /// Reads all settings; nil where one is missing, unknown, of another kind or out of range.
    public init?(_ json: JSON) {
        guard let object = json.objectValue, object.count == Self.rows.count else { return nil }
        self.init()
        for row in Self.rows {
            guard let value = object[row.name], row.write(&self, value) else { return nil }
        }
        guard isSound else { return nil }
    }

    /// Whether the numbers are such that a training can use them: a file may hold others.
    private var isSound: Bool {
        let numbers =
            [
                optimizer.lr, optimizer.beta1, optimizer.beta2, optimizer.eps, optimizer.weightDecay,
                clipNorm ?? 1, handleRate ?? 0,
            ] + LossTerm.all.map { weight(of: $0) }
        return numbers.allSatisfy { $0.isFinite && $0 >= 0 } && (0...1).contains(flip) && (0...1).contains(zoom)
            && contexts.allSatisfy { PromptContext.fault($0) == nil } && steps >= 0 && (1...1024).contains(loraRank)
            && (1...1024).contains(batchSize) && [8, 32].contains(optimizer.stateBits)
            && (size.map { (1...4096).contains($0.height) && (1...4096).contains($0.width) } ?? true)
    }
}

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
