import BreakAScene
import Diffusion
import Language

/// The tokens of a prompt whose attention is asked for.
struct AttentionTokens {
    /// The parameter that names them.
    static let key = Key<Value?>(
        "token", .oneOf([HandleValue.rule, .string, .int, .list(.any)]),
        doc: "A handle, word or place of the prompt, or several (the first axis); without, its handles.", keywordOnly: true)

    /// The tokens' places in the padded prompt, at least one.
    private(set) var places: [Int] = []
    private(set) var names: [String] = []
    /// What the tokens are called in titles and in sentences: handles by their things.
    private(set) var labels: [HandleLabel] = []
    /// Whether the maps get an axis for the tokens: a list was given, or the prompt names several handles.
    let areSeveral: Bool

    private let model: DiffusionModel
    private let prompt: String
    private let ids: [Int]

    /// Reads `token=`; without it, takes every handle that the prompt names. Throws a `Problem` where there is no such token in the prompt.
    init(_ call: Call, _ model: DiffusionModel, _ prompt: String) throws {
        (self.model, self.prompt) = (model, prompt)
        let ids = try call.mapped(AttentionCommands.prompt) { try model.tokenize([prompt])[0] }
        self.ids = ids
        guard let given = try call[Self.key] else {
            let named = model.handles.indices.filter { ids.contains(model.handleID($0)) }
            guard !named.isEmpty else {
                throw Problem(
                    .missingArgument, "attention needs token=: the prompt names no handle", argument: AttentionCommands.prompt.name,
                    help: "token=\"word\" looks at a word of the prompt")
            }
            areSeveral = named.count > 1
            for index in named { try add(model.handleID(index), model.label(ofHandle: index)) }
            return
        }
        guard case .list(let items) = given else {
            areSeveral = false
            try add(given)
            return
        }
        guard !items.isEmpty else { throw Problem(.badArgument, "attention: token names no token", argument: Self.key.name) }
        areSeveral = true
        for item in items { try add(item) }
    }

    private mutating func add(_ token: Value) throws {
        switch token {
        case .host(let handle as HandleValue):
            guard let index = model.handles.firstIndex(of: handle.token) else {
                throw Problem(
                    .unknownHandle,
                    "this model has no handle \(handle.token); it has \(model.handles.isEmpty ? "none: phase1 learns some" : model.handles.joined(separator: ", "))",
                    argument: Self.key.name)
            }
            try add(model.handleID(index), model.label(ofHandle: index))
        case .string(let word):
            guard let id = model.tokenizer.encode(word).first else {
                throw Problem(.unknownWord, "\"\(word)\" has no token", argument: Self.key.name)
            }
            try add(id, HandleLabel(token: word, name: "", mask: 0))
        case .int(let index):
            guard ids.indices.contains(index) else {
                throw Problem(.indexOutOfRange, "the prompt has places 0…\(ids.count - 1)", argument: Self.key.name)
            }
            places.append(index)
            names.append("token \(index)")
            labels.append(HandleLabel(token: "token \(index)", name: "", mask: 0))
        default:
            throw Problem(
                .wrongType, "attention wants handles, words or places of the prompt for token", argument: Self.key.name,
                label: "this is \(token.describedType)")
        }
    }

    private mutating func add(_ id: Int, _ label: HandleLabel) throws {
        guard let place = ids.firstIndex(of: id) else {
            throw Problem(.unknownHandle, "the prompt \"\(prompt)\" does not name \(label.token)", argument: Self.key.name)
        }
        places.append(place)
        names.append(label.token)
        labels.append(label)
    }
}
