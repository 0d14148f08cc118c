import Images

/// What raters are asked of a picture; the names are those of the automatic measures that stand for the same question.
public enum StudyQuestion: String, Sendable, CaseIterable {
    /// Does the picture show the thing of the photo?
    case identity
    /// Does the picture show what the prompt says?
    case prompt
}

/// How raters answer.
public enum StudyForm: String, Sendable, CaseIterable {
    /// A rating of 1…5 for each picture of a page.
    case likert
    /// The best picture of a page: a forced choice.
    case choice
}

/// One thing that is compared: the pictures that several methods made for the same task, which stand on a page together.
public struct StudyItem: Sendable {
    /// The item's name; raters do not see it.
    public var name: String
    /// The photo of the thing; needed for `identity`.
    public var photo: Image?
    /// The text that raters read; needed for `prompt`.
    public var prompt: String?
    /// The picture of each method, in the order of the design's methods.
    public var pictures: [Image]

    /// Creates an item.
    public init(name: String, photo: Image?, prompt: String?, pictures: [Image]) {
        (self.name, self.photo, self.prompt, self.pictures) = (name, photo, prompt, pictures)
    }
}

/// A study as it is planned: what is compared, and what is asked. The caller has made sure that every item has a picture of each method and
/// what the questions need, and that names differ.
public struct StudyDesign: Sendable {
    /// The title that raters see.
    public var title: String
    /// What raters read before they begin, beside what the page itself explains; "" for nothing.
    public var instructions: String
    /// The names of the methods; raters do not see them.
    public var methods: [String]
    /// What is compared.
    public var items: [StudyItem]
    /// What is asked of each item.
    public var questions: [StudyQuestion]
    /// How it is answered: each question once in each form.
    public var forms: [StudyForm]
    /// The number of attention checks of each kind for each question and form.
    public var checks: Int
    /// How many pages a rater gets, drawn at random for each rater, beside the checks; nil for all.
    public var pagesPerRater: Int?
    /// The quality of JPEG (1…100) that pictures are written with, or nil for PNG.
    public var quality: Int?
    /// The seed of names, orders and checks.
    public var seed: Int

    /// Creates a design.
    public init(
        title: String, instructions: String = "", methods: [String], items: [StudyItem], questions: [StudyQuestion], forms: [StudyForm],
        checks: Int = 0, pagesPerRater: Int? = nil, quality: Int? = nil, seed: Int = 0
    ) {
        (self.title, self.instructions, self.methods, self.items) = (title, instructions, methods, items)
        (self.questions, self.forms, self.checks) = (questions, forms, checks)
        (self.pagesPerRater, self.quality, self.seed) = (pagesPerRater, quality, seed)
    }
}
