import Diffusion
import Language
import Tensors

/// Tensors of a model's parameters and handles under their names: gradients, and an optimizer's moments.
///
/// A parameter has its full name ("unet.conv_in.weight"). A handle has its token, and its tensor is its row of the table, [D] or [A, D], so that one
/// handle can be inspected and moved without the others.
struct NamedTensors: Sendable {
    struct Entry: Sendable {
        let name: String
        let shape: [Int]
        /// The tensor; nil stands for zeros, where the loss does not depend on it.
        let tensor: Tensor?
    }

    /// The tensors, in the order in which they were named; those of a model's parameters in the model's order.
    let entries: [Entry]

    static let handleTable = "text_encoder." + CLIPTextModel.handleEmbeddingName

    var names: [String] { entries.map(\.name) }

    /// Returns the place of a name among the parameters; handles are parts of their table.
    static func path(_ name: String) -> String { name.hasPrefix("<") ? "\(handleTable).\(name)" : name }

    /// Returns whether a name lies below a layer's: "unet.conv_in.weight" below "unet.conv_in" and "unet".
    static func lies(_ name: String, below layer: String) -> Bool { path(name).hasPrefix(layer + ".") }

    func tensor(of entry: Entry) -> Tensor { entry.tensor ?? .zeros(entry.shape) }

    /// Every number in one vector, in the order of the names.
    var flattened: Tensor { .concatenated(entries.map { tensor(of: $0).reshaped([$0.shape.reduce(1, *)]) }, axis: 0) }

    var byteCount: Int { entries.reduce(0) { $0 + ($1.tensor?.count ?? 0) * MemoryLayout<Float>.stride } }

    func map(_ body: (Entry) -> Tensor?) -> NamedTensors {
        NamedTensors(entries: entries.map { Entry(name: $0.name, shape: $0.shape, tensor: body($0)) })
    }

    // MARK: choosing

    enum Choice {
        case one(Tensor)
        case several(NamedTensors)
    }

    /// Returns what an index picks: a handle's or a parameter's tensor, or all that lie below a layer's name. `owner` is the indexed
    /// value's type, for messages. Throws `.badIndex`, `.unknownHandle` and `.unknownField`.
    func chosen(_ subscripts: [Subscript], from owner: String) throws -> Choice {
        guard subscripts.count == 1, case .at(let key) = subscripts[0] else {
            throw Problem(.badIndex, "\(owner) take one name or handle between the brackets", help: Self.examples)
        }
        if let handle = key.host(as: HandleValue.self) {
            guard let entry = entries.first(where: { $0.name == handle.token }) else {
                throw Problem(.unknownHandle, "these \(owner) are not of \(handle.token)", notes: [summary])
            }
            return .one(tensor(of: entry))
        }
        guard case .string(let name) = key else {
            throw Problem(.badIndex, "\(owner) are indexed by a handle or by a name, not by \(key.describedType)", help: Self.examples)
        }
        if let entry = entries.first(where: { $0.name == name }) { return .one(tensor(of: entry)) }
        let below = entries.filter { Self.lies($0.name, below: name) }
        guard below.isEmpty else { return .several(NamedTensors(entries: below)) }
        throw Problem(
            .unknownField, "these \(owner) have no name \"\(name)\", and no layer", notes: [summary],
            help: nearestName(name, among: names).map { "did you mean \"\($0)\"?" })
    }

    private static let examples = "g[model.handles[0]], g[\"unet.conv_in.weight\"], g[\"unet.down_blocks.0\"]; .names has all names"

    /// A sentence: "they are of <asset0>, <asset1>", "they are of 686 parameters, unet.… to text_encoder.…".
    var summary: String { "they are of \(title)" }

    var title: String { Self.title(names) }

    /// Returns the names in short: "<asset0>, <asset1>", "686 parameters, unet.conv_in.weight … text_encoder.final_layer_norm.bias".
    static func title(_ names: [String]) -> String {
        guard names.count > 4, let first = names.first, let last = names.last else { return names.joined(separator: ", ") }
        return names.allSatisfy { $0.hasPrefix("<") }
            ? "\(names.count) handles, \(first) … \(last)" : "\(names.count) parameters, \(first) … \(last)"
    }

    // MARK: text

    /// Returns the norms of handles and of blocks of parameters, largest first, each with its share of the squared norm. `scale` multiplies
    /// the norms.
    func table(scale: Double, width: Int) -> [String] {
        var (order, squares) = ([String](), [String: Double]())
        for entry in entries {
            let block = entry.name.hasPrefix("<") ? entry.name : DiffusionModel.block(of: entry.name)
            if squares[block] == nil { order.append(block) }
            squares[block, default: 0] += entry.tensor?.sumOfSquares ?? 0
        }
        guard order.count > 1 else { return [] }
        let total = squares.values.reduce(0, +)
        let rows = order.sorted { (squares[$0] ?? 0) > (squares[$1] ?? 0) }.map { block in
            let square = squares[block] ?? 0
            return [
                block, NumberText.column(square.squareRoot() * abs(scale)),
                NumberText.fixed(total > 0 ? square / total * 100 : 0, 1) + " %",
            ]
        }
        var table = TextTable(columns: [.init("of"), .init("norm", number: true), .init("share", number: true)], rows: rows)
        table.mostRows = 12
        return table.lines(width: width, indent: 2)
    }
}

extension Call {
    /// Throws `.modelMismatch` where two arguments are gradients, or moments, of different things: comparing their numbers would be
    /// meaningless.
    func checkNames<First, Second>(_ first: Key<First>, _ second: Key<Second>) throws {
        guard let a = try value(first).host(as: NamedTensorsReadable.self)?.tensors,
            let b = try value(second).host(as: NamedTensorsReadable.self)?.tensors,
            a.names != b.names
        else { return }
        throw Problem(
            .modelMismatch, "\(builtin.name): these are of different things", argument: second.name,
            label: "of \(b.title); the other of \(a.title)", help: "choose by name what both have: g[\"unet.conv_in\"], g[handle]")
    }
}

/// A host value that is tensors under names.
protocol NamedTensorsReadable: TensorReadable {
    var tensors: NamedTensors { get }
}
