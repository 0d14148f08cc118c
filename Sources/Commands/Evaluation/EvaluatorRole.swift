import BreakAScene
import Evaluators
import Language

/// What an evaluator is asked for.
enum EvaluatorRole {
    case prompts, identity, segments

    /// What an evaluator that cannot do it does not do.
    private var task: String {
        switch self {
        case .prompts: "compare texts"
        case .identity: "compare things"
        case .segments: "find things in pictures"
        }
    }

    /// The one that ships.
    var shipped: String {
        switch self {
        case .prompts: "image_text"
        case .identity: "identity"
        case .segments: "segmenter"
        }
    }

    private func suits(_ value: EvaluatorValue) -> Bool {
        switch self {
        case .prompts: value.imageText != nil
        case .identity: value.identity != nil
        case .segments: value.segmenter != nil
        }
    }

    /// Throws a `Problem` where the evaluator that was given for `argument` cannot do it.
    func check(_ value: EvaluatorValue, _ call: Call, _ argument: String) throws {
        guard suits(value) else {
            throw Problem(
                .badArgument, "\(call.builtin.name): this evaluator does not \(task)", argument: argument,
                help: "load_evaluator(\"\(shipped)\") does")
        }
    }
}

extension Call {
    /// Returns the evaluator that was given for a role. Throws a `Problem` where it cannot do what is asked.
    func judge(_ key: Key<EvaluatorValue>, _ role: EvaluatorRole) throws -> EvaluatorValue {
        let value = try self[key]
        try role.check(value, self, key.name)
        return value
    }

    /// Returns the evaluator that was given for a role, or nil where none was. Throws as the other `judge`.
    func judge(_ key: Key<EvaluatorValue?>, _ role: EvaluatorRole) throws -> EvaluatorValue? {
        guard let value = try self[key] else { return nil }
        try role.check(value, self, key.name)
        return value
    }

    /// Returns the evaluator that was given for a role, or the one that ships. Throws as the other `judge`, and where no standard library
    /// lies beside the program.
    func judgeOrShipped(_ key: Key<EvaluatorValue?>, _ role: EvaluatorRole) throws -> EvaluatorValue {
        try judge(key, role) ?? mapped(nil) { try EvaluatorValue.load(context.readable(role.shipped, shippedAs: "evaluators")) }
    }
}
