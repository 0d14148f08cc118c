import Figures
import Images
import Tensors

extension AttentionValue {
    /// More rows or columns than this are not drawn, which the text says.
    static let most = (rows: 64, columns: 24)

    /// Pixels a side of a map: fewer where there are many, so that the sheet stays one that a screen can show.
    private var side: Int {
        let lead = maps.shape.dropLast(2)
        let rows = lead.count < 2 ? 1 : lead.dropLast().reduce(1, *)
        return min(192, max(48, 3072 / max(1, min(rows, Self.most.rows))))
    }

    /// "rows 64 of 120 and columns 24 of 30 are drawn: …", where not all maps are.
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

    /// Every map over the picture: in a row titled by token (or what else was kept), or rows and columns of two axes.
    /// Throws `ImageError`.
    func figure() throws -> Figure {
        let lead = Array(maps.shape.dropLast(2))
        let base = try picture?.resized(to: PixelSize(width: side, height: side), .lanczos)
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
                to: PixelSize(width: side, height: side), .bilinear)
        }
    }

    /// "down 1.0", "mid 0", "up 2.1" of layers' full names, which a narrow column would cut where they do not differ yet; the
    /// full names where these would be alike.
    static func short(_ layers: [String]) -> [String] {
        let short = layers.map { layer in
            let kept = layer.split(separator: ".").filter { !["attentions", "attn2"].contains($0) }
            let name = kept.joined(separator: ".").replacing(".transformer_blocks.0", with: "").replacing("transformer_blocks.", with: "")
            return name.replacing("down_blocks.", with: "down ").replacing("up_blocks.", with: "up ").replacing("mid_block.", with: "mid ")
        }
        return Set(short).count == Set(layers).count ? short : layers
    }

    /// What stands at each place of an axis.
    private func labels(_ axis: Int) -> [String] {
        switch axes[axis] {
        case "token": tokens
        case "layer": Self.short(layers)
        case "timestep": timesteps.map { "t = \($0)" }
        default: (0..<maps.shape[axis]).map { "\(axes[axis]) \($0)" }
        }
    }

    /// The labels of all axes but the last, of the row-th combination.
    private func rowTitle(_ row: Int, _ lead: [Int]) -> String {
        var (rest, parts) = (row, [String]())
        for axis in lead.indices.dropLast().reversed() {
            // Without the spaces, at which a narrow column would break it.
            parts.insert(labels(axis)[rest % lead[axis]].replacing(" = ", with: "="), at: 0)
            rest /= lead[axis]
        }
        return parts.joined(separator: ", ")
    }
}
