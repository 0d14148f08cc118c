import Figures
import Images
import Language
import Tensors
import Testing

@testable import BreakAScene
@testable import Commands

/// The paper's protocol with tiny settings.
@Suite(.serialized) struct BenchmarkTests {
    private static let call = """
        benchmark(load_model("collage"), methods, [load_scene("mug_rose")], seeds=[1], prompts=["a photo of *", "a photo of * in the snow"],
            steps=1, init=false
        """

    @Test func everyMethodLearnsEverySceneWithEverySeed() throws {
        try inTemporaryFolder { _ in
            let bench = Workbench()
            bench.run(
                """
                base = load_model("collage")
                fn untrained(model, scene, seed) { add_handles(model, scene, seed=seed) }
                methods = [{name: "ours", steps: 1, prior_weight: 0}, untrained, {name: "two", phase2: {steps: 1, prior_weight: 0, train: "kv"}}]
                t = \(Self.call))
                u = \(Self.call), folder="runs")
                """)
            #expect(bench.text("t.method") == "[\"ours\", \"untrained\", \"two\"]")
            #expect(bench.isTrue("t == u") && bench.isTrue("u == \(Self.call), folder=\"runs\")"))
            #expect(bench.text("t.scene[0]") == "mug_rose" && bench.text("t.seed") == "[1, 1, 1]")
            let metrics = Metric.all.filter { Set($0.needs).isDisjoint(with: [.base, .promptFeatures]) }
            let columns = ["method", "scene", "seed", "place"] + metrics.map(\.name)
            #expect(bench.text("t.columns") == Value.list(columns.map { .string($0) }).inlineText)
            for metric in metrics {
                let (low, high) = (metric.range.lowerBound, metric.range.upperBound)
                let bounds = (low.isFinite ? ["x >= \(low)"] : []) + (high.isFinite ? ["x <= \(high)"] : [])
                let test = "all([\(bounds.joined(separator: " and ")) for x in t.\(metric.name) if x != none])"
                #expect(bench.isTrue(test), "\(metric.name)")
            }
            #expect(bench.isTrue("all([x >= 0 and x <= 1 for x in t.place + t.identity_or_zero + t.omission])"))
            #expect(bench.isTrue("len(summary(t, paired=\"method\", against=\"ours\", columns=[\"identity_or_zero\"])) == 2"))
        }
    }

    @Test func wrongMethodsAndScenesAreTold() {
        let bench = Workbench()
        bench.run("b = load_model(\"collage\"); s = load_scene(\"mug_rose\")")
        func message(_ arguments: String) -> String {
            bench.session.run(source: "benchmark(b, \(arguments))").diagnostics.first { $0.severity == .error }?.message ?? ""
        }
        #expect(message("[], [s]") == "benchmark: there is no method")
        #expect(message("[{steps: 1}], [s]") == "benchmark: a method of a list needs a name")
        #expect(message("[{name: \"a\", stepz: 1}], [s]").contains("an option \"stepz\" that break_a_scene does not know"))
        #expect(message("[{name: \"a\", seed: 1}], [s]").contains("which the benchmark gives itself"))
        #expect(message("[{name: \"a\"}, {name: \"a\"}], [s]") == "benchmark: two methods are called \"a\"")
        #expect(message("{a: fn(x) { x }}, [s]").contains("a function of 1 parameter"))
        #expect(message("\"papr\", [s]").hasPrefix("benchmark: there is no method and no preset \"papr\""))
        #expect(message("{a: {phase1: {steps: 1}, lr: 3}}, [s]").contains("its options belong into them"))
        #expect(message("\"paper\", [s, s]") == "benchmark: two scenes are called \"mug_rose\"")
        #expect(message("\"paper\", []") == "benchmark: there is no scene")
        #expect(message("\"paper\", [s], prompts=[\"a photo\"]").contains("has no place for the handles"))
        #expect(message("\"paper\", [s], prompts_by=load_evaluator(\"appearance\")").contains("this evaluator does not compare texts"))
        #expect(message("\"paper\", [s], seeds=[]") == "benchmark: there is no seed")
    }

    /// Rows of a benchmark are what the commands that measure alone say of the same training.
    @Test func measuresAreThoseOfTheCommands() {
        let bench = Workbench()
        bench.run(
            """
            base = load_model("collage"); s = load_scene("mug_rose"); judge = load_evaluator("identity")
            fn untrained(model, scene, seed) { add_handles(model, scene, init=["bowl", "rose"], seed=seed) }
            prompts = ["a photo of *", "a photo of * in the snow"]
            t = benchmark(base, [untrained], [s], seeds=[1], prompts=prompts, steps=8, init=false)
            m = untrained(base, s, 1)
            i = inspect_pictures(m, s, prompts=prompts, steps=8, seed=100000)
            scores = score_pictures(i, m, s, identity_by=judge)
            fn of(name) { [scores.mean[k] for k in 0..<len(scores) if scores.metric[k] == name and scores.handle[k] == "all"][0] }
            a = attention_scores(m, s, by="conditions", prompts=[])
            """)
        for name in ["omission", "concept_leakage", "identity_or_zero", "detect_and_compare"] {
            #expect(bench.isTrue("abs(t.\(name)[0] - of(\"\(name)\")) < 1e-9"), "\(name)")
        }
        #expect(bench.isTrue("abs(t.attention_soft_iou[0] - a.soft_iou[0]) < 1e-6"))
    }

    @Test func theFrontIsWhatNoneBeats() {
        let points = [(1.0, 1.0), (2, 3), (3, 2), (2, 2), (3, 2), (4, 0.5), (0, 3)].map { Series.Point($0.0, $0.1) }
        #expect(ParetoCommand.front(points).map { [$0.x, $0.y] } == [[2, 3], [3, 2], [3, 2], [4, 0.5]])
    }

    @Test func placesAreToldByTheirColours() throws {
        func picture(_ top: [UInt8], _ bottom: [UInt8]) -> Image {
            Image(width: 64, height: 64, pixels: (0..<64 * 64).flatMap { $0 < 32 * 64 ? top : bottom })
        }
        let (sky, sand, snow) = ([100, 150, 250] as [UInt8], [220, 190, 120] as [UInt8], [245, 245, 250] as [UInt8])
        let (beach, winter) = ("a photo of * at the beach", "a photo of * in the snow")
        let places = try PlaceRecognition([(beach, [picture(sky, sand)]), (winter, [picture(snow, snow)])])
        func score(_ image: Image, _ context: String) throws -> Double? {
            let entry = InspectionPlan.Entry(context: context, asked: [], seed: 0)
            let size = PixelSize(width: 64, height: 64)
            return try places.score(
                InspectedPicture(entry: entry, prompt: context, image: image, size: size, findings: [], likeness: []))
        }
        #expect(try score(picture([90, 160, 240], [210, 180, 130]), beach) == 1)
        #expect(try score(picture([90, 160, 240], [210, 180, 130]), winter) == 0)
        #expect(try score(picture(snow, sand), "another") == nil)
        #expect(PlaceRecognition.prompt(beach) == "a photo at the beach" && PlaceRecognition.prompt("a drawing of *") == "a drawing")
        #expect(PlaceRecognition.prompt("* in the snow") == "in the snow")
    }
}
