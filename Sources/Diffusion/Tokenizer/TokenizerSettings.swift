// tokenizer_config.json, special_tokens_map.json and added_tokens.json: which tokens are special and which
// are added, merged in the order in which transformers 5 does.
import Tensors

/// A token as a settings file describes it; its id comes from the vocabulary.
struct TokenDescription {
    var content: String
    var isSpecial = true
    var isNormalized = false
    var isSingleWord = false
    var stripsLeft = false
    var stripsRight = false
    /// The id in the file; nil where it says none.
    var statedID: Int?
}

/// The special and added tokens that the settings files name, and the longest prompt.
struct TokenizerSettings {
    static let roles = ["bos_token", "eos_token", "unk_token", "pad_token"]
    private static let extraRoles = ["extra_special_tokens", "additional_special_tokens"]

    /// The special tokens by role; the defaults are CLIP's.
    var special: [String: TokenDescription] = [
        "bos_token": TokenDescription(content: "<|startoftext|>"),
        "eos_token": TokenDescription(content: "<|endoftext|>"),
        "unk_token": TokenDescription(content: "<|endoftext|>"),
        "pad_token": TokenDescription(content: "<|endoftext|>"),
    ]
    /// The added tokens in the order of their ids.
    var added: [TokenDescription] = []
    /// The special tokens without a role.
    var extras: [TokenDescription] = []
    /// The longest prompt in tokens: CLIP's 77 where no file says another number.
    var modelMaxLength = 77

    init(folder: String, vocabulary: VocabularyFiles) throws {
        let configPath = "\(folder)/tokenizer_config.json"
        let config = try Self.readObject(configPath) ?? JSONObject()
        if let name = config["tokenizer_class"]?.stringValue,
            !["CLIPTokenizer", "CLIPTokenizerFast", "TokenizersBackend"].contains(name)
        {
            throw TokenizerError(
                file: configPath,
                .unsupported(key: "tokenizer_class", value: name, supported: ["CLIPTokenizer"]))
        }
        extras = try readRoles(config, file: configPath)
        if let decoder = config["added_tokens_decoder"]?.objectValue {
            added = try decoder.members.map { key, value in
                guard let id = Int(key) else {
                    throw TokenizerError(
                        file: configPath, .field("added_tokens_decoder", expected: "ids as keys"))
                }
                return try Self.description(value, id: id, default: false, configPath)
            }
        } else {
            let mapPath = "\(folder)/special_tokens_map.json"
            extras += try readRoles(try Self.readObject(mapPath) ?? JSONObject(), file: mapPath)
            let isSpecial = Set((special.values + extras).map { ExactString($0.content) })
            added = try Self.readAddedTokens("\(folder)/added_tokens.json", isSpecial)
            added += try vocabulary.addedTokens.map {
                try Self.description($0, id: $0["id"]?.intValue, default: false, vocabulary.file)
            }
        }
        added.sort { ($0.statedID ?? .max) < ($1.statedID ?? .max) }
        if let length = config["model_max_length"]?.intValue, (3...1 << 20).contains(length) {
            modelMaxLength = length
        }
    }
}

extension TokenizerSettings {
    /// Takes over the special tokens that `object` names; returns those without a role.
    private mutating func readRoles(_ object: JSONObject, file: String) throws -> [TokenDescription] {
        for role in Self.roles {
            guard let value = object[role], !value.isNull else { continue }
            special[role] = try Self.description(value, id: nil, default: true, file)
        }
        return try Self.extraRoles.flatMap { key in
            try (object[key]?.arrayValue ?? []).map { try Self.description($0, id: nil, default: true, file) }
        }
    }

    private static func readAddedTokens(_ path: String, _ isSpecial: Set<ExactString>) throws
        -> [TokenDescription]
    {
        try (readObject(path) ?? JSONObject()).members.map { content, value in
            guard let id = value.intValue else {
                throw TokenizerError(file: path, .field("the id of \"\(content)\"", expected: "an integer"))
            }
            let special = isSpecial.contains(ExactString(content))
            return TokenDescription(
                content: content, isSpecial: special, isNormalized: !special, statedID: id)
        }
    }

    private static func readObject(_ path: String) throws -> JSONObject? {
        guard let bytes = try VocabularyFiles.readIfPresent(path) else { return nil }
        guard let object = try VocabularyFiles.parse(bytes, path).objectValue else {
            throw TokenizerError(file: path, .field("the file", expected: "an object"))
        }
        return object
    }

    /// A token that is written as its text, or as an object with switches.
    private static func description(_ json: JSON, id: Int?, default special: Bool, _ file: String)
        throws(TokenizerError) -> TokenDescription
    {
        if let content = json.stringValue {
            return TokenDescription(
                content: content, isSpecial: special, isNormalized: !special, statedID: id)
        }
        guard let content = json["content"]?.stringValue else {
            throw TokenizerError(file: file, .field("a token", expected: "a text or an object with content"))
        }
        let isSpecial = json["special"]?.boolValue ?? special
        return TokenDescription(
            content: content, isSpecial: isSpecial,
            isNormalized: json["normalized"]?.boolValue ?? !isSpecial,
            isSingleWord: json["single_word"]?.boolValue ?? false,
            stripsLeft: json["lstrip"]?.boolValue ?? false,
            stripsRight: json["rstrip"]?.boolValue ?? false, statedID: id)
    }
}
