/// Habits from Python and similar languages, with what to write here instead. Only messages use these; they are not part of the grammar.
enum ForeignSyntax {
    /// The help for words that other languages have.
    static let words: [String: String] = [
        "None": "the absent value is none", "null": "the absent value is none", "nil": "the absent value is none",
        "undefined": "the absent value is none", "True": "write true", "False": "write false",
        "def": "a function is written  fn name(x) { … }", "function": "a function is written  fn name(x) { … }",
        "func": "a function is written  fn name(x) { … }", "lambda": "a function without a name is written  fn(x) { … }",
        "let": "names are bound without a keyword:  x = 1", "var": "names are bound without a keyword:  x = 1",
        "const": "names are bound without a keyword:  x = 1", "elif": "write  else if",
        "except": "write  try { … } recover problem { … }", "catch": "write  try { … } recover problem { … }",
        "raise": "an error is raised by fail(\"why\")", "throw": "an error is raised by fail(\"why\")",
        "pass": "an empty block is  { }", "from": "a file is imported as  import \"file.bas\" as name",
        "del": "names stay; values are released when nothing holds them", "global": "a function returns what it computes",
        "class": "a record holds fields:  { lr: 5e-4, steps: 400 }", "yield": "a list is made by  [f(x) for x in xs]",
        "self": "values have fields and no methods", "_": "no result has been shown yet",
        "exit": "at the prompt :quit or Ctrl-D leaves", "quit": "at the prompt :quit or Ctrl-D leaves",
        "clear": "Ctrl-L clears the screen; :reset forgets what has been bound",
    ]

    /// Returns what to write instead of a character with which no token begins, or nil.
    static func help(on character: Unicode.Scalar) -> String? {
        switch character {
        case "'", "`": "strings are written between double quotes: \"…\""
        case "“", "”", "„", "«", "»", "‘", "’": "write straight quotes: \"…\""
        case "\\": "a line goes on after an operator, or inside brackets; no backslash is needed"
        case "^": "a power is written x ** 2"
        case "~": "the complement of a mask is written !mask"
        case "?": "x ?? y gives y where x is none; help on a name is ?name at the prompt, help(\"name\") anywhere"
        case "@": "the product of matrices is matmul(a, b)"
        case "$": "a value goes into a string by braces: \"{x}\""
        default: nil
        }
    }

    /// The names that parameters have elsewhere, mostly in diffusers and PyTorch, with their names here.
    static let parameters: [String: String] = [
        "learning_rate": "lr", "num_inference_steps": "steps", "num_steps": "steps", "max_train_steps": "steps", "epochs": "steps",
        "iterations": "steps",
        "guidance_scale": "guidance", "cfg": "guidance", "cfg_scale": "guidance", "negative_prompt": "negative", "generator": "seed",
        "random_state": "seed", "num_images": "n", "num_images_per_prompt": "n", "count": "n", "width": "size", "height": "size",
        "sampler": "scheduler", "initializer_tokens": "init", "tokens": "init", "batch_size": "batch", "filename": "path", "file": "path",
        "lambda_attention": "attention_weight", "prior_loss_weight": "prior_weight",
    ]

    /// Returns what to write instead of a method of Python's lists and strings, or nil; `base` is the text of the value.
    static func method(_ name: String, of base: String) -> String? {
        switch name {
        case "append": "values do not change:  \(base) = \(base) + [item]"
        case "extend": "values do not change:  \(base) = \(base) + items"
        case "format": "values go into a string by braces:  \"{value:.3f}\""
        case "strip": "trim(\(base))"
        case "sort": "values do not change:  \(base) = sorted(\(base))"
        case "index": "position(\(base), item)"
        case "get": "\(base).name ?? what to take without it"
        case "startswith": "starts_with(\(base), start)"
        case "endswith": "ends_with(\(base), end)"
        default: nil
        }
    }
}

