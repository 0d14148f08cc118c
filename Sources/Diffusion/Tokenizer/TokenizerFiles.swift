// The files of a tokenizer's folder as they are, before they become a tokenizer.
import Tensors

/// The vocabulary from `tokenizer.json`, or else from `vocab.json` and `merges.txt`.
struct VocabularyFiles {
    var tokens: [String] = []
    var ids: [ExactString: Int] = [:]
    var merges: [BytePairEncoding.Merge] = []
    /// The member `added_tokens` of tokenizer.json.
    var addedTokens: [JSON] = []
    /// The file that the vocabulary came from.
    let file: String

    init(folder: String) throws {
        let paths = ["tokenizer.json", "vocab.json", "merges.txt"].map { "\(folder)/\($0)" }
        if let bytes = try Self.readIfPresent(paths[0]) {
            file = paths[0]
            try readTokenizerJSON(try Self.parse(bytes, file))
        } else if let vocabulary = try Self.readIfPresent(paths[1]) {
            file = paths[1]
            let json = try Self.parse(vocabulary, file)
            guard let object = json.objectValue else {
                throw TokenizerError(file: file, .field("vocabulary", expected: "an object"))
            }
            try readVocabulary(object)
            let lines = String(decoding: try ReadableFile.contents(paths[2], limit: 1 << 26), as: UTF8.self)
            try readMergesText(lines, file: paths[2])
        } else {
            throw TokenizerError(file: folder, .noVocabulary(looked: ["tokenizer.json", "vocab.json"]))
        }
    }

    static func readIfPresent(_ path: String) throws -> [UInt8]? {
        do {
            return try ReadableFile.contents(path, limit: 1 << 26)
        } catch  where error.reason == .notFound {
            return nil
        }
    }

    static func parse(_ bytes: [UInt8], _ file: String) throws(TokenizerError) -> JSON {
        do {
            return try JSON.parse(bytes)
        } catch {
            throw TokenizerError(file: file, .json(error))
        }
    }
}

extension VocabularyFiles {
    private mutating func readTokenizerJSON(_ json: JSON) throws {
        guard let model = json["model"]?.objectValue, let vocabulary = model["vocab"]?.objectValue,
            let merges = model["merges"]?.arrayValue
        else {
            throw TokenizerError(file: file, .field("model", expected: "an object with vocab and merges"))
        }
        let supported: [(String, JSON)] = [
            ("type", "BPE"), ("end_of_word_suffix", "</w>"), ("byte_fallback", false),
            ("ignore_merges", false),
        ]
        for (key, value) in supported {
            guard let found = model[key], found != value else { continue }
            throw TokenizerError(
                file: file,
                .unsupported(key: "model.\(key)", value: found.text(), supported: [value.text()]))
        }
        try readVocabulary(vocabulary)
        for (index, merge) in merges.enumerated() {
            let pair =
                merge.arrayValue?.compactMap(\.stringValue)
                ?? merge.stringValue?.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
            try addMerge(pair ?? [], line: index + 1, text: merge.text(), file: file)
        }
        addedTokens = json["added_tokens"]?.arrayValue ?? []
    }

    private mutating func readVocabulary(_ object: JSONObject) throws(TokenizerError) {
        var spellings: [String?] = Array(repeating: nil, count: object.count)
        for (token, value) in object.members {
            guard let id = value.intValue else {
                throw TokenizerError(file: file, .field("the id of \"\(token)\"", expected: "an integer"))
            }
            guard spellings.indices.contains(id) else {
                throw TokenizerError(file: file, .idOutOfRange(token: token, id: id, count: object.count))
            }
            guard spellings[id] == nil else {
                throw TokenizerError(file: file, .idTwice(token: token, id: id))
            }
            spellings[id] = token
            ids[ExactString(token)] = id
        }
        tokens = spellings.compactMap { $0 }
    }

    private mutating func readMergesText(_ text: String, file: String) throws(TokenizerError) {
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if line.isEmpty || line.hasPrefix("#version") { continue }
            let pair = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
            try addMerge(pair, line: index + 1, text: String(line), file: file)
        }
    }

    private mutating func addMerge(_ pair: [String], line: Int, text: String, file: String)
        throws(TokenizerError)
    {
        guard pair.count == 2 else {
            throw TokenizerError(file: file, .malformedMerge(line: line, text: text))
        }
        var found: [Int] = []
        for token in [pair[0], pair[1], pair[0] + pair[1]] {
            guard let id = ids[ExactString(token)] else {
                throw TokenizerError(file: file, .mergeOutOfVocabulary(line: line, token: token))
            }
            found.append(id)
        }
        merges.append(BytePairEncoding.Merge(left: found[0], right: found[1], result: found[2]))
    }
}
