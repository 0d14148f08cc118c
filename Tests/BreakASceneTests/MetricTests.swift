import Diffusion
import Evaluators
import Images
import Tensors
import Testing
import TestSupport

@testable import BreakAScene

/// The table of metrics on reports whose answers are counted by hand.
@Suite struct MetricTests {
    private static func finding(_ evidence: Double) -> Finding {
        Finding(pixels: Array(repeating: true, count: 4), evidence: evidence, isPresent: evidence >= PresenceRule.present)
    }

    /// A picture that asks for some handles and shows each of two as often as `copies` says.
    private static func picture(_ asked: [Int], copies: [Int]) -> InspectedPicture {
        InspectedPicture(
            entry: .init(context: "a photo of *", asked: asked, seed: 0), prompt: "",
            image: Image(width: 2, height: 2, color: Color(9, 9, 9)),
            size: PixelSize(width: 2, height: 2), findings: copies.map { Array(repeating: finding(0.9), count: $0) },
            likeness: copies.map { $0 == 0 ? [] : Array(repeating: 0.5, count: LikenessMeasure.all.count) })
    }

    private static func subject(_ pictures: [InspectedPicture], _ features: PictureFeatures? = nil) -> MetricSubject {
        var subject = MetricSubject()
        subject.report = InspectionReport(
            tokens: ["<a>", "<b>"], names: ["a", "b"], plan: InspectionPlan(of: pictures.map(\.entry)), pictures: pictures)
        subject.features = features
        return subject
    }

    private func mean(_ name: String, _ subject: MetricSubject, handle: Int? = nil) throws -> Double {
        let scores = try #require(Metric.named(name)).scores(subject).filter { handle == nil || $0.handle == handle }
        return scores.reduce(0) { $0 + $1.value } / Double(scores.count)
    }

    @Test func ratesCountPictures() throws {
        let subject = Self.subject([
            Self.picture([0], copies: [1, 0]), Self.picture([0], copies: [2, 1]), Self.picture([1], copies: [0, 0]),
            Self.picture([0, 1], copies: [1, 1]),
        ])
        #expect(try mean("omission", subject, handle: 0) == 0 && mean("omission", subject, handle: 1) == 0.5)
        // Of the two pictures that do not ask for b, one has it.
        #expect(try mean("concept_leakage", subject, handle: 1) == 0.5 && mean("concept_leakage", subject, handle: 0) == 0)
        #expect(try abs(mean("duplication", subject, handle: 0) - 1.0 / 3) < 1e-12)
        // 0, |3 − 1|, |0 − 1|, 0.
        #expect(try mean("count_error", subject) == 0.75)
        #expect(try mean("likeness_color", subject) == 0.5)
        let pairs = try #require(Metric.named("omission")).scores(subject).map { [$0.handle ?? -1, $0.picture ?? -1] }
        #expect(pairs == [[0, 0], [0, 1], [0, 3], [1, 2], [1, 3]])
    }

    @Test func identityAndItsOmissions() throws {
        let detections: [[PictureFeatures.Detection]] = [
            [.init(handle: 0, identity: 0.8, cosines: [1, 0.2])], [],
            [.init(handle: 0, identity: 0.6, cosines: [0.2, 1]), .init(handle: 1, identity: 0.4, cosines: [1, 0.2])],
        ]
        let features = PictureFeatures(prompts: [0.1, 0.2, 0.3], detections: detections, references: [[1, 0.2], [0.2, 1]])
        let subject = Self.subject(
            [Self.picture([0], copies: [1, 0]), Self.picture([1], copies: [0, 0]), Self.picture([0, 1], copies: [1, 1])], features)
        #expect(try abs(mean("identity", subject) - 0.6) < 1e-12)
        #expect(try abs(mean("identity_or_zero", subject) - 0.45) < 1e-12)
        #expect(try abs(mean("prompt_similarity", subject) - 0.2) < 1e-12)
        // A perfect picture, one without the thing, and one whose rows were found in the other order.
        let scores = try #require(Metric.named("detect_and_compare")).scores(subject).map(\.value)
        #expect(abs(scores[0] - 1) < 1e-12 && scores[1] == 0 && abs(scores[2] - 1) < 1e-9)
    }

