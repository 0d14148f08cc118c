// The tokenizer against transformers, prompt by prompt, for every way in which folders are written.
import Diffusion
import Tensors
import Testing

func tokenizerFixture(_ name: String) -> String {
    let folder = #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
    return "/\(folder)/Fixtures/tokenizer/\(name)"
}

@Suite struct TokenizerTests {
    /// What transformers made of the prompts with one folder.
    struct Expectation {
        struct Prompt {
            let text: String
            let ids: [Int]
            let kept: [Int]?
            let decoded: String
            let plain: String
        }

        let added: [String]
        let special: JSON
        let prompts: [Prompt]

        init(_ name: String) throws {
            let json = try JSON.parse(try ReadableFile.contents(tokenizerFixture("\(name).json")))
            added = try #require(json["added"]?.arrayValue).compactMap(\.stringValue)
            special = try #require(json["special"])
            prompts = try #require(json["prompts"]?.arrayValue).map { row in
                Prompt(
                    text: try #require(row["text"]?.stringValue),
                    ids: try #require(row["ids"]?.arrayValue).compactMap(\.intValue),
                    kept: row["kept"]?.arrayValue?.compactMap(\.intValue),
                    decoded: try #require(row["decoded"]?.stringValue),
                    plain: try #require(row["plain"]?.stringValue))
            }
        }
    }

    static let cases = [
        "embedded", "embedded-added", "sd15", "sd21", "sd21-added", "decoder", "legacy", "json", "holes",
    ]

    private func load(_ name: String) throws -> (CLIPTokenizer, Expectation) {
        let expected = try Expectation(name)
        let folder = String(name.split(separator: "-")[0])
        return (try CLIPTokenizer(folder: tokenizerFixture(folder)).adding(expected.added), expected)
    }

    @Test(arguments: cases)
    func equalsTransformers(_ name: String) throws {
        let (tokenizer, expected) = try load(name)
        #expect(expected.prompts.count > 150)
        for prompt in expected.prompts {
            let ids = tokenizer.encode(prompt.text)
            #expect(ids == prompt.ids, "\(name): \(prompt.text.debugDescription)")
            #expect(
                Array(tokenizer.decode(ids).utf8) == Array(prompt.decoded.utf8),
                "\(prompt.text.debugDescription)")
        }
    }

    @Test(arguments: cases)
    func padsAndTruncatesAsTransformers(_ name: String) throws {
        let (tokenizer, expected) = try load(name)
        let limit = tokenizer.modelMaxLength
        for prompt in expected.prompts {
            let padded = try tokenizer.encodePadded(prompt.text, truncation: true)
            let kept = [tokenizer.bosTokenID] + (prompt.kept ?? prompt.ids) + [tokenizer.eosTokenID]
            let padding = Array(repeating: tokenizer.padTokenID, count: limit - kept.count)
            #expect(
                padded
                    == TokenizedPrompt(
                        ids: kept + padding, length: kept.count, isTruncated: prompt.kept != nil))
            let plain = tokenizer.decode(padded.ids, skippingSpecialTokens: true)
            #expect(Array(plain.utf8) == Array(prompt.plain.utf8), "\(prompt.text.debugDescription)")
            if prompt.kept == nil {
                #expect(try tokenizer.encodePadded(prompt.text) == padded)
            } else {
                let error = #expect(throws: TokenizerError.self) { try tokenizer.encodePadded(prompt.text) }
                guard case .promptTooLong(let tokens, limit, let rest) = error?.problem else {
                    Issue.record("\(String(describing: error))")
                    continue
                }
                #expect(tokens == prompt.ids.count + 2)
                #expect(rest == tokenizer.decode(Array(prompt.ids[(limit - 2)...])))
            }
        }
    }

    @Test(arguments: cases)
    func specialTokens(_ name: String) throws {
        let (tokenizer, expected) = try load(name)
        let special = expected.special
        #expect(tokenizer.bosTokenID == special["bos"]?.intValue)
        #expect(tokenizer.eosTokenID == special["eos"]?.intValue)
        #expect(tokenizer.padTokenID == special["pad"]?.intValue)
        #expect(tokenizer.unkTokenID == special["unk"]?.intValue)
        #expect(tokenizer.vocabularySize == special["count"]?.intValue)
        #expect(tokenizer.modelMaxLength == special["length"]?.intValue)
    }

    @Test func tokensHaveSpellings() throws {
        let tokenizer = try CLIPTokenizer(folder: tokenizerFixture("embedded"))
        #expect(
            tokenizer.tokens(of: "A toolbox, 42!").joined(separator: "|")
                == "a</w>|toolbox</w>|,</w>|4</w>|2</w>|!</w>")
        #expect(tokenizer.id(of: "toolbox</w>").flatMap(tokenizer.token) == "toolbox</w>")
        #expect(tokenizer.token(of: 1_000_000) == nil && tokenizer.id(of: "no such") == nil)
    }

    @Test func addingIsAValueOperation() throws {
        let tokenizer = try CLIPTokenizer(folder: tokenizerFixture("embedded"))
        let more = try tokenizer.adding(["<asset0>", "<asset1>"])
        #expect(tokenizer.vocabularySize == 1868 && more.vocabularySize == 1870)
        #expect(more.encode("<asset0> <asset1>") == [1868, 1869])
        #expect(tokenizer.encode("<asset0>").count > 1)
        #expect(try more.adding(["<asset2>"]).encode("<asset2>") == [1870])
    }

    @Test(
        arguments: [
            (["<asset0>"], .tokenExists("<asset0>")), (["x", "<new>", "<new>"], .tokenExists("x")),
            (["<new>", "<new>"], .tokenExists("<new>")), (["<|endoftext|>"], .tokenExists("<|endoftext|>")),
            (["<ASSET0>"], .tokensAlike("<ASSET0>", "<asset0>")), ([""], .emptyToken), ([" \n"], .emptyToken),
        ] as [([String], TokenizerError.Problem)])
    func clashesAreErrors(_ contents: [String], _ problem: TokenizerError.Problem) throws {
        let tokenizer = try CLIPTokenizer(folder: tokenizerFixture("embedded")).adding(["<asset0>"])
        let error = #expect(throws: TokenizerError.self) { try tokenizer.adding(contents) }
        #expect(error?.problem == problem)
    }

    @Test func tooLongSaysWhatDoesNotFit() throws {
        let tokenizer = try CLIPTokenizer(folder: tokenizerFixture("embedded"))
        let prompt = "a photo of a dog and a cat at the beach"
        #expect(try tokenizer.encodePadded(prompt, length: 13).length == 13)
        let error = #expect(throws: TokenizerError.self) { try tokenizer.encodePadded(prompt, length: 11) }
        #expect(error?.problem == .promptTooLong(tokens: 13, limit: 11, rest: "the beach"))
        let expected = "the prompt has 13 tokens, the text encoder takes 11; \"the beach\" does not fit"
        #expect(error?.description == expected)
    }

    @Test func manyThreadsShareOneTokenizer() async throws {
        let tokenizer = try CLIPTokenizer(folder: tokenizerFixture("embedded"))
        let alone = (0..<50).map { tokenizer.encode("a photo number \($0) of a zebra") }
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    (0..<50).allSatisfy { tokenizer.encode("a photo number \($0) of a zebra") == alone[$0] }
                }
            }
            for await same in group { #expect(same) }
        }
    }
}
