import Diffusion
import NeuralNetwork
import Tensors

// The words that a model was taught.
extension DiffusionModel {
    /// The words that the model was taught, in alphabetical order: tokens of letters that stand for a whole word.
    ///
    /// A token that no caption of the training had keeps the embedding that it was drawn with, far shorter than those that
    /// moved. Where all lengths of the table fall into two groups with a wide gap between them, only words of the longer ones
    /// count: the embedded model has 368 tokens of letters that are pieces of words, or words kept for tests. Of a model
    /// without such a gap, as Stable Diffusion's, every token that ends a word is listed, pieces such as "ing" among them.
    public var words: [String] { taughtTokens.map(\.word).sorted() }

    /// The taught words with their token ids, in the order of the ids.
    private var taughtTokens: [(word: String, id: Int)] {
        let lengths = tokenLengths
        let least = Self.gap(lengths) ?? 0
        return lengths.indices.compactMap { id in
            guard lengths[id] > least, let token = tokenizer.token(of: id), token.hasSuffix("</w>") else { return nil }
            let word = tokenizer.decode([id]).filter { !$0.isWhitespace }
            return word.count > 1 && word.allSatisfy(\.isLetter) ? (word, id) : nil
        }
    }

    /// The L2 norms of the rows of the token table.
    private var tokenLengths: [Double] {
        let table = textEncoder.tokenEmbedding.value
        return (0..<table.shape[0]).map { table.row($0).sumOfSquares.squareRoot() }
    }

    /// Between the lengths of rows that were never trained and those that were: in the middle of the widest gap, where it
    /// is at least a factor of two and either side has one row in twenty; nil where there is none.
    static func gap(_ lengths: [Double]) -> Double? {
        let sorted = lengths.sorted()
        let margin = max(1, sorted.count / 20)
        guard sorted.count > 2 * margin else { return nil }
        let place = (margin..<sorted.count - margin).max {
            sorted[$0] / max(sorted[$0 - 1], 1e-12) < sorted[$1] / max(sorted[$1 - 1], 1e-12)
        }
        guard let place, sorted[place] >= 2 * sorted[place - 1], sorted[place - 1] > 0 else { return nil }
        return (sorted[place] * sorted[place - 1]).squareRoot()
    }

    /// Words whose embeddings are most like `embedding` [D], most alike first, each with the cosine of the angle between.
    public func nearestWords(to embedding: Tensor, count: Int) -> [(word: String, cosine: Double)] {
        let table = textEncoder.tokenEmbedding.value
        let target = embedding.reshaped([embedding.count])
        let length = embedding.sumOfSquares.squareRoot()
        let scores = taughtTokens.map { word, id in
            let row = table.row(id)
            return (word: word, cosine: row.reshaped([row.count]).dot(target) / max(1e-12, row.sumOfSquares.squareRoot() * length))
        }
        return Array(scores.sorted { $0.cosine > $1.cosine }.prefix(count))
    }

    /// Says why a handle would start badly from a word, with advice; nil where nothing speaks against the word.
    public func problem(ofWord word: String) -> (message: String, help: String)? {
        let ids = tokenizer.encode(word)
        guard let first = ids.first, first < textEncoder.configuration.vocabularySize else { return nil }
        if ids.count > 1 {
            let pieces = ids.map { "\"\(tokenizer.decode([$0]).filter { !$0.isWhitespace })\"" }.joined(separator: ", ")
            return (
                "\"\(word)\" is \(ids.count) tokens of this model: \(pieces); a handle starts from the first alone",
                "a word that is one token, such as \"toy\", starts better; model.words lists them"
            )
        }
        guard let least = Self.gap(tokenLengths), textEncoder.tokenEmbedding.value.row(first).sumOfSquares.squareRoot() <= least else {
            return nil
        }
        return (
            "\"\(word)\" is a token of this model that it was never taught: its embedding is as it was drawn at random",
            "model.words lists what it was taught"
        )
    }
}