    @Test func whatWasNotMeasuredIsNamed() throws {
        let subject = Self.subject([Self.picture([0], copies: [1, 0])])
        #expect(throws: MetricError.missing(metric: "identity", needs: [.identityFeatures])) {
            try Metric.named("identity")?.scores(subject)
        }
        #expect(throws: MetricError.missing(metric: "pose_fixation", needs: [.scene])) {
            try Metric.named("pose_fixation")?.scores(subject)
        }
    }

    // MARK: attention

    private static func row(_ handle: Int, _ timestep: Int, _ conditions: String, _ value: Double, overlap: Double? = nil)
        -> AttentionScores.Row
    {
        var values = MapMetric.all.map { _ in Double?.some(value) }
        values[MapMetric.all.count - 1] = overlap
        return .init(
            handle: handle, layer: "l", head: nil, timestep: timestep, prompt: "p", conditions: conditions, count: 1, values: values)
    }

    @Test func rowsAreAveragedByKeys() throws {
        let labels = ["a", "b"].map { HandleLabel(token: "<\($0)>", name: $0, mask: 0) }
        let scores = AttentionScores(
            labels: labels,
            rows: [
                Self.row(0, 100, "training", 0.8, overlap: 0.2), Self.row(1, 100, "training", 0.6, overlap: 0.4),
                Self.row(0, 500, "held out", 0.2), Self.row(1, 500, "held out", 0.4),
            ])
        let all = try #require(scores.averaged(by: []).rows.first)
        #expect(abs((all.values[0] ?? 0) - 0.5) < 1e-12 && all.count == 4 && all.handle == nil && all.timestep == nil)
        // A value that some rows lack is the mean of those that have it.
        #expect(abs((all.values[MapMetric.all.count - 1] ?? 0) - 0.3) < 1e-12)
        let times = scores.averaged(by: [.timestep]).rows
        #expect(
            times.map(\.timestep) == [100, 500] && abs((times[1].values[0] ?? 0) - 0.3) < 1e-12
                && times[1].values[MapMetric.all.count - 1] == nil)
        var subject = MetricSubject()
        subject.attention = scores
        // Prompts that were held out count where there are any.
        let (iou, overlap) = (try #require(Metric.named("attention_soft_iou")), try #require(Metric.named("attention_overlap")))
        #expect(try iou.scores(subject) == [Metric.Score(0.2, handle: 0), Metric.Score(0.4, handle: 1)])
        #expect(try overlap.scores(subject).isEmpty)
    }

    // MARK: the encoder without training

    @Test func theUntrainedEncoderKnowsColoursAndEdges() throws {
        func square(_ color: Color, _ stripes: Color? = nil, at x0: Int = 10) -> Image {
            var image = Image(width: 64, height: 64, color: Color(0, 0, 0))
            for y in 12..<44 { for x in x0..<x0 + 30 { image[x, y] = (x / 4) % 2 == 0 ? stripes ?? color : color } }
            return image
        }
        let encoder = AppearanceEncoder()
        let (red, green) = (Color(200, 30, 30), Color(30, 160, 40))
        let features = try encoder.identityFeatures([
            square(red, green), square(red, green).flipped(), square(red, green, at: 24), square(red), square(green),
            Image(width: 8, height: 8, color: Color(0, 0, 0)),
        ])
        #expect(features.shape == [6, encoder.featureSize])
        let c = Features.cosines(features, features)
        // Mirrored and moved it is the same thing.
        #expect(abs(c[0][0] - 1) < 1e-6 && c[0][1] > 0.99 && c[0][2] > 0.95)
        #expect(c[0][3] < 0.6 && c[3][4] < 0.3 && (0..<6).allSatisfy { c[5][$0] == 0 })
        #expect(c.allSatisfy { $0.allSatisfy { (0...1).contains($0) } })
    }

    @Test func maskedThingsAreAloneOnBlack() throws {
        var values = [Float](repeating: 0, count: 64)
        for y in 2..<4 { for x in 5..<8 { values[y * 8 + x] = 1 } }
        let (image, mask) = (Image(width: 8, height: 8, color: Color(50, 60, 70)), Mask(width: 8, height: 8, values: values))
        let whole = try MaskedThing.whole(image, mask: mask)
        #expect(whole.size == image.size && whole[5, 2] == Color(50, 60, 70) && whole[4, 2] == Color(0, 0, 0))
        // A square around the box of 3×2; beyond the picture's border it is black.
        let cropped = try MaskedThing.cropped(image, mask: mask)
        #expect(cropped.size == PixelSize(width: 3, height: 3) && cropped[0, 0] == Color(50, 60, 70) && cropped[2, 2] == Color(0, 0, 0))
        #expect(try MaskedThing.cropped(image, mask: .filled(0, size: image.size)).size == image.size)
    }
}
