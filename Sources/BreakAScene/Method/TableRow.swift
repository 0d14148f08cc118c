/// A row of a table that a word chooses: a loss of attention maps, a law of sampling, a method of training. Options, their
/// help and checkpoints follow from the rows; a new one is a file with the row, and its place in `all`.
public protocol TableRow: Sendable, Hashable, CaseIterable, RawRepresentable where RawValue == String {
    /// The word that chooses the row; no two rows of a table have the same.
    var name: String { get }
    /// What help says of it, in a few words.
    var doc: String { get }
    /// Every row, in the order in which help lists them.
    static var all: [Self] { get }
}

extension TableRow {
    /// Every row.
    public static var allCases: [Self] { all }
    /// The row's name.
    public var rawValue: String { name }

    /// The row of a name; nil where there is none.
    public init?(rawValue: String) {
        guard let row = Self.all.first(where: { $0.name == rawValue }) else { return nil }
        self = row
    }

    /// What each row is, by its name.
    public static var meanings: [String: String] { Dictionary(all.map { ($0.name, $0.doc) }) { first, _ in first } }
}
