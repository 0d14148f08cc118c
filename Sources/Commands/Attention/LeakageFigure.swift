import BreakAScene
import Figures
import Images
import Language
import Tensors

extension LeakageValue {
    /// Returns the maps of the handles over the photo, for pages, where a table of the shares leads to them; nil elsewhere, and where the
    /// values come without maps. `rows` and `columns` are the names of handles and masks.
    func picture(rows: [String], columns: [String], _ context: DisplayContext) -> DisplayImage? {
        guard context.wantsImages, context.wantsExplorables, let view = matrix.view else { return nil }
        return Cancellable.answer {
            guard let photo = try? Image(view.photo), let base = try? photo.resized(to: PixelSize(width: 192, height: 192), .lanczos),
                let maps = try? view.maps.map({ try base.overlay(heat: $0.values, width: $0.shape[1], height: $0.shape[0]) }),
                let figure = try? FigureValue(
                    Figure(.pictures(PictureGrid([base] + maps, titles: [""] + rows, columns: min(6, maps.count + 1))))),
                let png = try? figure.pngData(context)
            else { return nil }
            let table = try? LeakageTable(
                rows: rows, columns: columns + ["background"], shares: matrix.shares, chance: matrix.chance, maps: view.maps,
                masks: view.masks, photo: photo)
            return DisplayImage(
                png: table.flatMap { $0 }.map { Explorable.leakage($0).embedded(in: png) } ?? png,
                alt: "where \(rows.joined(separator: ", ")) look\(rows.count == 1 ? "s" : "")")
        }
    }
}
