// swift-tools-version: 6.2
// Targets in floor order: a target imports only targets above it in this file's floors list (architecture: README).
import PackageDescription

let kernels: [CSetting] = [.define("_GNU_SOURCE")]
/// The commit, for `bas --version`; `make` passes it on.
let commit = Context.environment["BAS_COMMIT"] ?? ""

let package = Package(
    name: "bas",
    products: [.executable(name: "bas", targets: ["bas"])]
        // For Tests/Fuzz, a package of its own.
        + ["Tensors", "Images", "Diffusion", "BreakAScene", "Language", "Commands", "Terminal", "LanguageServer"].map {
            .library(name: $0, targets: [$0])
        },
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        // Sockets of the pages on the loopback.
        .package(url: "https://github.com/swhitty/FlyingFox.git", from: "0.27.1"),
    ],
    targets: [
        // Floor 0: cancelling; files and what they hold; hot loops in C with run-time dispatch, and the system's libraries.
        .target(name: "Cancelling"),
        .systemLibrary(name: "CXattr", pkgConfig: nil),
        .target(name: "Files", dependencies: ["Cancelling", "CXattr"]),
        .target(name: "Statistics"),
        .systemLibrary(name: "COpenBLAS", pkgConfig: nil, providers: [.apt(["libopenblas-dev"])]),
        .systemLibrary(name: "CCairo", pkgConfig: nil, providers: [.apt(["libcairo2-dev"])]),
        .target(name: "CBuild", cSettings: [.define("BAS_COMMIT", to: "\"\(commit)\"")]),
        .target(name: "CKernels", cSettings: kernels, linkerSettings: [.linkedLibrary("m")]),
        .target(name: "CPNG", linkerSettings: [.linkedLibrary("png")]),
        .target(name: "CTurboJPEG", linkerSettings: [.linkedLibrary("turbojpeg")]),
        .target(name: "CReadline", linkerSettings: [.linkedLibrary("readline")]),
        .systemLibrary(name: "CZeroMQ", pkgConfig: nil, providers: [.apt(["libzmq3-dev"])]),
        .systemLibrary(name: "CSQLite", pkgConfig: nil, providers: [.apt(["libsqlite3-dev"])]),
        // Lists of jobs: their results in a database, worker processes, Slurm.
        .target(name: "Jobs", dependencies: ["Cancelling", "Files", "CSQLite"], exclude: ["README.md"]),
        .systemLibrary(name: "CChafaLibrary", pkgConfig: "chafa", providers: [.apt(["libchafa-dev"])]),
        .target(name: "CChafa", dependencies: ["CChafaLibrary"]),
        // Floor 1: arrays, then pictures, then figures.
        .target(name: "Tensors", dependencies: ["Files", "CKernels", "COpenBLAS"], exclude: ["README.md"]),
        .target(name: "Images", dependencies: ["Tensors", "CPNG", "CTurboJPEG"]),
        .target(name: "Figures", dependencies: ["Tensors", "Images", "CCairo"]),
        // Floor 1 as well: studies with people, a page and its answers.
        .target(
            name: "Study", dependencies: ["Files", "Tensors", "Images"], exclude: ["README.md"],
            resources: ["study.css", "order.js", "study.js", "page.js"].map { .embedInCode("Page/\($0)") }),
        // Floors 2 and 3: differentiation, layers and optimizers.
        .target(name: "Autograd", dependencies: ["Tensors"]),
        .target(name: "NeuralNetwork", dependencies: ["Autograd", "CKernels"]),
        // Floor 4: Stable Diffusion's anatomy.
        .target(name: "Diffusion", dependencies: ["NeuralNetwork", "Images"], exclude: ["README.md"]),
        // Beside it: captioned scenes with exact masks.
        .target(name: "World", dependencies: ["Files", "Tensors", "Images"], exclude: ["README.md"]),
        // Encoders that judge pictures, in published layouts.
        .target(name: "Evaluators", dependencies: ["Diffusion"], exclude: ["README.md"]),
        // Floor 5: the method; the language, which knows nothing of tensors.
        .target(name: "BreakAScene", dependencies: ["Diffusion", "Evaluators"], exclude: ["README.md"]),
        .target(
            name: "Language", dependencies: ["Files"], exclude: ["README.md", "grammar.txt"], resources: [.embedInCode("language.bas")]),
        // Floor 6: the builtin table.
        .target(
            name: "Commands",
            dependencies: ["BreakAScene", "World", "Evaluators", "Jobs", "Statistics", "Study", "Language", "Figures"],
            exclude: ["README.md"]),
        // Floors 7 and 8: the prompt and the command line.
        .target(
            name: "Reference", dependencies: ["Files", "Language"],
            resources: [.embedInCode("grammar.txt"), .embedInCode("Editors/extension.js")]),
        .target(name: "Notebook", dependencies: ["Files", "Language", "Commands", "Images", "Figures"], exclude: ["README.md"]),
        .target(name: "Terminal", dependencies: ["Files", "Language", "Notebook", "CReadline", "CChafa", "CPNG"]),
        .target(name: "LanguageServer", dependencies: ["Files", "Language"]),
        .target(
            name: "Jupyter",
            dependencies: ["Cancelling", "Files", "Language", "CZeroMQ"],
            exclude: ["README.md"]),
        .target(
            name: "Pages", dependencies: ["Files", "Tensors", "Images", "Figures", "Language", "Notebook"], exclude: ["README.md"],
            resources: ["page", "explore", "piece"].map { .embedInCode("\($0).css") }
                + ["tools", "maps", "attention", "leakage", "pictures", "film", "chart", "explore", "page", "piece"].map {
                    .embedInCode("Script/\($0).js")
                }),
        .target(
            name: "Loopback", dependencies: ["Files", "Language", .product(name: "FlyingSocks", package: "FlyingFox")],
            exclude: ["README.md"]),
        .target(
            name: "Preview",
            dependencies: ["Cancelling", "Files", "Tensors", "Language", "Notebook", "Pages", "Loopback"],
            exclude: ["README.md"],
            resources: [
                .embedInCode("Page/preview.html"), .embedInCode("Page/preview.css"), .embedInCode("Page/cells.js"),
                .embedInCode("Page/preview.js"),
            ]),
        .target(
            name: "MaskEditor",
            dependencies: ["Cancelling", "Files", "Images", "BreakAScene", "Language", "Pages", "Loopback"], exclude: ["README.md"],
            resources: [
                .embedInCode("Page/masks.html"), .embedInCode("Page/masks.css"), .embedInCode("Page/state.js"),
                .embedInCode("Page/paint.js"), .embedInCode("Page/panel.js"),
            ]),
        .executableTarget(
            name: "bas",
            dependencies: [
                "CBuild", "Commands", "Jobs", "Reference", "Terminal", "LanguageServer", "Notebook", "Pages", "Preview", "MaskEditor",
                "Jupyter",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
        // Tests: one target a floor, fixtures written by PyTorch and diffusers.
        .target(name: "TestSupport", dependencies: ["Tensors"], path: "Tests/Support"),
        .testTarget(name: "JobsTests", dependencies: ["Files", "Jobs", "CSQLite", "TestSupport"]),
        .testTarget(name: "TensorsTests", dependencies: ["Files", "Tensors", "TestSupport"]),
        .testTarget(name: "ImagesTests", dependencies: ["Images", "TestSupport"]),
        .testTarget(name: "FiguresTests", dependencies: ["Figures"]),
        .testTarget(name: "AutogradTests", dependencies: ["Autograd", "TestSupport"]),
        .testTarget(name: "DiffusionTests", dependencies: ["Diffusion", "TestSupport"]),
        .testTarget(name: "WorldTests", dependencies: ["World", "Files", "Images", "TestSupport"]),
        .testTarget(name: "EvaluatorsTests", dependencies: ["Evaluators", "TestSupport"]),
        .testTarget(name: "BreakASceneTests", dependencies: ["BreakAScene", "TestSupport"]),
        .testTarget(name: "LanguageTests", dependencies: ["Files", "Language"], exclude: ["Data"]),
        .testTarget(name: "CommandsTests", dependencies: ["Files", "Statistics", "Study", "Commands", "TestSupport"], exclude: ["Data"]),
        .testTarget(name: "LanguageServerTests", dependencies: ["Files", "LanguageServer", "Commands"], exclude: ["Data"]),
        .testTarget(name: "JupyterTests", dependencies: ["Files", "Jupyter", "CZeroMQ", "BreakAScene", "Commands", "Pages"]),
        .testTarget(name: "TerminalTests", dependencies: ["Files", "Terminal", "Language", "Notebook", "CPNG", "TestSupport"]),
        .testTarget(name: "NotebookTests", dependencies: ["Notebook", "Commands", "Images", "Figures", "TestSupport"]),
        .testTarget(name: "PagesTests", dependencies: ["Files", "Pages", "Notebook", "Images", "Figures", "TestSupport"]),
        .testTarget(
            name: "PreviewTests", dependencies: ["Preview", "Loopback", "Files", "Language", "Notebook", "Commands", "TestSupport"]),
        .testTarget(
            name: "MaskEditorTests",
            dependencies: ["MaskEditor", "Cancelling", "Loopback", "Files", "Images", "BreakAScene", "TestSupport"]),
        .testTarget(name: "ReferenceTests", dependencies: ["Reference", "Commands"]),
        .testTarget(
            name: "FuzzTests", dependencies: ["Commands", "BreakAScene", "Terminal", "LanguageServer"], exclude: ["Seeds"]),
    ],
    swiftLanguageModes: [.v6],
    cLanguageStandard: .gnu17
)
