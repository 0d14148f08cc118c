import Diffusion
import Tensors
import Testing
import TestSupport

@testable import BreakAScene

/// Two results on one base as one model.
@Suite struct MergeTests {
    private let base = Result { try ModelFolder.load(Fixtures.root + "/stdlib/models/collage") }

    private func changed(_ names: [String: Float]) throws -> LearnedModel {
        var model = try base.get()
        var values: [String: Tensor] = [:]
        for (name, parameter) in model.namedParameters { values[name] = names[name].map { parameter.value.scaled(by: 1, plus: $0) } }
        model.replaceParameters(values)
        var learned = LearnedModel(model)
        learned.base = try base.get()
        return learned
    }

    private func value(_ model: DiffusionModel, _ name: String) -> Tensor? { model.namedParameters.first { $0.name == name }?.value.value }

    @Test func changesAreAdded() throws {
        let (a, b) = (
            try changed(["unet.conv_in.bias": 1, "unet.conv_out.bias": 2]),
            try changed(["unet.conv_in.bias": 0.5, "unet.conv_norm_out.bias": 4])
        )
        let merged = try a.merged(with: b).result.model
        for (name, change) in [("unet.conv_in.bias", Float(1.5)), ("unet.conv_out.bias", 2), ("unet.conv_norm_out.bias", 4)] {
            let (before, after) = (try #require(value(base.get(), name)), try #require(value(merged, name)))
            #expect((after - before.scaled(by: 1, plus: change)).sumOfSquares < 1e-10, "\(name)")
        }
        let (before, after) = (try #require(value(base.get(), "unet.conv_in.weight")), try #require(value(merged, "unet.conv_in.weight")))
        #expect(after.isIdentical(to: before))
    }

    @Test func tokensThatCollideAreRenamed() throws {
        let model = try base.get()
        let width = model.textEncoder.configuration.hiddenSize
        func learned(_ tokens: [String], _ value: Float) throws -> LearnedModel {
            var learned = LearnedModel(
                try model.addingHandles(
                    tokens, embeddings: Tensor(Array(repeating: value, count: tokens.count * width), shape: [tokens.count, width])))
            learned.base = model
            return learned
        }
        let (merged, renamed) = try learned(["<asset0>", "<cat>"], 1).merged(with: learned(["<asset0>", "<cat>", "<dog>"], 2))
        #expect(merged.model.handles == ["<asset0>", "<cat>", "<asset2>", "<cat-2>", "<dog>"])
        #expect(renamed.map { $0.to } == ["<asset2>", "<cat-2>"])
        #expect(merged.provenance.last?.contains("<cat> of the second is <cat-2>") == true)
        #expect(merged.model.textEncoder.handleEmbedding?.value.row(3).values.allSatisfy { $0 == 2 } == true)
    }

    @Test func otherBasesAreRefused() throws {
        var other = try changed([:])
        other.base = try changed(["unet.conv_in.bias": 1]).model
        #expect(throws: MergeError.self) { _ = try changed([:]).merged(with: other) }
        var nameless = try changed(["unet.conv_in.bias": 1])
        nameless.base = nil
        #expect(throws: MergeError.unknownBase(0)) { _ = try nameless.merged(with: changed([:])) }
        let told = try nameless.merged(with: changed([:]), base: base.get()).result.model
        #expect(told.changedParameters.count == 1)
    }
}
