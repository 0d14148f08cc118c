import Files
import Images
import Language
import Study
import Tensors

extension StudyQuestion: WordArgument {}
extension StudyForm: WordArgument {}

/// Builtins for studies with people: making the page, and reading what raters answered.
enum StudyCommands {
    static let rows = Key<Value>(
        "rows", .oneOf([TableValue.rule, .list(.any), .record]),
        doc: "A row for each picture: item, method, picture; photo (the thing) for identity, prompt for prompt.")
    static let path = Key<String>("path", doc: "The page, .html; the key goes beside it, .key.json.", file: .output)
    static let questions = Key<[StudyQuestion]>(
        oneOrMore: "questions", default: StudyQuestion.allCases,
        doc: "What raters judge: identity with the photo's thing, likeness to the prompt.",
        keywordOnly: true)
    static let forms = Key<[StudyForm]>(
        oneOrMore: "form", default: [.likert], doc: "likert: 1 to 5 for each picture of a page; choice: the best one of a page.",
        keywordOnly: true)
    static let title = Key<String>("title", default: "Picture study", doc: "What raters see as the title.", keywordOnly: true)
    static let instructions = Key<String>("instructions", default: "", doc: "What raters read before they begin.", keywordOnly: true)
    static let checks = Key<Int>(
        "checks", default: 0, range: 0...20, doc: "Attention checks a question: so many pages asked twice, and so many with noise.",
        keywordOnly: true)
    static let pagesPerRater = Key<Int?>(
        "pages", range: 1...10_000, doc: "Pages a rater, drawn at random, beside the checks; all without.", keywordOnly: true)
    static let quality = Key<Int?>(
        "quality", range: 50...100, doc: "Pictures as JPEG of this quality: a smaller page; PNG without.", keywordOnly: true)
    static let seed = Key<Int>("seed", default: 0, doc: "Of the checks and of the pictures' names.", keywordOnly: true)

    private static let files = Key<[String]>(
        "files", .listOrSingle(String.rule), doc: "The raters' files, or folders of them.", file: .input(library: nil))
    private static let key = Key<String>("key", doc: "The .key.json file beside the study's page.", file: .input(library: nil))
    private static let skip = Key<Bool>(
        "skip", default: false, doc: "Leave out files that cannot be used, with a warning, instead of an error.", keywordOnly: true)
    private static let attentive = Key<Bool>(
        "attentive", default: false, doc: "Leave out raters who failed an attention check.", keywordOnly: true)

    private static let folder = Key<String>("path", doc: "The folder that gets the files; made where it is missing.", file: .folder)
    private static let raters = Key<Int>("raters", default: 3, range: 1...10_000, doc: "How many raters are invented.", keywordOnly: true)
    private static let means = Key<Record>(
        "means", defaultValue: .record(Record()), doc: "The mean rating of methods, {ours: 3.6}; 3 for others.", keywordOnly: true)
    private static let spread = Key<Double>(
        "spread", default: 1.2, range: 0...10, doc: "The deviation of a rating; the paper's raters had about 1.2.", keywordOnly: true)
    private static let rehearsalSeed = Key<Int>("seed", default: 0, doc: "Of the invented ratings.", keywordOnly: true)

    private static let rehearsed = """
        photo = load_scene("toys").image
        study([{item: i, method: m, photo, picture: photo, prompt: "a fish"} for i in 1..3 for m in ["ours", "DB-m"]], "study.html")
        study_rehearsal("study.key.json", "answers", raters=2, means={ours: 4.5}, seed=1)

        """

