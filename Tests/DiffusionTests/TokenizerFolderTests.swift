// Reading and writing tokenizer folders: round trips, and every broken file named.
import Diffusion
import Glibc
import Tensors
import TestSupport
import Testing

@Suite struct TokenizerFolderTests {
    /// A folder with these files, removed afterwards.
    private struct Folder {
        private let folder: TemporaryFolder
        var path: String { folder.path }

        init(_ files: [String: String] = [:]) throws {
            folder = try TemporaryFolder()
            for (name, text) in files { try AtomicFile.write("\(folder.path)/\(name)", text: text) }
        }
    }

    @Test(arguments: ["embedded", "sd15", "sd21", "decoder", "legacy", "json"])
    func writesWhatItReads(_ name: String) throws {
        let tokenizer = try CLIPTokenizer(folder: tokenizerFixture(name)).adding(["<mine>", "<Other One>"])
        let folder = try Folder()
        try tokenizer.write(toFolder: folder.path)
        let again = try CLIPTokenizer(folder: folder.path)
        #expect(again.vocabularySize == tokenizer.vocabularySize)
        #expect(again.padTokenID == tokenizer.padTokenID && again.modelMaxLength == tokenizer.modelMaxLength)
        #expect(again.addedTokens.sorted { $0.id < $1.id } == tokenizer.addedTokens.sorted { $0.id < $1.id })
        for prompt in try TokenizerTests.Expectation(name).prompts {
            #expect(again.encode(prompt.text + "<mine>") == tokenizer.encode(prompt.text + "<mine>"))
        }
    }

    static let vocab = #"{"a":0,"b":1,"ab":2,"b</w>":3,"ab</w>":4,"<|startoftext|>":5,"<|endoftext|>":6}"#
    static let merges = "#version: 0.2\na b\na b</w>\n"

    static func json(_ model: String, added: String = "[]") -> [String: String] {
        ["tokenizer.json": #"{"added_tokens": \#(added), "model": \#(model)}"#]
    }

    @Test func smallFolder() throws {
        let folder = try Folder(["vocab.json": Self.vocab, "merges.txt": Self.merges])
        let tokenizer = try CLIPTokenizer(folder: folder.path)
        #expect(tokenizer.encode("ab AB aab x") == [4, 4, 0, 4, 6])
        #expect(tokenizer.modelMaxLength == 77)
        let single = try Folder(
            Self.json(#"{"type": "BPE", "vocab": \#(Self.vocab), "merges": ["a b", ["a", "b</w>"]]}"#))
        #expect(try CLIPTokenizer(folder: single.path).encode("ab aab") == [4, 0, 4])
    }

    static let broken: [([String: String], String, TokenizerError.Problem?)] = [
        ([:], "", .noVocabulary(looked: ["tokenizer.json", "vocab.json"])),
        (["vocab.json": "{"], "vocab.json", nil),
        (["vocab.json": "[]"], "vocab.json", .field("vocabulary", expected: "an object")),
        (["vocab.json": #"{"a":"x"}"#], "vocab.json", .field("the id of \"a\"", expected: "an integer")),
        (["vocab.json": #"{"a":0,"b":0}"#], "vocab.json", .idTwice(token: "b", id: 0)),
        (["vocab.json": #"{"a":2}"#], "vocab.json", .idOutOfRange(token: "a", id: 2, count: 1)),
        (["vocab.json": #"{"a":-1}"#], "vocab.json", .idOutOfRange(token: "a", id: -1, count: 1)),
        (["vocab.json": vocab, "merges.txt": "a\n"], "merges.txt", .malformedMerge(line: 1, text: "a")),
        (
            ["vocab.json": vocab, "merges.txt": "a b\na b c\n"], "merges.txt",
            .malformedMerge(line: 2, text: "a b c")
        ),
        (
            ["vocab.json": vocab, "merges.txt": "a c\n"], "merges.txt",
            .mergeOutOfVocabulary(line: 1, token: "c")
        ),
        (
            ["vocab.json": vocab, "merges.txt": "b a\n"], "merges.txt",
            .mergeOutOfVocabulary(line: 1, token: "ba")
        ),
        (
            ["vocab.json": #"{"a":0}"#, "merges.txt": ""], "vocab.json",
            .specialTokenMissing("<|startoftext|>")
        ),
        (
            ["vocab.json": vocab, "merges.txt": merges, "added_tokens.json": #"{"<x>": 9}"#], "vocab.json",
            .addedTokenID(token: "<x>", given: 9, expected: 7)
        ),
        (
            ["vocab.json": vocab, "merges.txt": merges, "added_tokens.json": #"{"<x>": "7"}"#],
            "added_tokens.json", .field("the id of \"<x>\"", expected: "an integer")
        ),
        (
            [
                "vocab.json": vocab, "merges.txt": merges,
                "tokenizer_config.json": #"{"tokenizer_class": "T5Tokenizer"}"#,
            ],
            "tokenizer_config.json",
            .unsupported(key: "tokenizer_class", value: "T5Tokenizer", supported: ["CLIPTokenizer"])
        ),
        (
            ["vocab.json": vocab, "merges.txt": merges, "tokenizer_config.json": #"{"pad_token": 3}"#],
            "tokenizer_config.json", .field("a token", expected: "a text or an object with content")
        ),
        (
            ["vocab.json": vocab, "merges.txt": merges, "special_tokens_map.json": "[]"],
            "special_tokens_map.json", .field("the file", expected: "an object")
        ),
        (json("{}"), "tokenizer.json", .field("model", expected: "an object with vocab and merges")),
        (
            json(#"{"type": "Unigram", "vocab": {}, "merges": []}"#), "tokenizer.json",
            .unsupported(key: "model.type", value: "\"Unigram\"", supported: ["\"BPE\""])
        ),
        (
            json(#"{"vocab": {"a":0}, "merges": [["a"]]}"#), "tokenizer.json",
            .malformedMerge(line: 1, text: #"["a"]"#)
        ),
    ]

    @Test(arguments: broken)
    func brokenFilesAreNamed(_ files: [String: String], _ name: String, _ problem: TokenizerError.Problem?)
        throws
    {
        let folder = try Folder(files)
        let error = #expect(throws: TokenizerError.self) { try CLIPTokenizer(folder: folder.path) }
        #expect(error?.file == (name.isEmpty ? folder.path : "\(folder.path)/\(name)"))
        if let problem { #expect(error?.problem == problem) }
        #expect(error?.description.isEmpty == false)
    }

    @Test func missingMergesAreAFileError() throws {
        let folder = try Folder(["vocab.json": Self.vocab])
        let error = #expect(throws: FileError.self) { try CLIPTokenizer(folder: folder.path) }
        #expect(error?.path == "\(folder.path)/merges.txt" && error?.reason == .notFound)
        #expect(throws: (any Error).self) { try CLIPTokenizer(folder: "/tmp/none") }
    }
}
