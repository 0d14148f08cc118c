// swift-tools-version: 6.2
// The fuzzer (`make fuzz`): a package of its own, so that no ordinary build knows of it.
import PackageDescription

let package = Package(
    name: "fuzz",
    dependencies: [.package(name: "bas", path: "../..")],
    targets: [
        .target(name: "CFuzzer"),
        .executableTarget(
            name: "Fuzz",
            dependencies: ["CFuzzer"]
                + ["Language", "Tensors", "Images", "Diffusion", "BreakAScene", "Commands", "Terminal", "LanguageServer"].map {
                    .product(name: $0, package: "bas")
                }),
    ],
    swiftLanguageModes: [.v6])
