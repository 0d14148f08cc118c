// Reading and writing a tokenizer's folder.
import Tensors

extension CLIPTokenizer {
    /// Reads a tokenizer's folder: tokenizer.json, or vocab.json and merges.txt; and tokenizer_config.json,
    /// special_tokens_map.json and added_tokens.json if they are there. Throws ``FileError`` and ``TokenizerError``.
    public init(folder: String) throws {
        let files = try VocabularyFiles(folder: folder)
        let settings = try TokenizerSettings(folder: folder, vocabulary: files)
        added = try Self.collectAdded(settings, files)
        let roles = (settings, added, files.file)
        bosTokenID = try Self.id(of: "bos_token", roles)
        eosTokenID = try Self.id(of: "eos_token", roles)
        padTokenID = try Self.id(of: "pad_token", roles)
        unkTokenID = try Self.id(of: "unk_token", roles)
        modelMaxLength = settings.modelMaxLength
        model = BytePairEncoding(
            tokens: files.tokens, ids: files.ids, merges: files.merges, unknown: unkTokenID)
    }

    private static func id(of role: String, _ from: (TokenizerSettings, AddedTokens, file: String))
        throws(TokenizerError) -> Int
    {
        let content = from.0.special[role]?.content ?? ""
        guard let id = from.1[content]?.id else {
            throw TokenizerError(file: from.file, .specialTokenMissing(content))
        }
        return id
    }

    /// The added tokens in the order of their ids, then special tokens that are not among them; of two descriptions of one
    /// special token the later one counts, as in transformers 5. Each has its id in the vocabulary, or the next free one.
    private static func collectAdded(_ settings: TokenizerSettings, _ files: VocabularyFiles) throws
        -> AddedTokens
    {
        var added = AddedTokens()
        var next = files.tokens.count
        let named = TokenizerSettings.roles.compactMap { settings.special[$0] }
        let isNamed = Set(named.map { ExactString($0.content) })
        func append(_ token: TokenDescription) throws {
            guard !token.content.isEmpty else { return }
            let id = added[token.content]?.id ?? files.ids[ExactString(token.content)] ?? next
            if let stated = token.statedID, stated != id {
                throw TokenizerError(
                    file: files.file, .addedTokenID(token: token.content, given: stated, expected: id))
            }
            next = max(next, id + 1)
            added.append(
                AddedToken(
                    content: token.content, id: id,
                    isSpecial: token.isSpecial || isNamed.contains(ExactString(token.content)),
                    isNormalized: token.isNormalized, isSingleWord: token.isSingleWord,
                    stripsLeft: token.stripsLeft, stripsRight: token.stripsRight))
        }
        for token in settings.added { try append(token) }
        let known = Set(settings.added.map { ExactString($0.content) })
        for token in named + settings.extras where !known.contains(ExactString(token.content)) {
            guard files.ids[ExactString(token.content)] != nil else {
                throw TokenizerError(file: files.file, .specialTokenMissing(token.content))
            }
            try append(token)
        }
        return added
    }

    /// Writes vocab.json, merges.txt, tokenizer_config.json, special_tokens_map.json and, where tokens were added,
    /// added_tokens.json, from which transformers 4 and 5 read the same tokenizer. The folder must exist. Throws
    /// ``FileError``.
    public func write(toFolder folder: String) throws {
        let vocabulary = JSONObject(model.tokens.enumerated().map { ($1, JSON($0)) })
        try AtomicFile.write("\(folder)/vocab.json", text: JSON.object(vocabulary).text())
        let merges = model.merges.map { "\(model.tokens[$0.left]) \(model.tokens[$0.right])\n" }.joined()
        try AtomicFile.write("\(folder)/merges.txt", text: "#version: 0.2\n" + merges)
        let roles: [(String, Int)] = [
            ("bos_token", bosTokenID), ("eos_token", eosTokenID), ("pad_token", padTokenID),
            ("unk_token", unkTokenID),
        ]
        let special = JSONObject(roles.map { ($0, JSON.string(token(of: $1) ?? "")) })
        try AtomicFile.write(
            "\(folder)/special_tokens_map.json", text: JSON.object(special).text(pretty: true))
        try AtomicFile.write("\(folder)/tokenizer_config.json", text: config(special).text(pretty: true))
        let extra = added.tokens.filter { $0.id >= model.count }.map { ($0.content, JSON($0.id)) }
        if !extra.isEmpty {
            let text = JSON.object(JSONObject(extra)).text(pretty: true)
            try AtomicFile.write("\(folder)/added_tokens.json", text: text)
        }
    }

    private func config(_ special: JSONObject) -> JSON {
        let decoder = added.tokens.sorted { $0.id < $1.id }.map { token -> (String, JSON) in
            let description: JSON = [
                "content": .string(token.content), "lstrip": .bool(token.stripsLeft),
                "normalized": .bool(token.isNormalized), "rstrip": .bool(token.stripsRight),
                "single_word": .bool(token.isSingleWord), "special": .bool(token.isSpecial),
            ]
            return (String(token.id), description)
        }
        var config = JSONObject([("added_tokens_decoder", .object(JSONObject(decoder)))])
        for (role, content) in special.members { config[role] = content }
        config["model_max_length"] = JSON(modelMaxLength)
        config["tokenizer_class"] = "CLIPTokenizer"
        return .object(config)
    }
}
