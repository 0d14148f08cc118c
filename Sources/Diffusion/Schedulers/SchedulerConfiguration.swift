// scheduler/scheduler_config.json, with the defaults of diffusers 0.42.
import Tensors

/// The settings that schedulers share; each scheduler reads its own ones from `source`, with its own defaults.
public struct SchedulerConfiguration: Sendable, Equatable {
    /// The choice of training timesteps for a sampling (Lin et al. 2023, table 2).
    public enum TimestepSpacing: String, CaseIterable, Sendable {
        /// `leading` counts up from the first timestep and adds an offset, `linspace` includes both ends, `trailing` counts
        /// down from the last.
        case leading, linspace, trailing
    }

    /// How much noise DDPM adds. Learned variances need a model with twice the channels; diffusers' `fixed_large_log` takes
    /// the square root of a logarithm and has never worked.
    public enum VarianceType: String, CaseIterable, Sendable {
        /// The posterior's variance (the lower bound).
        case fixedSmall = "fixed_small"
        /// The same value, computed by way of its logarithm in diffusers.
        case fixedSmallLog = "fixed_small_log"
        /// β (the upper bound).
        case fixedLarge = "fixed_large"
    }

    /// The class that the file names; empty where it names none.
    public let className: String
    /// The noise schedule of training.
    public var schedule: NoiseSchedule
    /// The kind of prediction that the model makes.
    public var predictionType: PredictionType
    /// The spacing of timesteps; nil where the file says nothing, since schedulers have different defaults.
    public var timestepSpacing: TimestepSpacing?
    /// The offset that the spacing "leading" adds to timesteps.
    public var stepsOffset: Int
    /// Whether the last step of DDIM and PNDM goes to ᾱ = 1 instead of timestep 0's ᾱ; nil where the file says nothing.
    public var setAlphaToOne: Bool?
    /// The predicted clean sample is clamped to ± this; nil: it is not.
    public var clipSampleRange: Float?
    /// The variance of the noise that DDPM adds.
    public var varianceType: VarianceType
    /// The file, as errors name it.
    public let file: String
    /// The members of the file, for writing it again.
    public let source: JSONObject

    /// The number of training timesteps.
    public var trainTimesteps: Int { schedule.count }

    /// The keys that every scheduler understands.
    public static let sharedSettings = [
        "num_train_timesteps", "beta_schedule", "beta_start", "beta_end", "trained_betas", "rescale_betas_zero_snr", "prediction_type",
        "timestep_spacing", "steps_offset", "set_alpha_to_one", "clip_sample", "clip_sample_range",
    ]

    /// A reader for a scheduler's own settings.
    var reader: ConfigurationReader { ConfigurationReader(file: file, object: source) }

    var isSquaredCosine: Bool { source["beta_schedule"]?.stringValue == NoiseSchedule.BetaSchedule.squaredCosine.rawValue }

    /// These settings with some of their keys replaced; what `forStableDiffusion` changed stays unless its key is replaced.
    /// Throws ``ConfigurationError``.
    public func replacing(_ settings: [(key: String, value: JSON)]) throws -> SchedulerConfiguration {
        guard !settings.isEmpty else { return self }
        var object = source
        for (key, value) in settings { object[key] = value }
        var changed = try SchedulerConfiguration(.object(object), file: file)
        // Changes of `forStableDiffusion` stay, unless their keys are replaced.
        if !settings.contains(where: { $0.key == "steps_offset" }) { changed.stepsOffset = stepsOffset }
        if !settings.contains(where: { $0.key == "clip_sample" || $0.key == "clip_sample_range" }) {
            changed.clipSampleRange = clipSampleRange
        }
        return changed
    }

    /// Reads `scheduler/scheduler_config.json`. Throws ``FileError`` and ``ConfigurationError``.
    public init(path: String) throws { try self.init(ConfigurationReader(path: path)) }

    /// Reads the settings from JSON. Throws ``ConfigurationError``, which names `file`.
    public init(_ json: JSON, file: String) throws {
        try self.init(ConfigurationReader(json, file: file))
    }

    private init(_ reader: ConfigurationReader) throws {
        try reader.require("thresholding", false)
        file = reader.file
        source = reader.object
        className = try reader.string("_class_name", default: "")
        schedule = try Self.readSchedule(reader)
        predictionType = try reader.choice("prediction_type", default: .epsilon)
        timestepSpacing = reader.has("timestep_spacing") ? try reader.choice("timestep_spacing", default: .leading) : nil
        stepsOffset = try reader.int("steps_offset", default: 0, in: 0...100_000)
        setAlphaToOne = reader.has("set_alpha_to_one") ? try reader.bool("set_alpha_to_one", default: true) : nil
        let range = try reader.double("clip_sample_range", default: 1, in: 0...1e6)
        clipSampleRange = try reader.bool("clip_sample", default: true) ? Float(range) : nil
        // DPM-Solver has a setting of this name too: null, or what needs a model with twice the channels.
        varianceType =
            reader.object["variance_type"]?.isNull == false ? try reader.choice("variance_type", default: .fixedSmall) : .fixedSmall
    }

    private static func readSchedule(_ reader: ConfigurationReader) throws -> NoiseSchedule {
        let count = try reader.int("num_train_timesteps", default: 1000, in: 1...100_000)
        let kind = try reader.choice("beta_schedule", default: NoiseSchedule.BetaSchedule.linear)
        let start = try reader.double("beta_start", default: 0.0001, in: 1e-9...0.9999)
        let end = try reader.double("beta_end", default: 0.02, in: 1e-9...0.9999)
        var schedule = NoiseSchedule(kind, count: count, betaStart: start, betaEnd: end)
        if let trained = try readTrainedBetas(reader) { schedule = NoiseSchedule(betas: trained) }
        let rescales = try reader.bool("rescale_betas_zero_snr", default: false)
        return rescales ? schedule.rescaledToZeroTerminalSNR() : schedule
    }

    private static func readTrainedBetas(_ reader: ConfigurationReader) throws(ConfigurationError) -> [Float]? {
        let key = "trained_betas"
        guard let json = reader.object[key], !json.isNull else { return nil }
        guard let list = json.arrayValue, !list.isEmpty else {
            throw reader.fail(key, .wrongType(expected: "a list of numbers", found: json.kind))
        }
        var betas: [Float] = []
        for element in list {
            guard let beta = element.doubleValue, beta > 0, beta < 1 else {
                throw reader.fail(key, .outOfRange(value: element.text(), expected: "between 0 and 1"))
            }
            betas.append(Float(beta))
        }
        return betas
    }
}

extension SchedulerConfiguration {
    /// The settings as `StableDiffusionPipeline` uses them: latents are never clipped, and the offset is 1, whatever the
    /// file says. `notes` says in words where the file says otherwise.
    public func forStableDiffusion() -> (configuration: SchedulerConfiguration, notes: [String]) {
        var configuration = self
        configuration.stepsOffset = 1
        configuration.clipSampleRange = nil
        var notes: [String] = []
        if source["steps_offset"] != nil, stepsOffset != 1 {
            notes.append("\(file): steps_offset is outdated and taken as 1, as diffusers does")
        }
        if source["clip_sample"]?.boolValue == true {
            notes.append("\(file): clip_sample is outdated and taken as false, as diffusers does")
        }
        return (configuration, notes)
    }
}
