/// One line of help on each keyword of the language.
enum KeywordHelp {
    static let table: [String: String] = [
        "fn": "fn name(a, b = 3, *, c = 1) { … } defines a function; its value is its last expression",
        "if": "if condition { … } else { … }; also as an expression",
        "else": "if condition { … } else { … }",
        "for": "for x in xs { … }, for a, b in zip(xs, ys) { … }; [f(x) for x in xs if …] makes a list",
        "while": "while condition { … }",
        "in": "x in xs: whether a list, range, string or record holds x",
        "not": "not x; x not in xs",
        "and": "a and b: b is looked at only where a is true",
        "or": "a or b: b is looked at only where a is false",
        "true": "the bool true",
        "false": "the bool false",
        "none": "the absent value; x ?? y gives y where x is none",
        "return": "return x leaves a function",
        "break": "leaves a loop",
        "continue": "goes on with the next iteration",
        "with": "with seed(7) { … } changes something for the length of a block",
        "import": "import \"file.bas\" as name",
        "assert": "assert condition, \"message\"",
        "try": "try { … } recover e { … }: e has code, message, help, line",
        "recover": "try { … } recover e { … }: e has code, message, help, line",
    ]
}
