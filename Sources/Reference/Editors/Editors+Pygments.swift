import Language

extension Editors {
    /// Returns a lexer for Pygments, as used by `pygmentize -x -l bas_lexer.py:BasLexer script.bas`, Sphinx and MkDocs.
    func pygments() -> String {
        """
        \"""Pygments lexer for bas, written by `bas doc --editors`.\"""
        from pygments.lexer import RegexLexer, bygroups, include, words
        from pygments.token import (Comment, Error, Generic, Keyword, Literal, Name, Number, Operator, Punctuation,
                                    String, Text, Whitespace)

        __all__ = ["BasLexer"]


        class BasLexer(RegexLexer):
            name = "bas"
            aliases = ["bas"]
            filenames = ["*.bas"]

            tokens = {
                "root": [include("code"), (r"\\}", Punctuation)],
                "code": [
                    (r"\\s+", Whitespace),
                    (r"\\A#!.*$", Comment.Hashbang),
                    (r"(?m)^# %%.*$", Generic.Heading),
                    (r"(?m)^#>.*$", Generic.Output),
                    (r"(?m)^#\\|.*$", Comment.Special),
                    (r"##.*$", String.Doc),
                    (r"#.*$", Comment.Single),
                    (r'r\"""', String, "raw_triple"),
                    (r'r"[^"\\n]*"', String),
                    (r'\"""', String, "triple"),
                    (r'"', String, "string"),
                    (r"(fn)(\\s+)([^\\W\\d]\\w*)", bygroups(Keyword.Declaration, Whitespace, Name.Function)),
                    (r"(\\.)([^\\W\\d]\\w*)", bygroups(Punctuation, Name.Attribute)),
                    (words(\(list(controls)), suffix=r"\\b"), Keyword),
                    (words(\(list(Vocabulary.constants)), suffix=r"\\b"), Keyword.Constant),
                    (words(\(list(Vocabulary.wordOperators)), suffix=r"\\b"), Operator.Word),
                    (words(\(list(builtins)), suffix=r"\\b"), Name.Builtin),
                    (r"0x[0-9A-Fa-f][0-9A-Fa-f_]*", Number.Hex),
                    (r"[0-9][0-9_]*(\\.[0-9][0-9_]*([eE][+-]?[0-9_]+)?|[eE][+-]?[0-9_]+)", Number.Float),
                    (r"[0-9][0-9_]*", Number.Integer),
                    (r"[^\\W\\d]\\w*", Name),
                    (words(\(list(Vocabulary.operators))), Operator),
                    (r"\\{", Punctuation, "braces"),
                    (r"[()\\[\\],;:.]", Punctuation),
                ],
                "braces": [(r"\\}", Punctuation, "#pop"), include("code")],
                "interpolation": [
                    (r":[^{}\\":]*(?=\\})", Literal),
                    (r"\\}", String.Interpol, "#pop"),
                    include("code"),
                ],
                "inside": [
                    (r'\\\\([ntr0e\\\\"{}]|u\\{[0-9A-Fa-f]{1,6}\\})', String.Escape),
                    (r"\\{\\{|\\}\\}", String.Escape),
                    (r"\\{", String.Interpol, "interpolation"),
                    (r"\\}", String),
                ],
                "string": [
                    (r'"', String, "#pop"),
                    (r"\\n", Error, "#pop"),
                    include("inside"),
                    (r'[^"\\\\{}\\n]+', String),
                ],
                "triple": [(r'\"""', String, "#pop"), include("inside"), (r'[^"\\\\{}]+|"', String)],
                "raw_triple": [(r'\"""', String, "#pop"), (r'[^"]+|"', String)],
            }

        """
    }

    private func list(_ words: [String]) -> String {
        "(" + words.map { "\"\($0)\"," }.joined(separator: " ") + ")"
    }
}
