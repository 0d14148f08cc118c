import ArgumentParser
import Commands
import Glibc
import Jupyter
import Language
import Pages
import Terminal

/// `bas kernel`.
struct KernelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kernel", abstract: "Install or run the kernel for Jupyter notebooks.",
        subcommands: [RunKernel.self, InstallKernel.self, UninstallKernel.self])

    /// Runs `body`; an error of it is reported as other commands do, and ends the process with its exit code.
    static func reporting(_ body: () throws -> Void) throws {
        do {
            try body()
        } catch let exit as ArgumentParser.ExitCode {
            throw exit
        } catch {
            let problem = Host.problem(error)
            Console(builtins: []).printer.report(problem)
            try Bas.finish((problem.exitCode ?? problem.code.exitCode).rawValue)
        }
    }
}

/// `bas kernel run`.
struct RunKernel: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Serve notebooks; Jupyter calls this.",
        discussion: """
            Interrupting a cell from a notebook stops it as Ctrl-C does at the prompt: a training ends at a step and gives the model as \
            trained so far. SIGTERM ends the kernel, and so does the end of the program that started it. Further arguments are \
            ignored: `jupyter run` passes on its own.
            """)

    @Argument(help: "The file in which Jupyter says where to listen.", completion: .file(extensions: ["json"]))
    var connectionFile: String

    @Argument(parsing: .allUnrecognized, help: .hidden)
    var others: [String] = []

    func run() throws {
        try KernelCommand.reporting {
            let process = ProcessWatch(signals: Surroundings.catchSignals())
            let settings = Kernel.Settings(
                builtins: Host.builtins, standardLibrary: StandardLibrary.here(), version: Host.version,
                html: { OutputPiece.html(text: $0.plain, picture: $0.image.map { ($0.png, $0.alt) }) },
                meet: { context, hasPerson in context[MaskPainting.self] = hasPerson ? MaskPainter.paint : nil }
            ) { Pages.note("bas kernel: \($0)") }
            let kernel = try Kernel(connection: try Connection(path: connectionFile), settings: settings)
            let status = kernel.run(watching: process)
            // A cell may still be running that did not stop in time; nothing of the process may be taken away under it.
            _exit(status)
        }
    }
}

/// The place of a kernel, and its name.
struct KernelPlaceOptions: ParsableArguments {
    @Flag(help: "In your own folder (the default).")
    var user = false

    @Flag(help: "In the active Python environment (VIRTUAL_ENV or CONDA_PREFIX).")
    var sysPrefix = false

    @Option(help: ArgumentHelp("In share/jupyter/kernels below this folder.", valueName: "folder"), completion: .directory)
    var prefix: String?

    @Option(help: ArgumentHelp("The name of the kernel's folder.", valueName: "name"))
    var name = "bas"

    func validate() throws {
        if [user, sysPrefix, prefix != nil].count(where: \.self) > 1 {
            throw ValidationError("--user, --sys-prefix and --prefix exclude each other")
        }
    }

    /// Returns the kernel's folder. Throws a `Problem`.
    func folder() throws -> KernelFolder {
        let place: KernelFolder.Place = sysPrefix ? .environment : prefix.map { .prefix($0) } ?? .user
        return try KernelFolder(place, name: name) { Surroundings.variable($0) }
    }
}

/// `bas kernel install`.
struct InstallKernel: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "install", abstract: "Make bas known to Jupyter.",
        discussion: "Jupyter then starts this very program, at the path where it lies now, or the one that --program names.")

    @OptionGroup var options: KernelPlaceOptions

    @Option(help: ArgumentHelp("The absolute path at which bas will lie, for packages.", valueName: "path"), completion: .file())
    var program: String?

    @Option(help: ArgumentHelp("The name that notebooks show.", valueName: "words"))
    var displayName = "bas (Break-A-Scene)"

    func validate() throws {
        if let program, !program.hasPrefix("/") { throw ValidationError("--program wants an absolute path, not '\(program)'") }
    }

    func run() throws {
        try KernelCommand.reporting {
            guard let program = program ?? Surroundings.executable else {
                throw Problem(.cannotRead, "the path of this program is not known: /proc/self/exe cannot be read")
            }
            let folder = try options.folder()
            try folder.install(program: program, displayName: displayName)
            Pages.print("installed in \(folder.path)\n")
        }
    }
}

/// `bas kernel uninstall`.
struct UninstallKernel: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "uninstall", abstract: "Take the kernel away from Jupyter again.")

    @OptionGroup var options: KernelPlaceOptions

    func run() throws {
        try KernelCommand.reporting {
            let folder = try options.folder()
            try folder.uninstall()
            Pages.print("removed from \(folder.path)\n")
        }
    }
}
