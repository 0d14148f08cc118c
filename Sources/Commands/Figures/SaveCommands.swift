import Figures
import Language

extension FigureCommands {
    private static let figure = Key<FigureValue>("figure", doc: "What plot, bars, heatmap, grid and the like give.")
    private static let scale = Key<Double>(
        "scale", default: 2, range: 0.25...12, doc: "Pixels of a .png for one on the screen; 2 is for print.", keywordOnly: true)

    static let saveFigure = Builtin(
        "save_figure", family: .figures, summary: "Writes a figure to a .png or .svg file; save_image does the same.",
        parameters: [figure, path, scale], result: .path,
        terms: ["write", "export", "svg", "png", "store", "vector", "paper", "slide"],
        examples: [.init("save_figure(plot([3, 2, 1]), \"curve.svg\")", shows: "\"curve.svg\"")],
        run: { call in try save(call[figure], call, scale: call[scale], quality: 92) })

    /// Writes a figure to the call's `path`. Throws a `Problem` for an ending without a format and where it cannot be written.
    static func save(_ figure: FigureValue, _ call: Call, scale: Double = 2, quality: Int) throws -> Value {
        let name = try call[path]
        guard [".png", ".jpg", ".jpeg", ".svg"].contains(where: name.lowercased().hasSuffix) else {
            throw Problem(.cannotWrite, "a figure is written as .png, .jpg or .svg", argument: path.name, label: "this ends otherwise")
        }
        let target = try call.target(path, isFolder: false)
        do {
            try figure.write(to: target, scale: scale, quality: quality)
        } catch let error as FigureError {
            throw problem(error, call)
        } catch {
            throw ErrorMapping.problem(error, argument: path.name, command: call.builtin.name, isWriting: true)
        }
        return .string(name)
    }
}
