import ArgumentParser
import BreakAScene
import Commands
import Images
import Language
import MaskEditor
import Terminal

/// `bas masks`.
struct MasksCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "masks", abstract: "Paint the masks of a photo in the browser.",
        discussion: """
            A page in the browser shows the photo. Paint a loose mask for each thing with a brush, an outline or a box, by mouse, pen or finger; \
            name the things; press Guess for first guesses to correct; see the cells of the attention maps that each mask becomes, and what check says of them. Save scene writes a \
            folder that load_scene reads. Given a scene's folder, its masks are changed.

            What was not saved is kept in .bas/masks, and the next bas masks with the photo goes on with it. The server listens on this \
            machine only (127.0.0.1), and lets in who has the address that is printed. Ctrl-C ends it.

            Exit codes: 130 after Ctrl-C; 0 where the page ended it; 65 a photo that cannot be read; 66 no such file; 73 where the port is \
            taken.
            """)

    @Option(name: .shortAndLong, help: "The folder that the page proposes for the scene. (default: the photo's name with _scene)")
    var output: String?

    @Option(help: "The port; without it, any free one.")
    var port: UInt16 = 0

    @Flag(help: "Do not open the browser.")
    var noOpen = false

    @OptionGroup var options: ConsoleOptions

    @Argument(help: "The photo, or the folder of a scene.", completion: .file())
    var photo: String

    func run() throws {
        let console = options.console()
        let printer = console.printer
        var status: Int32 = 0
        do {
            let source = try PaintedSource(path: photo)
            var settings = MaskEditor.Settings(name: source.name, folder: output ?? source.folder ?? MaskPainter.folder(for: source.name))
            // Masks that come from a folder are saved there again, unless another one was asked for.
            settings.openedFolder = output == nil || output == source.folder ? source.folder : nil
            (settings.port, settings.note) = (port, { printer.remark($0) })
            settings.guess = MaskPainting.guesses(console.session.context)
            let editor = try MaskEditor(photo: source.photo, scene: source.scene, settings)
            Pages.print(editor.address + "\n")
            printer.remark("\(photo): paint on the page; Ctrl-C ends it")
            if !noOpen, !Browser.open(editor.addressToOpen) { printer.remark(Browser.advice(editor.address)) }
            let (end, hasUnsaved) = console.running { editor.serve(console.session.interrupt) }
            if hasUnsaved { printer.remark("masks were not saved: bas masks \(photo) goes on with them") }
            if case .interrupted = end { status = ExitCode.interrupted.rawValue }
        } catch {
            let problem = Host.problem(error)
            printer.report(problem)
            status = (problem.exitCode ?? problem.code.exitCode).rawValue
        }
        try Bas.finish(status)
    }
}

/// Opens the page of masks for the prompt's `masks`.
enum MaskPainter {
    /// The folder that is proposed for the scene of a photo.
    static func folder(for name: String) -> String { "\(name)_scene" }

    /// Opens the page, says where it is, and waits for the scene. Throws the `.interrupted` problem where a stop was requested, and
    /// `.failed` where the person cancelled.
    static let paint: @Sendable (MaskPainting.Request) throws -> Scene = { request in
        let context = request.context
        var settings = MaskEditor.Settings(name: request.name, folder: folder(for: request.name))
        (settings.title, settings.wantsScene) = (request.name, true)
        settings.note = { context.emit(.stream($0 + "\n")) }
        settings.guess = MaskPainting.guesses(context)
        let editor = try MaskEditor(photo: request.photo, scene: request.scene, settings)
        let isOpen = Browser.open(editor.addressToOpen)
        context.emit(
            .stream("Paint on the page, and press \"Use these masks\" there; Ctrl-C comes back without them.\n\(editor.address)\n"))
        if !isOpen { context.emit(.stream(Browser.advice(editor.address) + "\n")) }
        switch editor.serve(context.interrupt).end {
        case .scene(let scene): return scene
        case .interrupted: try context.checkInterrupt()
        case .left: break
        }
        throw Problem(
            .failed, "masks: the page was left without using its masks", help: "the masks are kept: the same call goes on with them")
    }
}
