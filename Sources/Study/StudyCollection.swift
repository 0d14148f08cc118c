import Files

/// The answers of all raters of a study, gathered from their files.
public struct StudyCollection: Sendable {
    /// The study's key.
    public let key: StudyKey
    /// The raters in the order of their files, each once.
    public private(set) var raters: [StudyAnswers] = []
    /// What is to be known of the files, but keeps nothing from being used: copies, and raters who did not answer everything.
    public private(set) var remarks: [String] = []
    /// The files that cannot be used, each with the reason.
    public private(set) var refused: [(file: String, reason: String)] = []

    /// Gathers files, given by their names and contents. One rater's files count once: the one with the most answers, where it agrees with the
    /// others in what they have; files that contradict each other are refused.
    public init(_ files: [(name: String, contents: [UInt8])], key: StudyKey) {
        self.key = key
        var sources: [String: [(name: String, answers: StudyAnswers)]] = [:]
        var order: [String] = []
        for file in files {
            do throws(StudyAnswers.Fault) {
                let answers = try StudyAnswers(file.contents, key: key)
                if sources[answers.rater] == nil { order.append(answers.rater) }
                sources[answers.rater, default: []].append((file.name, answers))
            } catch {
                refused.append((file.name, error.description))
            }
        }
        for rater in order { add(rater, sources[rater] ?? []) }
        let invented = raters.filter(\.isRehearsal).map(\.rater)
        if !invented.isEmpty { remarks.append("invented by study_rehearsal, not given by people: \(invented.joined(separator: ", "))") }
        for answers in raters where !answers.isComplete {
            remarks.append("\(answers.rater) answered \(answers.pages.count) of \(answers.pageCount) pages")
        }
    }

    private mutating func add(_ rater: String, _ files: [(name: String, answers: StudyAnswers)]) {
        guard let fullest = files.max(by: { $0.answers.pages.count < $1.answers.pages.count }) else { return }
        for file in files where !Self.agrees(file.answers, with: fullest.answers) {
            refused.append((file.name, "contradicts \(fullest.name), which is by the same rater, \(rater)"))
        }
        let copies = files.filter { $0.name != fullest.name && Self.agrees($0.answers, with: fullest.answers) }
        if !copies.isEmpty {
            remarks.append("\(copies.map(\.name).joined(separator: ", ")): left out, \(fullest.name) has the same answers by \(rater)")
        }
        raters.append(fullest.answers)
    }

    /// Returns whether every answer of `part` stands in `whole`; how long a page was looked at may differ.
    private static func agrees(_ part: StudyAnswers, with whole: StudyAnswers) -> Bool {
        let answers = Dictionary(whole.pages.map { ($0.page, $0) }) { first, _ in first }
        return part.pages.allSatisfy { page in
            answers[page.page].map { ($0.order, $0.ratings, $0.chosen) == (page.order, page.ratings, page.chosen) } ?? false
        }
    }

    // MARK: ratings

    /// What a rater said of the picture of one method for one item.
    public struct Opinion: Sendable, Equatable {
        /// Who said it, of what.
        public var rater: String, item: String, method: String
        /// The ratings 1…5, by question.
        public var ratings: [StudyQuestion: Int] = [:]
        /// Whether the picture was chosen as the best, by question.
        public var isBest: [StudyQuestion: Bool] = [:]
    }

    /// Returns one opinion for each rater, item and method that has an answer, in the order of raters, items and methods. Checks are no
    /// opinions.
    public func opinions() -> [Opinion] {
        raters.flatMap { rater -> [Opinion] in
            var found: [String: [String: Opinion]] = [:]
            for page in rater.pages {
                guard let known = key.pages[page.page], known.check == nil else { continue }
                for (place, picture) in page.order.enumerated() {
                    guard let method = key.pictures[picture] else { continue }
                    var opinion = found[known.item]?[method] ?? Opinion(rater: rater.rater, item: known.item, method: method)
                    if let ratings = page.ratings { opinion.ratings[known.question] = ratings[place] }
                    if let chosen = page.chosen { opinion.isBest[known.question] = chosen == picture }
                    found[known.item, default: [:]][method] = opinion
                }
            }
            return key.items.flatMap { item in key.methods.compactMap { found[item]?[$0] } }
        }
    }

    // MARK: attention

    /// How attentive a rater was.
    public struct Attention: Sendable, Equatable {
        /// The rater.
        public var rater: String
        /// The pages with a picture of noise that were answered, and those on which it was neither chosen nor rated above 2, nor above the
        /// mean of the others.
        public var noisePages: Int, noisePassed: Int
        /// The mean difference of ratings between two answers to the same page, 0…4; nil where none was rated twice.
        public var repeatedDifference: Double?
        /// The share of choices that were the same at both times; nil where none was made twice.
        public var repeatedChoices: Double?
        /// The share of pages of ratings on which all pictures got the same.
        public var flatPages: Double?
        /// The median time on a page.
        public var medianSeconds: Double

        /// Whether a check was failed: noise was liked, or ratings of the same differ by more than 1.5 on average.
        public var isInattentive: Bool { noisePassed < noisePages || (repeatedDifference ?? 0) > 1.5 }
    }

    /// Returns how attentive each rater was, in the raters' order.
    public func attention() -> [Attention] { raters.map(examined) }

    private func examined(_ rater: StudyAnswers) -> Attention {
        let pages = Dictionary(rater.pages.map { ($0.page, $0) }) { first, _ in first }
        var (noise, passed, differences, same) = (0, 0, [Double](), [Bool]())
        for page in rater.pages {
            switch key.pages[page.page]?.check {
            case .noise(let picture):
                noise += 1
                if Self.seesNoise(page, picture) { passed += 1 }
            case .repeats(let other):
                guard let first = pages[other] else { continue }
                if let chosen = page.chosen { same.append(chosen == first.chosen) }
                let before = Dictionary(zip(first.order, first.ratings ?? [])) { rating, _ in rating }
                for (picture, rating) in zip(page.order, page.ratings ?? []) {
                    if let other = before[picture] { differences.append(Double(abs(rating - other))) }
                }
            case nil: break
            }
        }
        let rated = rater.pages.compactMap(\.ratings).filter { $0.count > 1 }
        func mean(_ values: [Double]) -> Double? { values.isEmpty ? nil : values.reduce(0, +) / Double(values.count) }
        let seconds = rater.pages.map(\.seconds).sorted()
        let middle = seconds.isEmpty ? 0 : (seconds[(seconds.count - 1) / 2] + seconds[seconds.count / 2]) / 2
        return Attention(
            rater: rater.rater, noisePages: noise, noisePassed: passed, repeatedDifference: mean(differences),
            repeatedChoices: mean(same.map { $0 ? 1 : 0 }), flatPages: mean(rated.map { Set($0).count == 1 ? 1 : 0 }), medianSeconds: middle
        )
    }

    private static func seesNoise(_ page: StudyAnswers.Page, _ noise: String) -> Bool {
        guard let ratings = page.ratings, let place = page.order.firstIndex(of: noise) else { return page.chosen != noise }
        let others = ratings.indices.filter { $0 != place }.map { Double(ratings[$0]) }
        return ratings[place] <= 2 && Double(ratings[place]) <= others.reduce(0, +) / Double(max(1, others.count))
    }
}
