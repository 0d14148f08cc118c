/// An expression of the syntax tree. `depth` is the height of the tree below it: the parser refuses programs whose trees are too high for
/// the recursive walks that follow, be it by brackets or by a thousand `+` in a row.
final class Expression: Sendable {
    let kind: Kind
    let span: Span
    let depth: Int

    init(_ kind: Kind, _ span: Span, depth: Int) {
        self.kind = kind
        self.span = span
        self.depth = depth
    }

    indirect enum Kind: Sendable {
        case none
        case bool(Bool)
        case int(Int)
        case float(Double)
        case string([StringPart])
        case name(String)
        case list([ListItem])
        case record([RecordItem])
        case comprehension(Expression, [Clause])
        case unary(UnaryOperator, word: Bool, Expression)
        case binary(BinaryOperator, Expression, Expression, at: Span)
        case logical(and: Bool, Expression, Expression)
        case contains(item: Expression, in: Expression, negated: Bool, at: Span)
        case coalesce(Expression, Expression)
        case range(Expression, Expression, inclusive: Bool)
        case call(CallSyntax)
        case index(Expression, [SubscriptSyntax])
        case field(Expression, String, at: Span)
        case function(FunctionSyntax)
        case conditional(Expression, Block, Block?)
        case attempt(Block, problem: (name: String, span: Span)?, Block)
        case scoped([Expression], Block)
    }
}

enum StringPart: Sendable {
    case text(String)
    case value(Expression, FormatSpec?)
}

struct ListItem: Sendable {
    var value: Expression
    var spread: Bool
}

enum RecordItem: Sendable {
    case field(String, Expression)
    /// A key that is a string with expressions in it.
    case computed(Expression, Expression)
    case spread(Expression)
}

/// A part of a comprehension after its element.
enum Clause: Sendable {
    case loop(Pattern, Expression)
    case filter(Expression)
}

struct Argument: Sendable {
    var label: String?
    var labelSpan: Span?
    var value: Expression
    /// `..record` spreads named arguments, `..list` positional ones.
    var spread: Bool

    var span: Span { labelSpan.map { $0.through(value.span) } ?? value.span }
}

struct CallSyntax: Sendable {
    var callee: Expression
    var arguments: [Argument]
    /// Whether the call is written without parentheses.
    var isCommand = false
    /// Whether the first argument came through `|>`.
    var isPipe = false
}

enum SubscriptSyntax: Sendable {
    case at(Expression)
    case slice(Expression?, Expression?, Expression?)
    case ellipsis
}

final class FunctionSyntax: Sendable {
    struct Parameter: Sendable {
        var name: String
        var span: Span
        var defaultValue: Expression?
        var keywordOnly: Bool
        /// `..rest` collects further positional arguments.
        var variadic: Bool
    }

    let name: String?
    let parameters: [Parameter]
    let body: Block
    let documentation: String?
    let span: Span

    var depth: Int { parameters.reduce(body.depth) { max($0, $1.defaultValue?.depth ?? 0) } + 1 }

    init(name: String?, parameters: [Parameter], body: Block, documentation: String?, span: Span) {
        self.name = name
        self.parameters = parameters
        self.body = body
        self.documentation = documentation
        self.span = span
    }
}

struct Block: Sendable {
    var statements: [Statement]
    var span: Span
    /// Height of the highest statement and one.
    let depth: Int

    init(statements: [Statement], span: Span) {
        self.statements = statements
        self.span = span
        depth = statements.reduce(0) { max($0, $1.depth) } + 1
    }
}

struct Statement: Sendable {
    indirect enum Kind: Sendable {
        case expression(Expression)
        case assign(Pattern, Expression)
        case define(FunctionSyntax)
        case importFile(path: String, at: Span, name: String)
        case assert(Expression, message: Expression?)
        case returns(Expression?)
        case breaks
        case continues
        case forLoop(Pattern, Expression, Block)
        case whileLoop(Expression, Block)
    }

    var kind: Kind
    var span: Span
    /// Whether `;` follows, so that the value is not displayed.
    var silenced = false

    var depth: Int {
        switch kind {
        case .expression(let value), .assign(_, let value): value.depth
        case .define(let function): function.depth
        case .assert(let condition, let message): max(condition.depth, message?.depth ?? 0)
        case .returns(let value): value?.depth ?? 0
        case .importFile, .breaks, .continues: 0
        case .forLoop(_, let head, let body), .whileLoop(let head, let body): max(head.depth, body.depth)
        }
    }
}

/// A parsed program.
struct Program: Sendable {
    var file: SourceFile
    var statements: [Statement]
    var comments: [Comment]
}
