import Files
import Images
import Language
import TestSupport
import Testing

@testable import Commands
@testable import Study

/// Pages of studies, and the files that raters send.
@Suite struct StudyTests {
    private static let methods = ["ours-secret", "TI-secret", "DB-secret"]

    private static func design(checks: Int = 1, pages: Int? = nil) -> StudyDesign {
        let items = (0..<6).map { item in
            StudyItem(
                name: "item-secret-\(item)", photo: Image(width: 8, height: 8, color: Color(UInt8(item), 9, 9)),
                prompt: "a <b>toy</b> no. \(item)</script>",
                pictures: (0..<3).map { Image(width: 8, height: 8, color: Color(UInt8(item), UInt8(50 + $0), 100)) })
        }
        return StudyDesign(
            title: "A study", methods: methods, items: items, questions: StudyQuestion.allCases, forms: StudyForm.allCases, checks: checks,
            pagesPerRater: pages, seed: 5)
    }

    private static func files(_ key: StudyKey, _ raters: ClosedRange<Int>, means: [String: Double] = [:]) -> [(
        name: String, contents: [UInt8]
    )] {
        raters.map { ("r\($0).json", Array(StudyRehearsal(means: means, spread: 0.8, seed: 1).file(rater: $0, key: key).utf8)) }
    }

    @Test func pageNamesNothing() throws {
        let built = try StudyBuilder(Self.design())
        #expect(!built.html.contains("secret"))
        // What is written cannot end the block of data, and no text is markup.
        #expect(built.html.components("</script>") == 2 && built.html.components("<b>") == 0)
        // Two questions in two forms for six items, and for each of them one page twice and one with noise.
        #expect(built.key.pages.count == 4 * (6 + 2) && built.key.pictures.count == 18)
        #expect(Set(built.key.pictures.values) == Set(Self.methods))
        let again = try StudyBuilder(Self.design())
        #expect(again.html == built.html && again.key == built.key)
        var other = Self.design()
        other.seed = 6
        #expect(try StudyBuilder(other).key.study != built.key.study)
    }

    @Test func keysComeBack() throws {
        let key = try StudyBuilder(Self.design(pages: 9)).key
        let folder = try TemporaryFolder()
        try AtomicFile.write("\(folder.path)/s.key.json", text: key.text)
        #expect(try StudyKey(contentsOf: "\(folder.path)/s.key.json") == key)
        #expect(key.pagesOfRater == 9 + 8)
        try AtomicFile.write("\(folder.path)/x.json", text: "{}")
        #expect(throws: StudyError.self) { try StudyKey(contentsOf: "\(folder.path)/x.json") }
    }

    @Test func opinionsAreThoseOfTheFiles() throws {
        let key = try StudyBuilder(Self.design()).key
        let collection = StudyCollection(Self.files(key, 1...3, means: ["ours-secret": 5, "TI-secret": 1]), key: key)
        #expect(collection.refused.isEmpty && collection.raters.count == 3 && collection.raters.allSatisfy { $0.isComplete })
        let opinions = collection.opinions()
        #expect(opinions.count == 3 * 6 * 3)
        func mean(_ method: String) -> Double {
            let ratings = opinions.filter { $0.method == method }.compactMap { $0.ratings[.identity] }
            return Double(ratings.reduce(0, +)) / Double(ratings.count)
        }
        #expect(mean("ours-secret") > 4 && mean("TI-secret") < 2)
        // On a page of choice one is the best.
        #expect(opinions.count { $0.isBest[.prompt] == true } == 3 * 6)
        #expect(collection.attention().allSatisfy { $0.noisePages == 4 && $0.noisePassed == 4 })
    }

    /// Each way in which a file can be wrong is told, and the others are still read.
    @Test func badFilesAreRefused() throws {
        let key = try StudyBuilder(Self.design()).key
        let good = Self.files(key, 1...1)[0]
        let text = String(decoding: good.contents, as: UTF8.self)
        func refusal(_ changed: String) -> String? { StudyCollection([("x.json", Array(changed.utf8))], key: key).refused.first?.reason }
        #expect(refusal(String(text.dropLast(40)))?.hasPrefix("damaged: ") == true)
        #expect(refusal("{\"format\": \"something\"}") == "not a file of answers")
        #expect(refusal(text.replacing(key.study, with: "0000000000000000"))?.contains("answers of another study") == true)
        let firstRating = try #require(text.firstRange(of: "\"ratings\":{"))
        let digit = try #require(text[firstRating.upperBound...].first { $0.isNumber && "12345".contains($0) })
        let place = try #require(text[firstRating.upperBound...].firstRange(of: ":\(digit)"))
        let other = digit == "1" ? "2" : "1"
        #expect(refusal(text.replacingCharacters(place, ":\(other)"))?.contains("were changed after they were saved") == true)
        #expect(refusal(text.replacingCharacters(place, ":7"))?.contains("lacks a rating of 1 to 5") == true)
        let collection = StudyCollection([("x.json", [1, 2]), good], key: key)
        #expect(collection.refused.count == 1 && collection.raters.count == 1)
    }

