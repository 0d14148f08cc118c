import Figures
import Images
import Tensors

extension AttentionValue {
    private static let side = 192
    /// More rows or columns than this are not drawn.
    private static let most = (rows: 16, columns: 8)

    /// Every map over the picture: in a row titled by token (or what else was kept), or rows and columns of two axes.
    /// Throws `ImageError`.
    func figure() throws -> Figure {
        let lead = Array(maps.shape.dropLast(2))
        let base = try picture?.resized(to: PixelSize(width: Self.side, height: Self.side), .lanczos)
        let maps = try overlays(on: base)
        guard let across = lead.last else {
            return Figure(
                .pictures(
                    PictureGrid((base.map { [$0] } ?? []) + maps, titles: (base == nil ? [] : [""]) + [tokens.joined(separator: ", ")])))
        }
        let columns = labels(lead.count - 1)
        if lead.count == 1 {
            let shown = Array(maps.prefix(Self.most.rows * Self.most.columns))
            let titles = (base == nil ? [] : [""]) + columns.prefix(shown.count)
            return Figure(
                .pictures(
                    PictureGrid((base.map { [$0] } ?? []) + shown, titles: titles, columns: min(6, shown.count + (base == nil ? 0 : 1)))),
                title: name)
        }
        let rows = (0..<min(maps.count / max(1, across), Self.most.rows))
        let kept = min(across, Self.most.columns)
        let shown = rows.flatMap { row in maps[row * across..<row * across + kept] }
        return Figure(
            .pictures(
                PictureGrid(shown, columns: kept, columnTitles: Array(columns.prefix(kept)), rowTitles: rows.map { rowTitle($0, lead) })),
            title: name)
    }

    /// The token, where no axis says it.
    private var name: String { axes.first == "token" ? "" : tokens.joined(separator: ", ") }

    private func overlays(on base: Image?) throws -> [Image] {
        let (height, width) = (maps.shape[maps.rank - 2], maps.shape[maps.rank - 1])
        let flat = maps.reshaped([maps.count / (height * width), height * width])
        return try (0..<flat.shape[0]).map { index in
            let map = flat.row(index).values
            if let base { return try base.overlay(heat: map, width: width, height: height) }
            let top = max(map.filter(\.isFinite).max() ?? 1, .leastNormalMagnitude)
            return try Image(heat: map, width: width, height: height, .inferno, range: 0...top).resized(
                to: PixelSize(width: Self.side, height: Self.side), .bilinear)
        }
    }

    /// What stands at each place of an axis.
    private func labels(_ axis: Int) -> [String] {
        switch axes[axis] {
        case "token": tokens
        case "layer": layers.map { $0.replacing(".transformer_blocks.0.attn2", with: "") }
        case "timestep": timesteps.map { "t = \($0)" }
        default: (0..<maps.shape[axis]).map { "\(axes[axis]) \($0)" }
        }
    }

    /// The labels of all axes but the last, of the row-th combination.
    private func rowTitle(_ row: Int, _ lead: [Int]) -> String {
        var (rest, parts) = (row, [String]())
        for axis in lead.indices.dropLast().reversed() {
            parts.insert(labels(axis)[rest % lead[axis]], at: 0)
            rest /= lead[axis]
        }
        return parts.joined(separator: ", ")
    }
}
