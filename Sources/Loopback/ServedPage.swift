/// A page that is served: its HTML, style, script and icon, each at an address of its own. It holds nothing of a person's file; that comes
/// from the server afterwards.
public struct ServedPage: Sendable {
    private let html, style, script, icon: String
    /// What the page may load: its own style, script, pictures and answers, and nothing else from nowhere.
    private let policy: String

    /// Creates a page. `body` is the HTML of its body without the script, `icon` an SVG; `trustedTypes` names the one policy by which the
    /// script may make HTML of text (the content security policy's `trusted-types`), nil for none.
    public init(title: String, body: String, style: String, script: String, icon: String, trustedTypes: String? = nil) {
        (self.style, self.script, self.icon) = (style, script, icon)
        html = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="referrer" content="no-referrer">
            <title>\(title)</title>
            <link rel="icon" href="icon.svg">
            <link rel="stylesheet" href="style.css">
            </head>
            <body>
            \(body)<script src="script.js"></script>
            </body>
            </html>

            """
        policy =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
            + "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types "
            + (trustedTypes ?? "'none'")
    }

    /// Returns what stands at a path; nil where it is none of the page's.
    func read(_ path: String) -> HTTPReply? {
        switch path {
        case "": HTTPReply(html, type: "text/html; charset=utf-8", headers: [("Content-Security-Policy", policy)])
        case "style.css": HTTPReply(style, type: "text/css; charset=utf-8")
        case "icon.svg": HTTPReply(icon, type: "image/svg+xml")
        case "script.js": HTTPReply(script, type: "text/javascript; charset=utf-8")
        default: nil
        }
    }
}
