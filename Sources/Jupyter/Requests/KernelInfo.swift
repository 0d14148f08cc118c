import Files

/// What the kernel says about itself and the language.
enum KernelInfo {
    /// Returns the content of `kernel_info_reply`. `version` is the program's name and version.
    static func content(_ version: String) -> JSONObject {
        [
            "status": "ok", "protocol_version": .string(MessageWriter.version), "implementation": "bas",
            "implementation_version": .string(number(version)), "language_info": language(version),
            "banner": .string("\(version) · Break-A-Scene · ?name gives help, ?\"words\" searches it, ?language is the language on a page"),
            "debugger": false, "help_links": [], "supported_features": [],
        ]
    }

    /// The language, with what makes clients colour it rightly: the ending .bas alone would be taken for BASIC, by Pygments and by editors
    /// that go by names of files. So the type is one of bas alone. Of CodeMirror's modes Python's colours comments, texts, numbers and most
    /// words as they are here, and is the one that indents blocks in braces as a person would (JupyterLab 4.6; those of Julia, R and
    /// CoffeeScript do not). Pygments is told to use plain text: its Python marks what it does not know as wrong.
    private static func language(_ version: String) -> JSON {
        [
            "name": "bas", "version": .string(number(version)), "mimetype": "text/x-bas", "file_extension": ".bas",
            "pygments_lexer": "text", "codemirror_mode": "python", "nbconvert_exporter": "script",
        ]
    }

    private static func number(_ version: String) -> String { version.split(separator: " ").last.map(String.init) ?? version }
}
