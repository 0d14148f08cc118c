/// Writes random programs with wild layout: every construct of the grammar, odd blanks, comments anywhere. The same seed
/// writes the same program.
struct ProgramGenerator {
    private var state: UInt64
    private var budget = 60

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 }

    private mutating func next(_ bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % bound
    }

    private mutating func pick(_ choices: [String]) -> String { choices[next(choices.count)] }

    mutating func program() -> String {
        var text = ""
        for _ in 0..<(2 + next(6)) { text += statement() + end() }
        return text
    }

    // MARK: layout

    /// Blanks between two tokens.
    private mutating func blank() -> String { pick([" ", " ", "  ", "     ", "\t"]) }
    private mutating func gap() -> String { pick(["", "", " ", "  ", "   "]) }

    /// Between tokens inside of brackets, where line ends mean nothing.
    private mutating func inner() -> String {
        pick(["", "", " ", " ", "  ", "\n", "\n      ", " # note \n", "\n# own line\n  "])
    }

    private mutating func end() -> String {
        pick(["\n", "\n", ";\n", " # why\n", "    # why\n", "\n\n", "\n\n\n\n", "\n  # a note\n", "\n#| prose  \n", "\n# %% cell\n"])
    }

    // MARK: statements

    private mutating func name() -> String { pick(["a", "b", "model", "x1", "_y", "größe"]) }

    private mutating func statement() -> String {
        budget -= 1
        guard budget > 0 else { return name() + " = 1" }
        switch next(15) {
        case 0: return "fn \(name())\(gap())(\(parameters()))\(gap())\(block())"
        case 1: return "for \(pattern()) in \(expression())\(blank())\(block(loop: true))"
        case 2: return "while \(expression())\(gap())\(block(loop: true))"
        case 3: return "assert \(expression()),\(gap())\"no\""
        case 4: return "import \"lib.bas\" as lib"
        case 5: return "\(name())\(gap())+=\(gap())\(expression())"
        case 6: return "show \(expression())"
        case 7: return "plot [\(expression())], labels=[\"a\"]"
        case 8: return expression()
        case 9: return "print -\(name())"
        case 10: return "\(pattern())\(gap())=\(gap())\(expression()),\(gap())\(expression())"
        default: return "\(name())\(gap())=\(gap())\(expression())"
        }
    }

    private mutating func pattern() -> String {
        pick(["a", "_", "a, b", "a,(b,..c)", "..a, b", "{lr, steps :n}", "{ a,..others }"])
    }

    private mutating func parameters() -> String {
        pick(["", "a", "a,b", "a, b=1", "a\n, b =  2,\n", "*, a=1", "a, ..rest", "a,*, b = [ 1,2 ]"])
    }

    private mutating func block(loop: Bool = false) -> String {
        let first = loop ? pick(["", "", "if a { break }\n", "continue\n"]) : pick(["", "## What it does.\n", "\n\n## Far.\n"])
        let lead = pick(["", " ", "\n", " # opens\n", "\n\n"])
        return "{\(lead)\(first)\(statement())\(pick(["", " ", "\n", "; b\n", "\n# last\n"]))}"
    }

    // MARK: expressions

    private mutating func expression() -> String {
        budget -= 1
        guard budget > 0 else { return pick(["1", "a", "\"s\""]) }
        switch next(24) {
        case 0: return "\(expression())\(gap())+\(blank())\(expression())"
        case 1: return "\(expression())\(gap())*\(gap())\(expression())"
        case 2: return "(\(inner())\(expression())\(inner())-\(inner())\(expression())\(inner()))"
        case 3: return "[\(inner())\(expression()),\(inner())..\(name())\(pick(["", ","]))\(inner())]"
        case 4: return "{\(inner())a\(gap()):\(gap())\(expression()),\(inner())..\(name()),\(inner())\"b c\":1\(inner())}"
        case 5: return "f\(gap())(\(inner())\(expression()),\(inner())n\(gap())=\(gap())\(expression())\(pick(["", ","]))\(inner()))"
        case 6: return "\(name())[\(expression()),\(gap())1\(gap()):\(gap())-1\(gap()):2,\(gap())..]"
        case 7: return "[\(expression()) for \(pick(["a", "a, b", "{ n }"])) in xs \(inner())if a\(inner())]"
        case 8: return "fn\(gap())(\(parameters()))\(gap())\(block())"
        case 9: return "(if a\(gap())\(block())\(inner())else\(gap())\(block()))"
        case 10: return "(try \(block()) recover problem\(gap())\(block()))"
        case 11: return "\(name())\(gap())|>\(gap())f(\(expression()))"
        case 12: return "\(name())\n    |> f\n  |> g(\(expression()))"
        case 13: return "-\(gap())\(name()) ** 2"
        case 14: return "!\(name())\(gap())|\(gap())\(name()) & \(name())"
        case 15: return "not \(name()) and \(name()) or \(name()) not in \(name())"
        case 16: return "\(name())\(gap())..\(gap())8"
        case 17: return "1..<\(name())"
        case 18: return "\(name()).\(name())\n  .\(name())"
        case 19: return "\"{\(name()):.3f} {{\"\(gap())??\(gap())r\"\\d\""
        case 20: return "(with seed(7),no_grad\(gap())\(block()))"
        case 21: return "\"\"\"\n  a\n    {\(name())}\n  \"\"\""
        default: return pick(["1", "2.5e-4", "0xff", "none", "true", "a", "\"text\"", "_", "{}", "[]", "f()"])
        }
    }
}