    @Test func copiesCountOnce() throws {
        let key = try StudyBuilder(Self.design()).key
        let whole = try StudyAnswers(Self.files(key, 1...1)[0].contents, key: key)
        var part = whole
        part.pages.removeLast(3)
        var other = whole
        other.pages[0].ratings?[0] = (whole.pages[0].ratings?[0] ?? 1) % 5 + 1
        if other == whole { other.pages[0].chosen = whole.pages[0].order.first { $0 != whole.pages[0].chosen } }
        func file(_ answers: StudyAnswers) -> [UInt8] { Array(answers.text(study: key.study, isRehearsal: false).utf8) }
        let merged = StudyCollection([("part.json", file(part)), ("whole.json", file(whole))], key: key)
        #expect(merged.raters.count == 1 && merged.raters[0].isComplete && merged.remarks.contains { $0.contains("part.json: left out") })
        let alone = StudyCollection([("part.json", file(part))], key: key)
        #expect(alone.remarks == ["rehearsal 1 answered \(whole.pages.count - 3) of \(whole.pages.count) pages"])
        #expect(
            StudyCollection([("a.json", file(whole)), ("b.json", file(other))], key: key).refused.first?.reason.contains("contradicts")
                == true)
    }

    // MARK: as commands

    private static let making = """
        fn picture(k) { image(full([16, 16, 3], k / 10)) }
        rows = [{item: i, method: ["a", "b"][m], picture: picture(i + m), photo: picture(0), prompt: "a toy"} for i in 1..3 for m in 0..1]

        """

    private func text(_ source: String) throws -> String {
        try inTemporaryFolder { _ in
            let result = Programs.run(Self.making + source, table: CommandTable.all)
            return result.first.map { "\($0.code.rawValue): \($0.message)" } ?? result.outcome.value?.literalText ?? "nothing"
        }
    }

    @Test(arguments: [
        ("study(rows, \"s.txt\")", "its name ends in .html"),
        ("study(rows[0:5], \"s.html\")", "has no picture of method b"),
        ("study(rows + [rows[0]], \"s.html\")", "item 1 has 2 pictures of method a"),
        ("study([{..r, method: \"a\"} for r in rows], \"s.html\")", "compares 2 to 26 methods; there is 1"),
        ("study(table(rows, columns=[\"item\", \"method\", \"picture\", \"prompt\"]), \"s.html\")", "identity needs the column \"photo\""),
        ("study([{..r, prompt: \"x{r.method}\"} for r in rows], \"s.html\")", "have different prompts"),
        ("study(rows, \"s.html\", questions=[])", "nothing is asked"),
        ("study(rows, \"s.html\", questions=\"quality\")", "quality"),
        ("study(rows, \"s.html\"); study(rows, \"s.html\", seed=2)", "is the key of another study"),
        ("study_answers(\".\", \"s.key.json\")", "s.key.json"),
        ("study(rows, \"s.html\"); study_answers(\".\", \"s.key.json\")", "there is no .json file in"),
        ("study(rows, \"s.html\"); save_json([], \"x.json\"); study_answers(\"x.json\", \"s.key.json\")", "1 file cannot be used"),
        ("study(rows, \"s.html\"); study_rehearsal(\"s.key.json\", \"out\", means={c: 3})", "the study has no method \"c\""),
    ])
    func mistakesAreTold(_ source: String, _ expected: String) throws {
        let found = try text(source)
        #expect(found.contains(expected) && found.hasPrefix("E"), "\(found)")
    }

    @Test func answersBecomeATable() throws {
        let study =
            "study(rows, \"s.html\", form=[\"likert\", \"choice\"], checks=1)\nstudy_rehearsal(\"s.key.json\", \"out\", raters=4, means={a: 5, b: 1}, seed=2)\n"
            + "t = study_answers(\"out\", \"s.key.json\")\n"
        let result = try inTemporaryFolder { _ in
            Programs.run(
                Self.making + study
                    + "[t.columns, len(t), agreement(t, \"identity\", unit=[\"item\", \"method\"])[0].alpha_interval > 0.5, kruskal(t, [\"identity\", \"prompt\"], by=\"method\").p[0] < 0.001]",
                table: CommandTable.all)
        }
        #expect(
            result.outcome.value?.literalText
                == #"[["rater", "item", "method", "identity", "prompt", "identity_best", "prompt_best"], 24, true, true]"#,
            "\(result.outcome.diagnostics)")
    }
}

extension String {
    /// Returns how often a text stands in it.
    fileprivate func components(_ text: String) -> Int { ranges(of: text).count }

    fileprivate func replacingCharacters(_ range: Range<String.Index>, _ text: String) -> String {
        var copy = self
        copy.replaceSubrange(range, with: text)
        return copy
    }
}
