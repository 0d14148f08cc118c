import BreakAScene
import Diffusion
import Evaluators
import Language
import Tensors
import World

/// Turns errors of models, scenes and files into problems of the language.
enum DomainErrors {
    /// Returns the problem, at an argument, or nil where the error is none of these.
    static func problem(_ error: any Error, _ argument: String?) -> Problem? {
        switch error {
        case let error as ModelError: model(error, argument)
        case let error as ConfigurationError: Problem(.unsupportedConfiguration, error.description, argument: argument)
        case let error as SafetensorsError: Problem(.damagedWeights, error.description, argument: argument)
        case let error as TokenizerError: tokenizer(error, argument)
        case let error as SchedulerError: Problem(.badArgument, error.description, argument: "steps")
        case let error as JSONError: Problem(.badFile, error.description, argument: argument)
        case let error as SceneError: scene(error, argument)
        case let error as PairingError: pairing(error)
        case let error as MergeError: merge(error)
        case let error as TrainingError: training(error)
        case let error as AttentionError: attention(error)
        case let error as EvaluatorError: evaluator(error, argument)
        case let error as EliteError: Problem(.modelMismatch, error.description, argument: argument)
        case let error as BaseDriftError: Problem(.modelMismatch, error.description, argument: "base")
        case let error as AutomaticMaskError: Problem(.badArgument, error.description, argument: argument)
        case let error as CheckpointError: checkpoint(error, argument)
        case let error as SingleFileError: single(error, argument)
        case let error as LoRAError: lora(error, argument)
        case let error as ResultError: result(error, argument)
        case let error as HandleFileError: handleFile(error, argument)
        case let error as WorldError: WorldErrors.problem(error, argument)
        default: nil
        }
    }

    private static func model(_ error: ModelError, _ argument: String?) -> Problem {
        switch error {
        case .noSuchFolder: Problem(.unknownModel, error.description, argument: argument)
        case .notAModelFolder:
            Problem(
                .badModelFolder, error.description, argument: argument,
                help: "a folder in diffusers' layout, or a single .safetensors file; \"collage\" comes with bas")
        case .notAFolder, .noWeights, .parts: Problem(.badModelFolder, error.description, argument: argument)
        case .parameters: Problem(.weightMismatch, error.description, argument: argument)
        case .unknownHandle(let token, let known):
            Problem(
                .unknownHandle, error.description, argument: argument,
                help: nearestName(token, among: known).map { "did you mean \($0)?" })
        case .handleExists: Problem(.handleNameClash, error.description, argument: argument)
        case .handleName: Problem(.badArgument, error.description, argument: argument)
        case .emptyWord: Problem(.unknownWord, error.description, argument: argument)
        case .size: Problem(.badArgument, error.description, argument: argument)
        }
    }

    private static func attention(_ error: AttentionError) -> Problem {
        switch error {
        case .noLayers: Problem(.badArgument, error.description, argument: "layers")
        case .masks: Problem(.badArgument, error.description, argument: "on", help: "a scene with the same things in the same order")
        }
    }

    private static func evaluator(_ error: EvaluatorError, _ argument: String?) -> Problem {
        switch error {
        case .noSuchFolder(let path):
            Problem(
                .unknownModel, error.description, argument: argument,
                help: FileNames.nearest(to: path)
                    ?? "nothing is downloaded: give the path of a folder (model.save_pretrained(\"folder\")), or \"appearance\"")
        case .notAFolder, .missing, .noWeights, .unsupported, .parts: Problem(.badModelFolder, error.description, argument: argument)
        }
    }

    private static func pairing(_ error: PairingError) -> Problem {
        let help =
            switch error {
            case .none: "phase1(model, scene) learns a handle for each mask, beside those that a model has"
            case .incomplete: "phase1(model, scene) adds those that are missing"
            case .ambiguous: "merge results of different scenes, or measure each before they are merged"
            }
        return Problem(.modelMismatch, error.description, argument: "model", help: help)
    }

    private static func merge(_ error: MergeError) -> Problem {
        switch error {
        case .unknownBase(let index):
            Problem(
                .modelMismatch, error.description, argument: index == 0 ? "a" : "b",
                help: "merge(a, b, base=load_model(…)) names the base of both")
        case .differentBases:
            Problem(.modelMismatch, error.description, argument: "b", help: "changes can be added where both count from the same model")
        case .differentModels, .differentLocalFeatures: Problem(.modelMismatch, error.description, argument: "b")
        }
    }

