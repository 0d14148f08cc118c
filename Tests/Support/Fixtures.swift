/// Files under Tests/Fixtures, wherever the package lies.
public enum Fixtures {
    /// The repository's root.
    public static let root: String = {
        var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        parts.removeLast(3)
        return parts.joined(separator: "/")
    }()

    /// Returns the path of a fixture: `Fixtures.path("models/tiny-sd15/unet")`.
    public static func path(_ relative: String) -> String { "\(root)/Tests/Fixtures/\(relative)" }
}