extension CallSyntax {
    /// Returns how to write a call of a method, such as `x.mean()` or `xs.append(1)`, as a function's; nil where nothing fits.
    func methodHint(_ table: BuiltinTable) -> String? {
        guard case .field(let base, let name, _) = callee.kind else { return nil }
        if let help = ForeignSyntax.method(name, of: base.span.text) { return help }
        guard table[name] != nil else {
            let relatives = nearestNames(name + "_", among: table.names).filter { $0.hasPrefix(name + "_") }
            let last = base.span.text.split(separator: ".").last ?? ""
            let nearest = relatives.first { $0.hasSuffix("_\(last)") } ?? relatives.first
            return nearest.map { "values have no methods; \(listed(relatives, limit: 4)) are functions: \($0)(\(base.span.text), …)" }
        }
        let given = ([base.span.text] + arguments.map { ($0.spread ? ".." : "") + $0.span.text }).joined(separator: ", ")
        return "\(name) is a function: \(name)(\(shortened(given, to: 60)))" + (arguments.isEmpty ? ", or \(given) |> \(name)" : "")
    }
}

extension Builtin {
    /// Returns how to apply this builtin to a value whose field of its name was asked for, as in `x.mean`; nil where the builtin has no
    /// parameters.
    func fieldHint(_ base: String) -> String? { parameters.isEmpty ? nil : "\(name) is a function: \(name)(\(base))" }
}

extension Parser {
    /// Returns help on what the unexpected token suggests that its writer meant, or nil.
    func foreignHelp() -> String? {
        let before = previous
        switch token.kind {
        case .symbol(.colon):
            return bracketDepth > 0 ? nil : "a block stands between braces:  if x > 1 { … }  or  for x in xs { … }"
        case .symbol(.ampersand) where before.isSymbol(.ampersand): return "write  a and b"
        case .symbol(.bar) where before.isSymbol(.bar): return "write  a or b"
        case .symbol(.plus) where before.isSymbol(.plus): return "write  x += 1"
        case .symbol(.minus) where before.isSymbol(.minus): return "write  x -= 1"
        case .symbol(.equal) where peek(1).isSymbol(.greater): return "a body stands between braces:  fn(x) { x + 1 }"
        case .symbol(.equal) where before.isSymbol(.closeParen): return "a body stands between braces:  fn f(x) { x + 1 }"
        case .symbol(.equal) where bracketDepth == 0: return "equality is ==; a name is bound in a statement of its own"
        case .symbol(.minus) where peek(1).isSymbol(.greater): return "results have no declared types:  fn f(x) { … }"
        case .symbol(.greater) where before.end == token.start && (before.isSymbol(.equal) || before.isSymbol(.minus)):
            return "a function without a name is written  fn(x) { … }"
        case .symbol(.dotDot) where peek(1).isSymbol(.dot): return "all axes not named are written with two dots:  x[.., 0]"
        case .symbol(.slashSlash): return "a comment begins with #"
        case .symbol(.slash) where peek(1).isSymbol(.star) || peek(1).isSymbol(.starStar): return "a comment begins with #"
        case .symbol(.percent) where place == 0 || token.newlineBefore: return "a command of the prompt begins with a colon:  :time f(x)"
        case .keyword(.if): return "the condition comes first:  if a { b } else { c }"
        case .keyword(.in) where openers.last?.symbol == .openParen: return "no brackets:  for x in xs { … }"
        case .name("is"): return "write  x == none"
        case .string where before.kind.isPrefixOfString && before.end == token.start:
            return "every string takes values in braces:  \"{x}\""
        default: return nil
        }
    }
}

extension Token.Kind {
    /// Whether the token is the prefix of a Python string: `f"…"`, `b"…"`, `u"…"`.
    fileprivate var isPrefixOfString: Bool {
        if case .name(let name) = self { ["f", "b", "u", "F"].contains(name) } else { false }
    }
}