    private static func single(_ error: SingleFileError, _ argument: String?) -> Problem {
        if case .noTokenizer = error { return Problem(.badModelFolder, error.description, argument: argument) }
        return Problem(.badFile, error.description, argument: argument)
    }

    private static func lora(_ error: LoRAError, _ argument: String?) -> Problem {
        switch error {
        case .notALoRA: Problem(.badFile, error.description, argument: argument)
        case .half, .shape, .unknownLayers: Problem(.weightMismatch, error.description, argument: argument)
        case .differentModels: Problem(.modelMismatch, error.description, argument: "base")
        case .nothing: Problem(.badArgument, error.description, argument: "model")
        }
    }

    private static func result(_ error: ResultError, _ argument: String?) -> Problem {
        switch error {
        case .notAResult: Problem(.badFile, error.description, argument: argument)
        case .otherBase: Problem(.modelMismatch, error.description, argument: "base")
        }
    }

    private static func training(_ error: TrainingError) -> Problem {
        switch error {
        case .notFinite(_, _, let step, _, let lr):
            // In the first step nothing has been updated yet, so that the learning rate cannot be the cause.
            Problem(
                .notFinite, error.description, argument: step > 1 ? "lr" : "model",
                notes: ["the model that it started from is as it was"],
                help: step > 1
                    ? "try a lower lr than \(lr) (5e-3 and 3e-4 suit the phases of the embedded model, 5e-4 and 2e-6 Stable Diffusion)"
                    : "nothing had been learned yet: the model's own numbers are not finite, or attention_loss gives such a number")
        case .unseen: Problem(.badArgument, error.description, argument: "zoom", help: ViewLaws.partHelp)
        case .cancelled: Problem(.interrupted, error.description)
        }
    }

    private static func handleFile(_ error: HandleFileError, _ argument: String?) -> Problem {
        switch error {
        case .several(let path, _):
            Problem(
                .badArgument, error.description, argument: argument,
                help: "a name without .safetensors is a folder with a file for each: \"\(path.dropLast(".safetensors".count))\"")
        case .localFeatures: Problem(.badArgument, error.description, argument: argument, help: "save_result and save_model keep them")
        case .empty, .shape, .layers: Problem(.badFile, error.description, argument: argument)
        }
    }

    private static func checkpoint(_ error: CheckpointError, _ argument: String?) -> Problem {
        let help: String? =
            switch error {
            case .otherRun(let folder, _):
                "resume(\"\(folder)\", …) goes on with that one, with the functions that it had; name another folder for this"
            case .otherModel: "give the model that it started from: resume(folder, base=load_model(…))"
            case .otherFunctions(_, let had): had.isEmpty ? nil : "give them again: resume(folder, \(had[0])=…)"
            case .none: "a training writes one with checkpoint=\"folder\"; an interrupted model goes on with resume(model)"
            case .damaged, .version: nil
            }
        return Problem(.checkpoint, error.description, argument: argument, help: help)
    }

    private static func tokenizer(_ error: TokenizerError, _ argument: String?) -> Problem {
        switch error.problem {
        case .promptTooLong: Problem(.promptTooLong, error.description, argument: argument)
        case .tokenExists, .tokensAlike: Problem(.handleNameClash, error.description, argument: argument)
        default: Problem(.badModelFolder, error.description, argument: argument)
        }
    }

    private static func scene(_ error: SceneError, _ argument: String?) -> Problem {
        switch error {
        case .notAFolder(let path, let isPicture):
            Problem(
                .sceneFolderExpected, error.description, argument: argument,
                help: isPicture
                    ? "make one: scene(load_image(\"\(path)\"), [box([40, 60], [200, 220], [H, W]), …])   or   automask(load_image(\"\(path)\"), 3)"
                    : nil)
        case .noPhoto:
            Problem(
                .sceneFolderExpected, error.description, argument: argument,
                help: "of a picture and a mask per thing: save_scene(scene(load_image(\"photo.jpg\"), [mask(\"a.png\"), …]), \"folder\")")
        case .noMasks: Problem(.noMasks, error.description, argument: argument)
        case .namesFile: Problem(.badFile, error.description, argument: argument)
        case .nameCount: Problem(.badArgument, error.description, argument: argument)
        case .holdsAnother: Problem(.cannotWrite, error.description, argument: argument, help: "give a new folder, or delete those files")
        case .maskSize:
            Problem(.maskSizeDiffers, error.description, argument: argument, help: "resize(mask, image) brings a mask to the photo's size")
        case .maskEmpty: Problem(.maskEmpty, error.description, argument: argument)
        case .masksIdentical: Problem(.masksIdentical, error.description, argument: argument)
        }
    }
}
