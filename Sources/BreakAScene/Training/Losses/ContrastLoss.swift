import Autograd
import Tensors

extension LossTerm {
    /// A contrastive loss between the handles' embeddings: InfoNCE with the cosine s as similarity and the temperature τ,
    /// L = meanᵢ ln Σⱼ exp((sᵢⱼ − sᵢᵢ) / τ) over the scene's N handles, whatever the step's prompt names. A handle has one
    /// embedding, so it is its own positive and the others are its negatives: the loss pushes handles apart and pulls nothing.
    /// (MCPL's PromptCL, arXiv 2310.12274, has as positives the words that are bound to a concept.) ln N where all handles
    /// are the same, ln(1 + (N − 1) e^(−1/τ)) where they are orthogonal. A scene of one handle has none. Handles with an embedding for
    /// each layer are compared layer by layer, and the loss is the mean.
    public static let contrast = LossTerm(
        name: "contrast", label: "con",
        weight: .init(standard: 0, doc: "Weight of the contrastive loss (InfoNCE) between the handles' embeddings.")
    ) { input in
        guard input.pairing.count > 1, let table = input.model.textEncoder.handleEmbedding else { return nil }
        return Value(loss: contrast(table, input.pairing.handles, temperature: Float(input.options.contrastTemperature)))
    }

    /// The loss between some handles of a table [K, D] or [K, A, D], a scalar.
    static func contrast(_ table: Variable, _ handles: [Int], temperature: Float) -> Variable {
        guard table.shape.count == 3 else { return infoNCE(.embedding(handles, of: [table]), temperature: temperature) }
        let (count, width) = (table.shape[1], table.shape[2])
        let rows = table.reshaped([table.shape[0] * count, width])
        let losses = (0..<count).map { layer in
            infoNCE(.embedding(handles.map { $0 * count + layer }, of: [rows]), temperature: temperature)
        }
        return losses.dropFirst().reduce(losses[0], +).scaled(by: 1 / Float(count))
    }

    /// The loss of embeddings [N, D], a scalar.
    static func infoNCE(_ embeddings: Variable, temperature: Float) -> Variable {
        let norms = embeddings.square().sum([1], keepsAxes: true).scaled(by: 1, plus: 1e-12).sqrt()
        let unit = embeddings / norms
        let own = unit.square().sum([1], keepsAxes: true)
        let distances = unit.matmul(unit.permuted([1, 0])) - own
        return distances.scaled(by: 1 / temperature).exp().sum([1]).log().mean()
    }
}
