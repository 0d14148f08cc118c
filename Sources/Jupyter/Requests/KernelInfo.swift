import Files

/// What the kernel says about itself and the language.
enum KernelInfo {
    /// Returns the content of `kernel_info_reply`. `version` is the program's name and version.
    static func content(_ version: String) -> JSONObject {
        [
            "status": "ok", "protocol_version": .string(MessageWriter.version), "implementation": "bas",
            "implementation_version": .string(number(version)), "language_info": language(version),
            "banner": .string("\(version) · Break-A-Scene · ?name gives help, ?\"words\" searches it, ?language is the tour"),
            "debugger": false, "help_links": [], "supported_features": [],
        ]
    }

    /// The language, with what makes clients colour it rightly, that is, not at all: the ending .bas alone would be taken for BASIC, by
    /// Pygments and by editors that go by names of files. So the type is one of bas alone, and both kinds of highlighters are told to use
    /// plain text.
    private static func language(_ version: String) -> JSON {
        [
            "name": "bas", "version": .string(number(version)), "mimetype": "text/x-bas", "file_extension": ".bas",
            "pygments_lexer": "text", "codemirror_mode": "null", "nbconvert_exporter": "script",
        ]
    }

    private static func number(_ version: String) -> String { version.split(separator: " ").last.map(String.init) ?? version }
}