    static let all: [Builtin] = [
        Builtin(
            "study", family: .evaluation,
            summary: "Makes a page on which people rate pictures: blind, in random order, in one file that works offline.",
            parameters: [rows, path, questions, forms, title, instructions, checks, pagesPerRater, quality, seed], result: .path,
            terms: ["user study", "raters", "Likert", "forced choice", "survey", "questionnaire", "human evaluation", "AMT"], paper: "§5",
            examples: [
                .init(
                    """
                    photo = load_scene("toys").image
                    study([{item: "fish", method: m, photo, picture: photo, prompt: "a fish"} for m in ["ours", "DB-m"]], "study.html")
                    """, shows: "\"study.html\"")
            ],
            seeAlso: ["study_answers", "inspect_pictures"]
        ) { .string(try StudyMaking($0).write()) },
        Builtin(
            "study_answers", family: .evaluation,
            summary: "Reads the raters' files of a study: a row for each rater, item and method, with the ratings.",
            parameters: [files, key, skip, attentive], result: .table,
            terms: ["user study", "raters", "Likert", "results", "read"], paper: "§5",
            examples: [
                .init(
                    rehearsed
                        + "answers = study_answers(\"answers\", \"study.key.json\")\nkruskal(answers, [\"identity\"], by=\"method\").n",
                    shows: "[12]")
            ],
            seeAlso: ["study", "study_raters", "kruskal", "tukey_hsd", "agreement", "bootstrap"], run: answers),
        Builtin(
            "study_raters", family: .evaluation,
            summary: "How attentive the raters of a study were: checks passed, repeated answers, time a page.",
            parameters: [files, key, skip], result: .table, terms: ["attention check", "quality", "exclude", "repeat"], paper: "§5",
            examples: [.init(rehearsed + "study_raters(\"answers\", \"study.key.json\").pages", shows: "[6, 6]")],
            seeAlso: ["study_answers"], run: raterTable),
        Builtin(
            "study_rehearsal", family: .evaluation,
            summary: "Invents raters' answers, to try the analysis of a study and see how many raters it needs before anyone is asked.",
            parameters: [key, folder, raters, means, spread, rehearsalSeed], result: .path,
            terms: ["simulate", "pilot", "power analysis", "sample size", "dry run"],
            examples: [.init(rehearsed + "ls(\"answers\")", shows: "[\"rehearsal-1.json\", \"rehearsal-2.json\"]")],
            seeAlso: ["study", "study_answers"], run: rehearse),
    ]

    // MARK: answers

    /// Runs `study_answers`. Columns: rater, item, method, a rating for each question that was rated, and for each that was chosen
    /// `…_best`, 1 or 0; what was not answered is none.
    @Sendable private static func answers(_ call: Call) throws -> Value {
        let collection = try collection(call)
        let inattentive = Set(collection.attention().filter(\.isInattentive).map(\.rater))
        let leavesOut = try call[attentive]
        if !inattentive.isEmpty {
            call.context.warn(
                .badFile,
                "\(countText(inattentive.count, "rater")) failed an attention check: \(inattentive.sorted().joined(separator: ", "))",
                argument: files.name, label: leavesOut ? "left out" : "still counted",
                help: leavesOut ? nil : "attentive=true leaves them out; study_raters(…) shows what they did")
        }
        let opinions = collection.opinions().filter { !leavesOut || !inattentive.contains($0.rater) }
        let pages = collection.key.pages.values
        let rated = StudyQuestion.allCases.filter { question in pages.contains { $0.question == question && $0.form == .likert } }
        let chosen = StudyQuestion.allCases.filter { question in pages.contains { $0.question == question && $0.form == .choice } }
        return .host(
            TableValue(
                columns: ["rater", "item", "method"] + rated.map(\.rawValue) + chosen.map { "\($0)_best" },
                rows: opinions.map { opinion -> [Value] in
                    let head: [Value] = [.string(opinion.rater), .string(opinion.item), .string(opinion.method)]
                    let ratings = rated.map { opinion.ratings[$0].map(Value.int) ?? Value.none }
                    let choices = chosen.map { opinion.isBest[$0].map { Value.int($0 ? 1 : 0) } ?? Value.none }
                    return head + ratings + choices
                }, settings: ["rater", "item", "method"]))
    }

