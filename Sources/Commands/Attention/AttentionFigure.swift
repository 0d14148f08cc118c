import Figures
import Images
import Tensors

extension AttentionValue {
    /// The most rows and columns that are drawn; the text says where there are more.
    static let most = (rows: 64, columns: 24)

    /// The side of a map in pixels: smaller where there are many, so that a screen can show the sheet.
    private var side: Int {
        let lead = maps.shape.dropLast(2)
        let rows = lead.count < 2 ? 1 : lead.dropLast().reduce(1, *)
        return min(192, max(48, 3072 / max(1, min(rows, Self.most.rows))))
    }

    /// A sentence on the maps that are not drawn; nil where all are.
    var leftOut: String? {
        let lead = maps.shape.dropLast(2)
        guard let last = lead.last else { return nil }
        let rows = lead.dropLast().reduce(1, *)
        let all =
            lead.count == 1
            ? [(last, Self.most.rows * Self.most.columns, "maps")] : [(rows, Self.most.rows, "rows"), (last, Self.most.columns, "columns")]
        let parts = all.filter { $0.0 > $0.1 }.map { "the first \($0.1) of \($0.0) \($0.2)" }
        return parts.isEmpty
            ? nil : "drawn are \(parts.joined(separator: " and ")): an index, as in maps[0], or layers=, heads= and timesteps= pick others"
    }

    /// Returns every map over the picture: in a row titled by token or another kept axis, or in rows and columns of two axes. Throws
    /// `ImageError`.
    func figure() throws -> Figure {
        let lead = Array(maps.shape.dropLast(2))
        let base = try picture?.resized(to: PixelSize(width: side, height: side), .lanczos)
        let maps = try overlays(on: base)
        guard let across = lead.last else {
            return Figure(
                .pictures(
                    PictureGrid((base.map { [$0] } ?? []) + maps, titles: (base == nil ? [] : [""]) + [title])))
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

    /// The tokens, where no axis names them.
    private var name: String { axes.first == "token" ? "" : title }

    private func overlays(on base: Image?) throws -> [Image] {
        let (height, width) = (maps.shape[maps.rank - 2], maps.shape[maps.rank - 1])
        let flat = maps.reshaped([maps.count / (height * width), height * width])
        return try (0..<flat.shape[0]).map { index in
            let map = flat.row(index).values
            if let base { return try base.overlay(heat: map, width: width, height: height) }
            let top = max(map.filter(\.isFinite).max() ?? 1, .leastNormalMagnitude)
            return try Image(heat: map, width: width, height: height, .inferno, range: 0...top).resized(
                to: PixelSize(width: side, height: side), .bilinear)
        }
    }

    /// Returns short names of layers, "down 1.0", "mid 0" or "up 2.1", because a narrow column would cut the full ones where they do not
    /// differ yet; the full names where short ones would be alike.
    static func short(_ layers: [String]) -> [String] {
        let short = layers.map { layer in
            let kept = layer.split(separator: ".").filter { !["attentions", "attn2"].contains($0) }
            let name = kept.joined(separator: ".").replacing(".transformer_blocks.0", with: "").replacing("transformer_blocks.", with: "")
            return name.replacing("down_blocks.", with: "down ").replacing("up_blocks.", with: "up ").replacing("mid_block.", with: "mid ")
        }
        return Set(short).count == Set(layers).count ? short : layers
    }

    /// Returns the labels of an axis.
    private func labels(_ axis: Int) -> [String] {
        switch axes[axis] {
        case "token": labels.map(\.short)
        case "layer": Self.short(layers)
        case "timestep": timesteps.map { "t = \($0)" }
        default: (0..<maps.shape[axis]).map { "\(axes[axis]) \($0)" }
        }
    }

    /// Returns the labels of all axes but the last, for one row.
    private func rowTitle(_ row: Int, _ lead: [Int]) -> String {
        var (rest, parts) = (row, [String]())
        for axis in lead.indices.dropLast().reversed() {
            // The label is written without spaces, at which a narrow column would break it.
            parts.insert(labels(axis)[rest % lead[axis]].replacing(" = ", with: "="), at: 0)
            rest /= lead[axis]
        }
        return parts.joined(separator: ", ")
    }
}
