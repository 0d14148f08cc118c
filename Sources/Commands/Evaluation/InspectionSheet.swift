import BreakAScene
import Figures
import Images

/// All pictures of an inspection with outlines of what was found: a row a prompt, a column a set of handles.
struct InspectionSheet {
    /// The most rows of the sheet; its title counts the pictures left out.
    private static let mostRows = 20
    private static let side = 160

    let report: InspectionReport

    /// Returns the sheet. Throws `ImageError`.
    func figure() throws -> Figure {
        let sets = report.plan.subsets
        let columns = sets.isEmpty ? 6 : sets.count
        let shown = report.pictures.prefix(columns * Self.mostRows)
        let left = report.pictures.count - shown.count
        let rows = sets.isEmpty ? [] : stride(from: 0, to: shown.count, by: columns).map { shown[$0].entry.context }
        let grid = PictureGrid(
            try shown.map(outlined), titles: shown.map(found), columns: min(columns, max(1, shown.count)),
            columnTitles: sets.prefix(shown.count).map { $0.map { report.labels[$0].short }.joined(separator: " and ") }, rowTitles: rows)
        return Figure(.pictures(grid), title: "found, by number; not asked for [in brackets]" + (left > 0 ? "; \(left) more pictures" : ""))
    }

    /// Returns the counts with the pictures that each counts, for a page; nil where the pictures are too many for one. Throws `ImageError`.
    func table() throws -> PictureTable? {
        guard report.pictures.count <= 64 else { return nil }
        let questions = InspectionText.questions
        let cells = report.tokens.indices.flatMap { handle in
            questions.map { question in
                let trials = report.trials(question.question, handle)
                return PictureTable.Cell(counted: trials.counted, found: trials.found)
            }
        }
        return try PictureTable(
            rows: report.tokens.indices.map { "\($0): \(report.labels[$0].short)" }, columns: questions.map(\.title), cells: cells,
            pictures: try report.pictures.map(outlined), labels: report.pictures.map { "\($0.prompt): \(found($0))" })
    }

    /// Returns what was found by the numbers of the outlines, "0, 1 ×2, no 2"; what was not asked for stands in brackets.
    private func found(_ picture: InspectedPicture) -> String {
        let there = report.tokens.indices.filter { picture.isPresent($0) }.map { handle in
            let text = "\(handle)" + (picture.copies(handle) > 1 ? " ×\(picture.copies(handle))" : "")
            return picture.entry.asked.contains(handle) ? text : "[\(text)]"
        }
        let texts = there + picture.entry.asked.filter { !picture.isPresent($0) }.map { "no \($0)" }
        return texts.isEmpty ? "nothing" : texts.joined(separator: ", ")
    }

    private func outlined(_ picture: InspectedPicture) throws -> Image {
        let longer = max(picture.image.width, picture.image.height)
        let size = PixelSize(
            width: max(1, picture.image.width * Self.side / longer), height: max(1, picture.image.height * Self.side / longer))
        var image = try picture.image.resized(to: size, .lanczos)
        for handle in report.tokens.indices where picture.isPresent(handle) {
            for finding in picture.findings[handle] {
                let mask = Mask(width: picture.size.width, height: picture.size.height, values: finding.pixels.map { $0 ? 1 : 0 })
                image = try image.tinted(masks: [mask.resized(to: size, .nearest)], labels: ["\(handle)"], opacity: 0.1, firstColor: handle)
            }
        }
        return image
    }
}
