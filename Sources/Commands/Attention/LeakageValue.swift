import BreakAScene
import Language
import Tensors

/// The leakage matrix as a table that explains how to read it and what it does not measure.
struct LeakageValue: DeclaredValue, TableReadable {
    let matrix: LeakageMatrix

    static let declaration = HostDeclaration<LeakageValue>(
        "leakage", "Where the attention of each handle goes on the photo: its share in every mask and in the background, beside chance.",
        fields: [
            .init("handles", .listOf(.string), "The handles, one a row.") { .list($0.matrix.handles.map { .string($0) }) },
            .init("shares", TensorType.of([nil, nil]), "The share of a handle's attention in each mask, and in the background at last.") {
                tensor($0.matrix.shares)
            },
            .init("chance", TensorType.of([nil]), "The shares of a token that looks everywhere alike: the areas.") {
                .tensor(Tensor($0.matrix.chance.map(Float.init), shape: [$0.matrix.chance.count]))
            },
            .init("lift", TensorType.of([nil, nil]), "The shares as multiples of chance.") { tensor($0.matrix.lift) },
            .init("iou", .listOf(.float), "The same as mean_iou.") { numbers($0.matrix.meanIoU) },
            .init("mean_iou", .listOf(.float), "Of each handle, the mean over what was looked at of the soft IoU with its own mask.") {
                numbers($0.matrix.meanIoU)
            },
            .init("iou_of_mean", .listOf(.float), "Of each handle, the soft IoU of its mean map with its own mask.") {
                numbers($0.matrix.iouOfMean)
            },
            .init("attention", .listOf(.float), "Each token's probability in its own mask, as a multiple of even attention.") {
                numbers($0.matrix.attention)
            },
            .init("own", .float, "The mean share of the handles in their own masks.") { .float($0.matrix.own) },
            .init("worst", .float, "The largest share outside of a handle's own mask.") { .float($0.matrix.worst) },
            .init("worst_other", .float, "The largest share in another thing's mask.") { .float($0.matrix.worstOther) },
        ])

    private static func numbers(_ values: [Double]) -> Value { .list(values.map { .float($0) }) }

    private static func tensor(_ rows: [[Double]]) -> Value {
        .tensor(Tensor(rows.flatMap { $0.map(Float.init) }, shape: [rows.count, rows.first?.count ?? 0]))
    }

    private var columns: [String] { matrix.maskNames + ["background", "mean IoU", "IoU of mean", "attention"] }

    var table: TableValue {
        TableValue(
            columns: ["handle"] + columns,
            rows: matrix.labels.enumerated().map { row, label in
                [.string(label.short)]
                    + (matrix.shares[row] + [matrix.meanIoU[row], matrix.iouOfMean[row], matrix.attention[row]]).map { .float($0) }
            })
    }

    var inlineText: String { "leakage: own \(NumberText.share(matrix.own)), worst leak \(NumberText.share(matrix.worst))" }

    func display(_ context: DisplayContext) -> Display {
        let head = matrix.pairing.isEmpty ? [] : TextLines.wrapped("leakage of \(matrix.pairing)", width: context.width, rest: "  ")
        let notes =
            [
                "A row is where a handle's attention goes, in shares of its mass, ×: as a multiple of chance, which is the mask's area. "
                    + "attention: the token's probability inside its own mask, × what every token has where it is spread evenly."
            ] + matrix.handles.indices.map(sentence) + [
                "Looked at: \(matrix.conditions.description). Not measured: the pictures that the handles draw (inspect_pictures)"
                    + (matrix.conditions.isTrainingAlone ? ", other prompts, orders and noises (prompts=, orders=, flips=, noises=)." : ".")
            ]
        return Display(
            (head + lines(context.width) + notes.flatMap { TextLines.wrapped($0, width: context.width) }).joined(separator: "\n"),
            image: picture(rows: matrix.labels.map(\.short), columns: matrix.maskNames, context))
    }

    /// Returns a row for each handle, and one for the chance level.
    private func lines(_ width: Int) -> [String] {
        func times(_ value: Double) -> String { NumberText.fixed(value, value < 9.95 ? 1 : 0) + "×" }
        let lift = matrix.lift
        let rows = matrix.handles.indices.map { row in
            [matrix.labels[row].full] + zip(matrix.shares[row], lift[row]).map { "\(NumberText.share($0)) \(times($1))" }
                + [NumberText.share(matrix.meanIoU[row]), NumberText.share(matrix.iouOfMean[row]), times(matrix.attention[row])]
        }
        let chance = ["chance"] + matrix.chance.map { NumberText.share($0) + " 1.0×" } + ["", "", ""]
        return TextTable(columns: [.init("")] + columns.map { .init($0, number: true) }, rows: rows + [chance]).lines(width: width)
    }

    /// Returns a sentence on a row, by the thresholds that it names.
    private func sentence(_ row: Int) -> String {
        let (shares, name, limits) = (matrix.shares[row], matrix.labels[row].short, LeakageMatrix.limits)
        func percent(_ share: Double) -> String { NumberText.fixed(share * 100, 0) + " %" }
        func place(_ index: Int) -> String { index < matrix.maskNames.count ? matrix.maskNames[index] : "the background" }
        let own = Metrics.aboveChance(shares[row], matrix.chance[row])
        let start = "\(name): \(percent(shares[row])) in its own mask, \(percent(own)) of the way from chance"
        return switch matrix.verdict(row) {
        case .unseen:
            "\(name) is hardly looked at: \(NumberText.fixed(matrix.attention[row], 2)) × even attention in its own mask, so its shares say little."
        case .mixed(let other):
            "\(start); \(percent(shares[other])) in \(place(other)), more than chance (\(percent(matrix.chance[other]))) and than \(percent(limits.mixed)): the two are mixed."
        case .apart: "\(start) (\(percent(limits.apart)) or more): kept apart on this photo."
        case .leaks(let other): "\(start) (less than \(percent(limits.apart))): it leaks, \(percent(shares[other])) to \(place(other))."
        case .lost(let other):
            "\(start) (less than \(percent(limits.held))): it looks past its thing, \(percent(shares[other])) at \(place(other)); more steps, or crop(scene) for a small thing, may help."
        }
    }
}

extension LeakageConditions {
    /// Whether the conditions are those of training, and nothing else.
    fileprivate var isTrainingAlone: Bool { prompts == LeakageConditions().prompts && orders == [.masks] && !flips && noises == 1 }
}
