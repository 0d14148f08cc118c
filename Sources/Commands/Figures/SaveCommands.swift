import Figures
import Language

extension FigureCommands {
    static let saving: [Builtin] = [
        Builtin(
            "save_figure", family: family, summary: "Writes a figure to a .png or .svg file; save_image does the same.",
            parameters: [
                Parameter("figure", .host("figure"), doc: "What plot, bars, heatmap, grid and the like give."),
                Parameter("path", .string, doc: "The file."),
                Parameter(
                    "scale", .number, default: 2, range: 0.25...12, doc: "Pixels of a .png for one on the screen; 2 is for print.",
                    keywordOnly: true),
            ],
            result: "the path", terms: ["write", "export", "svg", "png", "store", "vector", "paper", "slide"],
            examples: [.init("save_figure(plot([3, 2, 1]), \"curve.svg\")", shows: "\"curve.svg\"")],
            run: { call in
                try save(try call.host("figure", as: FigureValue.self), call, scale: try call.double("scale"), quality: 92)
            })
    ]

    /// Writes a figure to the call's `path`. Throws a `Problem` for an ending without a format and where it cannot be written.
    static func save(_ figure: FigureValue, _ call: Call, scale: Double = 2, quality: Int) throws -> Value {
        let path = try call.string("path")
        guard [".png", ".jpg", ".jpeg", ".svg"].contains(where: path.lowercased().hasSuffix) else {
            throw Problem(.cannotWrite, "a figure is written as .png, .jpg or .svg", argument: "path", label: "this ends otherwise")
        }
        let target = try call.target("path", isFolder: false)
        do {
            try figure.write(to: target, scale: scale, quality: quality)
        } catch let error as FigureError {
            throw problem(error, call)
        } catch {
            throw ErrorMapping.problem(error, argument: "path", command: call.builtin.name, isWriting: true)
        }
        return .string(path)
    }
}
