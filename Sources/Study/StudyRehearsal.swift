import Files
import Tensors

/// Answers that nobody gave, to try the analysis of a study and to see how many raters it needs, before anyone is asked.
public struct StudyRehearsal: Sendable {
    /// The mean rating of each method, on the scale of 1…5; 3 for methods that are not named.
    public var means: [String: Double]
    /// The deviation of single ratings.
    public var spread: Double
    /// The seed.
    public var seed: Int

    /// Creates a rehearsal.
    public init(means: [String: Double], spread: Double, seed: Int) { (self.means, self.spread, self.seed) = (means, spread, seed) }

    /// Returns the file of an invented rater, whose ratings are normal numbers about the means, rounded and cut to 1…5. The picture of the
    /// highest number is chosen; noise gets 1. A rater gets as many pages as the study says.
    public func file(rater number: Int, key: StudyKey) -> String {
        let rater = "rehearsal \(number)"
        let draw = RandomDraw(seed: UInt64(bitPattern: Int64(seed)), stream: "study/rehearsal", step: UInt32(truncatingIfNeeded: number))
        let pages = pages(key, draw).enumerated().map { place, id -> StudyAnswers.Page in
            let page = key.pages[id]
            let order = page?.pictures ?? []
            let numbers = draw.numbered(place).normal([order.count]).values
            let opinions = zip(order, numbers).map { picture, number in
                key.pictures[picture].map { means[$0, default: 3] + spread * Double(number) } ?? 1
            }
            if page?.form == .choice {
                let best = opinions.indices.filter { key.pictures[order[$0]] != nil }.max { opinions[$0] < opinions[$1] }
                return .init(page: id, order: order, ratings: nil, chosen: best.map { order[$0] } ?? "", seconds: 10)
            }
            return .init(page: id, order: order, ratings: opinions.map { Int(min(5, max(1, $0)).rounded()) }, chosen: nil, seconds: 10)
        }
        return StudyAnswers(rater: rater, pages: pages, pageCount: key.pagesOfRater).text(study: key.study, isRehearsal: true)
    }

    /// Returns the pages of an invented rater: the checks, what they repeat, and as many others as there are to be.
    private func pages(_ key: StudyKey, _ draw: RandomDraw) -> [String] {
        let all = key.pages.keys.sorted()
        let needed = all.filter { key.pages[$0]?.check != nil || key.isRepeated($0) }
        let others = all.filter { !needed.contains($0) }
        let count = max(0, min(others.count, key.pagesOfRater - needed.count))
        return (needed + draw.sample(count, below: others.count).map { others[$0] }).sorted()
    }
}

extension RandomDraw {
    /// Returns another draw of the same seed, which differs for each number.
    fileprivate func numbered(_ number: Int) -> RandomDraw {
        RandomDraw(seed: UInt64(word(2 * number)) << 32 | UInt64(word(2 * number + 1)), stream: "study/rehearsal/page", step: 0)
    }
}
