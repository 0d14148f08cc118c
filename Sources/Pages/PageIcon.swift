/// The picture in the browser's tab of every page.
public enum PageIcon {
    /// The picture as SVG.
    public static let svg =
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 16 16\"><rect width=\"16\" height=\"16\" rx=\"4\" fill=\"#0b57a8\"/>"
        + "<path d=\"M5 3.5h3.2a2.2 2.2 0 0 1 .9 4.2 2.4 2.4 0 0 1-.7 4.8H5z"
        + "m1.8 1.6v2h1.1a1 1 0 0 0 0-2zm0 3.5v2.3h1.4a1.1 1.1 0 0 0 0-2.3z\""
        + " fill=\"#fff\"/></svg>"
}
