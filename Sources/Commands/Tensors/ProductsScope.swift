import Language
import Tensors

extension ProductPrecision: WordArgument {}

/// The block `with products("bf16") { … }`, which chooses what the products of linear layers and convolutions are rounded to.
public enum ProductsScope {
    /// The names of the precisions that the block takes.
    public static let names = ProductPrecision.allCases.map(\.rawValue)

    /// Returns the precision of a name; float32 for a name that is none.
    public static func precision(_ name: String) -> ProductPrecision { ProductPrecision(rawValue: name) ?? .float32 }

    private static let rounding = Key<ProductPrecision>(
        "precision", doc: "float32; or bf16, twice as fast where the processor has AVX512_BF16, to eight bits.")

    /// The row of `products`.
    static let builtin = Builtin(
        "products", family: .tensors,
        summary: "The precision of a block's linear layers and convolutions: with products(\"bf16\") { … }.",
        parameters: [rounding], result: .none, terms: ["bfloat16", "bf16", "mixed precision", "autocast", "half"],
        examples: [.init("with products(\"float32\") { sum(ones([3])) }", shows: "3.0")], seeAlso: ["no_grad"],
        scope: { call in
            do {
                return try call[rounding].enter()
            } catch let error as ProductPrecision.Unsupported {
                throw problem(error, argument: rounding.name)
            }
        },
        run: { _ in throw Problem(.badArgument, "products begins a block", help: "with products(\"bf16\") { … }") })

    /// Returns the problem of a precision that this processor does not have, at `argument`.
    static func problem(_ error: ProductPrecision.Unsupported, argument: String?) -> Problem {
        Problem(
            .badArgument, error.description, argument: argument, notes: ["this is an \(Processor.name) (\(Processor.vectors))"],
            help: "float32 is what every processor has, and what holds without this")
    }
}
