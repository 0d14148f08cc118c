import Files
import Images
import Language
import Study

/// Reads the rows of `study` and writes the page with its key.
struct StudyMaking {
    private typealias Keys = StudyCommands

    private let call: Call
    private let table: TableValue
    private let questions: [StudyQuestion]
    private let page: String, key: String

    /// The ending of a key's name.
    private static let keyEnding = ".key.json"

    init(_ call: Call) throws {
        self.call = call
        table = try TableCommands.rows(call[Keys.rows], call, Keys.rows.name)
        questions = StudyQuestion.allCases.filter(Set(try call[Keys.questions]).contains)
        page = try call.target(Keys.path, isFolder: false)
        guard page.lowercased().hasSuffix(".html") else {
            throw Problem(.cannotWrite, "a study is a page: its name ends in .html", argument: Keys.path.name, label: "this ends otherwise")
        }
        key = page.dropLast(5) + Self.keyEnding
        for name in ["item", "method", "picture"] where !table.columns.contains(name) {
            throw TableCommands.noColumn(name, table, call, Keys.rows.name)
        }
        for (question, column) in [(StudyQuestion.identity, "photo"), (.prompt, "prompt")]
        where questions.contains(question) && !table.columns.contains(column) {
            throw Problem(
                .unknownField, "study: the question \(question) needs the column \"\(column)\"", argument: Keys.rows.name,
                notes: ["there are \(table.columns.joined(separator: ", "))"],
                help: "questions=\"\(question == .identity ? "prompt" : "identity")\" asks the other one alone")
        }
    }

    /// Writes both files and returns the page's name as it was given. Throws `.badArgument` for rows that make no study.
    func write() throws -> String {
        let methods = distinct("method")
        guard methods.count > 1, methods.count <= 26 else {
            throw Problem(
                .badArgument, "study: a page compares 2 to 26 methods; there \(methods.count == 1 ? "is" : "are") \(methods.count)",
                argument: Keys.rows.name)
        }
        let design = StudyDesign(
            title: try call[Keys.title], instructions: try call[Keys.instructions], methods: methods.map(\.inlineText),
            items: try items(methods), questions: questions, forms: StudyForm.allCases.filter(Set(try call[Keys.forms]).contains),
            checks: try call[Keys.checks], pagesPerRater: try call[Keys.pagesPerRater], quality: try call[Keys.quality],
            seed: try call[Keys.seed])
        guard !design.questions.isEmpty, !design.forms.isEmpty else {
            throw Problem(.badArgument, "study: nothing is asked", argument: design.forms.isEmpty ? Keys.forms.name : Keys.questions.name)
        }
        let built: StudyBuilder
        do {
            built = try StudyBuilder(design)
        } catch let error as StudyError {
            throw Problem(
                .tooManyBytes, "study: \(error.description)", argument: Keys.rows.name, help: "quality=90 writes JPEG, about a tenth")
        }
        // A key without its page can be made again; a page whose key is another's would lose the answers.
        try call.mapped(Keys.path) {
            try checkKey(built.key)
            try AtomicFile.write(key, text: built.key.text)
            try AtomicFile.write(page, text: built.html)
        }
        return try call[Keys.path]
    }

    /// Throws where the key that is there belongs to another study, whose answers could not be read without it.
    private func checkKey(_ new: StudyKey) throws {
        guard FileNames.exists(key), let old = try? StudyKey(contentsOf: key), old.study != new.study else { return }
        throw Problem(
            .cannotWrite, "study: \"\(key)\" is the key of another study, whose answers cannot be read without it",
            argument: Keys.path.name,
            help: "give this study another name, or remove the old page and its key")
    }

    // MARK: items

    private func distinct(_ column: String) -> [Value] {
        var (seen, found) = (Set<String>(), [Value]())
        for value in cells(column) where seen.insert(SweepResults.key([value])).inserted { found.append(value) }
        return found
    }

    private func cells(_ column: String) -> [Value] {
        guard let place = table.columns.firstIndex(of: column) else { return [] }
        return table.rows.map { $0[place] }
    }

    private func items(_ methods: [Value]) throws -> [StudyItem] {
        let names = cells("item"), methodCells = cells("method"), pictures = cells("picture"), photos = cells("photo")
        let prompts = cells("prompt")
        return try distinct("item").map { name in
            let key = SweepResults.key([name])
            let rows = names.indices.filter { SweepResults.key([names[$0]]) == key }
            let shown = try methods.map { method -> Image in
                let own = rows.filter { SweepResults.key([methodCells[$0]]) == SweepResults.key([method]) }
                guard own.count == 1, let row = own.first else {
                    throw Problem(
                        .badArgument,
                        "study: item \(name.inlineText) has \(own.isEmpty ? "no picture" : "\(own.count) pictures") of method \(method.inlineText)",
                        argument: Keys.rows.name, help: "an item has one picture of every method; further pictures are further items")
                }
                return try ImageValue.reading(pictures[row], Keys.rows.name, call).image
            }
            warnOfSizes(shown, name)
            return StudyItem(
                name: name.inlineText, photo: try photo(rows, photos, name), prompt: try prompt(rows, prompts, name), pictures: shown)
        }
    }

    private func warnOfSizes(_ pictures: [Image], _ item: Value) {
        guard Set(pictures.map { "\($0.size)" }).count > 1 else { return }
        call.context.warn(
            .shapeMismatch, "the pictures of item \(item.inlineText) have different sizes; how sharp they are may tell methods apart",
            argument: Keys.rows.name, help: "resize(picture, [height, width]) brings them to one size")
    }

    /// Returns the photo of an item. Throws where there is none, or its rows have different ones.
    private func photo(_ rows: [Int], _ photos: [Value], _ name: Value) throws -> Image? {
        guard questions.contains(.identity) else { return nil }
        let found = try rows.filter { !photos[$0].isNone }.map { try ImageValue.reading(photos[$0], Keys.rows.name, call).image }
        guard let first = found.first else { throw lacks("photo", name) }
        guard found.allSatisfy({ $0 == first }) else { throw differs("photos", name) }
        return first
    }

    private func prompt(_ rows: [Int], _ prompts: [Value], _ name: Value) throws -> String? {
        guard questions.contains(.prompt) else { return nil }
        let found = rows.map { prompts[$0] }.filter { !$0.isNone }.map(\.inlineText)
        guard let first = found.first, !first.isEmpty else { throw lacks("prompt", name) }
        guard found.allSatisfy({ $0 == first }) else { throw differs("prompts", name) }
        if first.contains("<"), first.contains(">") {
            call.context.warn(
                .badArgument, "the prompt of item \(name.inlineText) has a handle in it, which says nothing to raters: \(first)",
                argument: Keys.rows.name, help: "write the thing's class: \"a photo of a fish at the beach\"")
        }
        return first
    }

    private func lacks(_ what: String, _ item: Value) -> Problem {
        Problem(.badArgument, "study: item \(item.inlineText) has no \(what)", argument: Keys.rows.name)
    }

    private func differs(_ what: String, _ item: Value) -> Problem {
        Problem(
            .badArgument, "study: the rows of item \(item.inlineText) have different \(what)", argument: Keys.rows.name,
            help: "what is compared on one page has one photo and one prompt")
    }
}
