// Noise schedules, timesteps and whole samplings against diffusers, and what is refused.
import Diffusion
import Tensors
import Testing

@Suite struct SchedulerTests {
    private func fixture(_ name: String) throws -> JSON {
        let folder = #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
        return try JSON.parse(try ReadableFile.contents("/\(folder)/Fixtures/schedulers/\(name)"))
    }

    private func floats(_ json: JSON?) throws -> [Float] {
        try #require(json?.arrayValue).map { Float(try #require($0.doubleValue)) }
    }

    private func ints(_ json: JSON?) throws -> [Int] { try #require(json?.arrayValue).compactMap(\.intValue) }

    /// Within 1e-5 of the larger of 1 and the expected value.
    private func close(_ values: [Float], _ expected: [Float], _ tolerance: Float = 1e-5) -> Bool {
        values.count == expected.count
            && zip(values, expected).allSatisfy { abs($0 - $1) <= tolerance * max(1, abs($1)) }
    }

    private func configuration(_ json: JSON, className: String = "DDIMScheduler") throws
        -> SchedulerConfiguration
    {
        var object = try #require(json.objectValue)
        object["_class_name"] = .string(className)
        return try SchedulerConfiguration(.object(object), file: "scheduler_config.json")
    }

    @Test func schedulesEqualDiffusers() throws {
        let fixture = try fixture("schedules.json")
        let cases = try #require(fixture["cases"]?.arrayValue)
        #expect(cases.count == 10)
        let sample = try Float(#require(fixture["sample"]?.doubleValue))
        let noise = try Float(#require(fixture["noise"]?.doubleValue))
        for row in cases {
            let configuration = try configuration(try #require(row["config"]))
            let schedule = configuration.schedule
            let at = try ints(row["at"])
            let (betas, alphas) = (at.map { schedule.betas[$0] }, at.map { schedule.alphasCumprod[$0] })
            // To the last bit: the same sums in the same order. Where the schedule was rescaled, only nearly:
            // PyTorch's square root is not always the nearest number, and what is left at the end is tiny.
            let isRescaled = row["config"]?["rescale_betas_zero_snr"] == true
            #expect(close(betas, try floats(row["betas"]), isRescaled ? 2e-5 : 0), "\(row)")
            #expect(close(alphas, try floats(row["alphas_cumprod"]), isRescaled ? 1e-6 : 0), "\(row)")
            let noised = at.map { timestep in
                let mix = schedule.addNoiseCoefficients(timestep)
                return mix.sample * sample + mix.noise * noise
            }
            #expect(close(noised, try floats(row["noised"]), isRescaled ? 3e-5 : 1e-6))
            let velocity = at.map { timestep in
                let mix = schedule.targetCoefficients(timestep, .vPrediction)
                return mix.sample * sample + mix.noise * noise
            }
            #expect(close(velocity, try floats(row["velocity"]), isRescaled ? 3e-5 : 1e-6))
        }
        let zero = try configuration(["rescale_betas_zero_snr": true]).schedule
        #expect(zero.alphasCumprod.last == 0)
        #expect(
            zero.targetCoefficients(3, .epsilon) == (0, 1) && zero.targetCoefficients(3, .sample) == (1, 0))
    }

    @Test func timestepsEqualDiffusers() throws {
        let cases = try #require(fixture("timesteps.json")["cases"]?.arrayValue)
        #expect(cases.count == 42)
        for row in cases {
            let settings: JSON = [
                "num_train_timesteps": try #require(row["count"]),
                "timestep_spacing": try #require(row["spacing"]),
                "prediction_type": "v_prediction",
            ]
            let plan = try DDIMScheduler(configuration(settings)).plan(
                steps: #require(row["steps"]?.intValue))
            #expect(plan.timesteps == (try ints(row["timesteps"])).map(Float.init))
        }
    }

    @Test func samplingsEqualDiffusers() throws {
        let fixture = try fixture("trajectories.json")
        let cases = try #require(fixture["cases"]?.arrayValue)
        #expect(cases.count == 56)
        for row in cases {
            let (name, eta) = (try #require(row["class"]?.stringValue), try #require(row["eta"]?.doubleValue))
            let (scheduler, fallback) = try SchedulerRegistry.make(configuration(try #require(row["config"]), className: name))
            #expect(fallback == nil && type(of: scheduler).className == name)
            let steps = try #require(row["steps"]?.intValue)
            let plan = try (scheduler as? DDIMScheduler)?.plan(steps: steps, eta: eta) ?? scheduler.plan(steps: steps)
            #expect(!plan.keepsMemory && plan.initNoiseSigma == 1)
            try follow(plan, row, fixture)
        }
    }

    @Test func solversEqualDiffusers() throws {
        let fixture = try fixture("solvers.json")
        let cases = try #require(fixture["cases"]?.arrayValue)
        #expect(cases.count == 148)
        let (start, noises) = (try floats(fixture["start"]), try floats(fixture["noises"]))
        for row in cases {
            let name = try #require(row["class"]?.stringValue)
            let (scheduler, fallback) = try SchedulerRegistry.make(configuration(try #require(row["config"]), className: name))
            #expect(fallback == nil && type(of: scheduler).className == name)
            let plan = try scheduler.plan(steps: try #require(row["steps"]?.intValue))
            #expect(close([plan.initNoiseSigma], [Float(try #require(row["init_noise_sigma"]?.doubleValue))]), "\(row["config"]!.text())")
            try follow(plan, row, fixture)
            let level = plan.steps[plan.steps.count / 2].level
            let noised = start.indices.map { level.signal * start[$0] + level.noise * noises[$0] }
            #expect(close(noised, try floats(row["noised"])), "\(name) \(row["config"]!.text())")
        }
    }

    /// Where image to image begins at each strength, what it begins with, and every sample after that. diffusers' list of
    /// timesteps says how many passes are left.
    @Test func imageToImageEqualsDiffusers() throws {
        let fixture = try fixture("image_to_image.json")
        let cases = try #require(fixture["cases"]?.arrayValue)
        #expect(cases.count == 64)
        let (start, outputs, noises) = (try floats(fixture["start"]), try floats(fixture["outputs"]), try floats(fixture["noises"]))
        let width = start.count
        for row in cases {
            let scheduler = try SchedulerRegistry.make(
                configuration(try #require(row["config"]), className: try #require(row["class"]?.stringValue))
            ).scheduler
            let (steps, strength) = (try #require(row["steps"]?.intValue), try #require(row["strength"]?.doubleValue))
            let begin = ImageToImage.start(steps: steps, strength: strength)
            let about = "\(row["class"]!.text()) \(row["config"]!.text()) \(steps) \(strength)"
            #expect(steps - begin == row["count"]?.intValue, "\(about)")
            let plan = try scheduler.plan(steps: steps, from: begin)
            let timesteps = try floats(row["timesteps"])
            #expect(
                plan.timesteps.count == timesteps.count && zip(plan.timesteps, timesteps).allSatisfy { abs($0 - $1) < 2e-3 }, "\(about)")
            let expected = try floats(row["samples"])
            let level = try #require(plan.steps.first?.level)
            var sample = Tensor(start.indices.map { level.signal * start[$0] + level.noise * noises[23 * width + $0] }, shape: [width])
            #expect(close(sample.values, Array(expected[0..<width])), "\(about)")
            var state = SamplingState.start
            for index in plan.steps.indices {
                let range = index * width..<(index + 1) * width
                let (output, noise) = (Tensor(Array(outputs[range]), shape: [width]), Tensor(Array(noises[range]), shape: [width]))
                (sample, state) = plan.advance(state, sample: sample, output: output, noise: noise)
                #expect(
                    close(sample.values, Array(expected[range.lowerBound + width..<range.upperBound + width])), "\(about), pass \(index)")
            }
        }
        #expect(ImageToImage.start(steps: 30, strength: 0) == 30 && ImageToImage.start(steps: 30, strength: 1) == 0)
        let rungeKutta = try PNDMScheduler(configuration(["skip_prk_steps": false], className: "PNDMScheduler"))
        #expect(throws: SchedulerError.beginsWithRungeKutta) { try rungeKutta.plan(steps: 8, from: 2) }
    }

    /// Every step of a plan from diffusers' sample before it, with the state that our own steps leave.
    private func follow(_ plan: SamplingPlan, _ row: JSON, _ fixture: JSON) throws {
        let (start, outputs, noises) = (try floats(fixture["start"]), try floats(fixture["outputs"]), try floats(fixture["noises"]))
        let (width, about) = (start.count, "\(row["class"]!.text()) \(row["config"]!.text()) \(row["steps"]!.text())")
        // diffusers works in float32: where sigmas are in the thousands, or noise is drawn anew at every step, its own
        // rounding shows in the fifth digit.
        let config = row["config"]?.text() ?? ""
        let isStiff =
            config.contains("rescale_betas_zero_snr\":true") || config.contains("sde-")
            || config.contains("squaredcos_cap_v2\",\"use_karras")
        let tolerance: Float = 1e-5
        let timesteps = try floats(row["timesteps"])
        // float32 at both ends of a logarithm: what is between two training timesteps differs in the sixth digit.
        #expect(plan.timesteps.count == timesteps.count && zip(plan.timesteps, timesteps).allSatisfy { abs($0 - $1) < 2e-3 }, "\(about)")
        let expected = try floats(row["samples"])
        #expect(expected.count == width * plan.steps.count)
        let scaled = try row["scaled"].map { try floats($0) }
        var (sample, state) = (Tensor(start.map { $0 * plan.initNoiseSigma }, shape: [width]), SamplingState.start)
        for (index, step) in plan.steps.enumerated() {
            if let scaled, !isStiff { #expect(close([sample.values[0] * step.inputScale], [scaled[index]], tolerance), "\(about)") }
            let range = index * width..<(index + 1) * width
            let (output, noise) = (Tensor(Array(outputs[range]), shape: [width]), Tensor(Array(noises[range]), shape: [width]))
            (sample, state) = plan.advance(state, sample: sample, output: output, noise: noise)
            let most = expected[range].map(abs).max() ?? 1
            #expect(
                close(sample.values, Array(expected[range]), isStiff ? 1e-4 * max(1, most) : tolerance),
                "\(about) at \(step.timestep): \(sample.values) \(expected[range])")
        }
    }

    @Test func plansSayWhatTheyNeed() throws {
        let clipped = try DDIMScheduler(configuration([:])).plan(steps: 3).steps[0]
        #expect(clipped.clipsSample && !clipped.addsNoise)
        let plain = try DDPMScheduler(configuration(["clip_sample": false])).plan(steps: 3)
        #expect(!plain.steps[0].clipsSample && plain.steps[0].addsNoise && plain.addsNoise)
        #expect(plain.steps.last?.timestep == 0 && plain.steps.last?.addsNoise == false)
        #expect(plain.timesteps == [666, 333, 0])
        #expect(plain.previous(666) == 333 && plain.previous(0) == nil && plain.previous(5) == nil)
        let solver = try DPMSolverMultistepScheduler(configuration([:], className: "DPMSolverMultistepScheduler")).plan(steps: 3)
        #expect(solver.keepsMemory && !solver.addsNoise && solver.steps.last?.memory.isEmpty == true)
    }

    @Test func whatCannotBePlanned() throws {
        let scheduler = try DDIMScheduler(configuration(["num_train_timesteps": 10, "steps_offset": 1]))
        #expect(throws: SchedulerError.stepCount(0, most: 10)) { try scheduler.plan(steps: 0) }
        #expect(throws: SchedulerError.stepCount(11, most: 10)) { try scheduler.plan(steps: 11) }
        #expect(throws: SchedulerError.timestepOutOfRange(10, trainTimesteps: 10)) {
            try scheduler.plan(steps: 10)
        }
        let zero: JSON = ["rescale_betas_zero_snr": true, "timestep_spacing": "trailing"]
        for scheduler in [
            try DDIMScheduler(configuration(zero)) as any Scheduler, try DDPMScheduler(configuration(zero)),
        ] {
            #expect(throws: SchedulerError.undetermined(timestep: 999, .epsilon)) {
                try scheduler.plan(steps: 5)
            }
        }
    }

    @Test func otherSchedulersAreReadAsDDIM() throws {
        let json: JSON = [
            "beta_end": 0.012, "beta_schedule": "scaled_linear", "beta_start": 0.00085, "clip_sample": false,
            "num_train_timesteps": 1000, "set_alpha_to_one": false, "steps_offset": 1, "trained_betas": nil,
        ]
        let (scheduler, fallback) = try SchedulerRegistry.make(configuration(json, className: "UniPCMultistepScheduler"))
        #expect(scheduler is DDIMScheduler)
        #expect(fallback == "scheduler_config.json: UniPCMultistepScheduler is not implemented; its settings are used for DDIM")
        #expect(try scheduler.plan(steps: 5).timesteps == [801, 601, 401, 201, 1])
        #expect(try scheduler.plan(steps: 50).steps.allSatisfy { !$0.clipsSample })
    }

    /// Python writes −∞ where a JSON number belongs, in real folders.
    @Test func minusInfinityIsRead() throws {
        let text = "{\"_class_name\": \"DPMSolverMultistepScheduler\", \"lambda_min_clipped\": -Infinity, \"variance_type\": null}"
        let json = try JSON.parse(Array(text.utf8), allowsNonFinite: true)
        let configuration = try SchedulerConfiguration(json, file: "scheduler_config.json")
        #expect(try DPMSolverMultistepScheduler(configuration).plan(steps: 3).timesteps == [999, 666, 333])
        #expect(json.text(allowsNonFinite: true).contains("-Infinity") && !json.text().contains("Infinity"))
        #expect(throws: JSONError.self) { try JSON.parse(Array(text.utf8)) }
    }

    @Test(
        arguments: [
            ("PNDMScheduler", "prediction_type", "sample"), ("EulerAncestralDiscreteScheduler", "prediction_type", "sample"),
            ("EulerDiscreteScheduler", "timestep_type", "continuous"), ("EulerDiscreteScheduler", "use_beta_sigmas", true),
            ("EulerDiscreteScheduler", "interpolation_type", "cubic"), ("EulerDiscreteScheduler", "final_sigmas_type", "one"),
            ("DPMSolverMultistepScheduler", "algorithm_type", "dpmsolver"), ("DPMSolverMultistepScheduler", "solver_order", 4),
            ("DPMSolverMultistepScheduler", "use_flow_sigmas", true), ("DPMSolverMultistepScheduler", "use_karras_sigmas", 3),
            ("DDIMScheduler", "eta", 2), ("DPMSolverMultistepScheduler", "variance_type", "learned_range"),
        ] as [(String, String, JSON)])
    func whatASolverCannotDoIsNamed(_ className: String, _ key: String, _ value: JSON) {
        let error = #expect(throws: ConfigurationError.self) {
            try SchedulerRegistry.make(configuration(.object(JSONObject([(key, value)])), className: className))
        }
        #expect(error?.key == key)
    }

    @Test func oneSpacingOfNoiseLevels() throws {
        let both: JSON = ["use_karras_sigmas": true, "use_exponential_sigmas": true]
        #expect(throws: ConfigurationError.self) { try EulerDiscreteScheduler(configuration(both)) }
        let tooFew = try PNDMScheduler(configuration(["skip_prk_steps": false], className: "PNDMScheduler"))
        #expect(throws: SchedulerError.tooFewSteps(3, least: 4)) { try tooFew.plan(steps: 3) }
    }

    @Test(
        arguments: [
            ("thresholding", true), ("beta_schedule", "laplace"), ("prediction_type", "flow"),
            ("timestep_spacing", "log"), ("variance_type", "learned_range"),
            ("variance_type", "fixed_large_log"),
            ("beta_start", 0), ("beta_end", 1.5), ("num_train_timesteps", 0), ("num_train_timesteps", "x"),
            ("trained_betas", [0.1, 2]), ("trained_betas", "x"), ("steps_offset", -1), ("clip_sample", 1),
        ] as [(String, JSON)])
    func unsupportedSettingsAreNamed(_ key: String, _ value: JSON) {
        let error = #expect(throws: ConfigurationError.self) {
            try configuration(.object(JSONObject([(key, value)])), className: "DDPMScheduler")
        }
        #expect(error?.key == key && error?.file == "scheduler_config.json")
    }

    @Test func unknownClassesAreRefused() throws {
        let flow = try configuration([:], className: "FlowMatchEulerDiscreteScheduler")
        let error = #expect(throws: ConfigurationError.self) { try SchedulerRegistry.make(flow) }
        #expect(error?.key == "_class_name")
        #expect(error?.description.contains("DDIMScheduler, DDPMScheduler, PNDMScheduler, EulerDiscreteScheduler") == true)
        let none = try SchedulerConfiguration([:], file: "s.json")
        let missing = #expect(throws: ConfigurationError.self) { try SchedulerRegistry.make(none) }
        #expect(missing?.problem == .missing)
    }

    @Test func asStableDiffusionPipelineUsesThem() throws {
        let plain = try configuration([:]).forStableDiffusion()
        #expect(plain.configuration.stepsOffset == 1 && plain.configuration.clipSampleRange == nil)
        #expect(plain.notes.isEmpty)
        let old = try configuration(["steps_offset": 0, "clip_sample": true]).forStableDiffusion()
        #expect(old.configuration.stepsOffset == 1 && old.configuration.clipSampleRange == nil)
        #expect(old.notes.count == 2)
    }
}