    /// Runs `study_rehearsal`.
    @Sendable private static func rehearse(_ call: Call) throws -> Value {
        let (key, path) = (try readKey(call), try call.target(folder, isFolder: true))
        let given = try call[means]
        let known = try given.pairs.map { name, value -> (String, Double) in
            guard key.methods.contains(name) else {
                throw Problem(
                    .badArgument, "study_rehearsal: the study has no method \"\(name)\"", argument: means.name,
                    notes: ["it has \(key.methods.joined(separator: ", "))"])
            }
            return (name, try Double.read(value, call, means.name))
        }
        let rehearsal = StudyRehearsal(
            means: Dictionary(known) { first, _ in first }, spread: try call[spread], seed: try call[rehearsalSeed])
        try call.mapped(folder) {
            try FileSystem.createFolder(path)
            for number in 1...(try call[raters]) {
                try Cancellation.check()
                try AtomicFile.write("\(path)/rehearsal-\(number).json", text: rehearsal.file(rater: number, key: key))
            }
        }
        return .string(try call[folder])
    }

    /// Runs `study_raters`.
    @Sendable private static func raterTable(_ call: Call) throws -> Value {
        let collection = try collection(call)
        func float(_ number: Double?) -> Value { number.map { .float($0) } ?? .none }
        return .host(
            TableValue(
                columns: [
                    "rater", "pages", "of", "seconds", "noise_seen", "noise", "repeat_difference", "repeat_same", "flat", "attentive",
                ],
                rows: zip(collection.raters, collection.attention()).map { answers, attention -> [Value] in
                    [
                        .string(answers.rater), .int(answers.pages.count), .int(answers.pageCount), .float(attention.medianSeconds),
                        .int(attention.noisePassed), .int(attention.noisePages), float(attention.repeatedDifference),
                        float(attention.repeatedChoices), float(attention.flatPages), .bool(!attention.isInattentive),
                    ]
                }))
    }

    /// Returns the raters' answers, and warns of what is to be known of the files. Throws `.badFile` where a file cannot be used, unless
    /// `skip` says otherwise, and where none remains.
    private static func collection(_ call: Call) throws -> StudyCollection {
        let key = try readKey(call)
        let paths = try call[files].flatMap { try expanded($0, call) }
        let contents = try paths.map { path in
            try Cancellation.check()
            return (name: path, contents: try call.mapped(files) { try ReadableFile.contents(path, limit: 1 << 26) })
        }
        let collection = StudyCollection(contents, key: key)
        if !collection.refused.isEmpty {
            let notes = collection.refused.map { "\($0.file): \($0.reason)" }
            let message = "\(call.builtin.name): \(countText(notes.count, "file")) cannot be used"
            guard try call[skip] else {
                throw Problem(.badFile, message, argument: files.name, notes: notes, help: "skip=true goes on without them")
            }
            call.context.warn(.badFile, message, argument: files.name, label: "left out", notes: notes)
        }
        for remark in collection.remarks { call.context.warn(.badFile, remark, argument: files.name) }
        guard !collection.raters.isEmpty else {
            throw Problem(.badFile, "\(call.builtin.name): there are no answers of this study", argument: files.name)
        }
        return collection
    }

    private static func readKey(_ call: Call) throws -> StudyKey {
        let path = FileNames.readable(try call[key], call.context)
        do {
            return try StudyKey(contentsOf: path)
        } catch let error as StudyError {
            throw Problem(.badFile, error.description, argument: key.name)
        } catch {
            throw ErrorMapping.problem(error, argument: key.name, command: call.builtin.name)
        }
    }

    /// Returns a file, or the .json files of a folder, but for keys.
    private static func expanded(_ name: String, _ call: Call) throws -> [String] {
        let path = FileNames.readable(name, call.context)
        guard FileNames.isFolder(path) else { return [path] }
        let names = FileSystem.contents(path).filter { $0.hasSuffix(".json") && !$0.hasSuffix(".key.json") && !$0.hasPrefix(".") }.sorted()
        guard !names.isEmpty else {
            throw Problem(.badFile, "\(call.builtin.name): there is no .json file in \"\(name)\"", argument: files.name)
        }
        return names.map { "\(path)/\($0)" }
    }
}
