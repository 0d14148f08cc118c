import Language

/// Every combination of the values of some settings, the last setting changing fastest.
struct SettingGrid {
    /// The most combinations of one call.
    static let most = 1_000_000

    /// A setting with its values.
    struct Setting {
        let name: String
        let values: [Value]
        /// What the table shows for each value.
        let labels: [Value]
        /// The identities of the values; empty where none were asked for.
        let identities: [String]

        /// Makes a setting. `identified`: whether the identities of the values are wanted, which costs a look at all of their contents.
        init(_ name: String, _ values: [Value], labels: [Value]? = nil, identified: Bool) {
            (self.name, self.values) = (name, values)
            self.labels = labels ?? values.map(SettingGrid.label)
            identities = identified ? values.map(SweepIdentity.of) : []
        }

        /// Makes a setting whose values' identities are known already, one for each.
        init(_ name: String, _ values: [Value], identities: [String]) {
            (self.name, self.values, self.identities) = (name, values, identities)
            labels = values.map(SettingGrid.label)
        }
    }

    /// One combination: its number, its values by name, their labels in the table, and the identities of its values.
    struct Combination {
        let number: Int
        let values: Record
        let labels: [Value]
        let identities: [String]
    }

    let settings: [Setting]
    /// The number of combinations.
    let count: Int

    /// Makes the grid of settings, each of which has a value. Returns nil where there are more than `most` combinations.
    init?(_ settings: [Setting]) {
        self.settings = settings
        count = settings.reduce(1) { $0 > Self.most ? $0 : $0 * $1.values.count }
        if count > Self.most { return nil }
    }

    /// Reads the settings of a record: lists and ranges have several values. Throws a `Problem` at the argument for a record without
    /// settings, a setting without values, names that the table needs itself, and too many combinations.
    init(_ record: Record, _ call: Call, _ argument: String, identified: Bool) throws {
        let name = call.builtin.name
        let settings = try record.pairs.map { setting, value in
            let values =
                switch value {
                case .list, .range: try value.elements ?? []
                default: [value]
                }
            guard !values.isEmpty else {
                throw Problem(
                    .badArgument, "\(name): \(setting) has no value", argument: argument, help: "a list of one is one value for all runs")
            }
            return Setting(setting, values, identified: identified)
        }
        if let taken = settings.map(\.name).first(where: { $0 == SweepFile.about || $0 == SweepResults.error }) {
            throw Problem(.badArgument, "\(name): no setting may be called \"\(taken)\", which the table needs itself", argument: argument)
        }
        guard !settings.isEmpty else {
            throw Problem(
                .badArgument, "\(name): there is no setting", argument: argument, help: "{seed: 1..3} runs the function three times")
        }
        guard let grid = SettingGrid(settings) else { throw Self.tooMany(settings, name, argument) }
        self = grid
    }

    /// The problem of too many combinations.
    static func tooMany(_ settings: [Setting], _ name: String, _ argument: String) -> Problem {
        Problem(
            .outOfRange, "\(name): these are more than \(most) combinations", argument: argument,
            notes: [settings.map { "\($0.name) \($0.values.count)" }.joined(separator: " × ")])
    }

    /// Returns a value's name in a table: a scene's title, a function's name, else the value itself.
    static func label(_ value: Value) -> Value {
        if case .function(let function) = value { return .string(function.name) }
        if case .host(let host) = value, case .string(let title) = (try? host.field("title")) ?? nil { return .string(title) }
        return value
    }

    /// The settings' names.
    var names: [String] { settings.map(\.name) }

    /// Returns the combination number `number`, counted from 0.
    func combination(_ number: Int) -> Combination {
        var rest = number
        let places = Array(
            settings.reversed().map { setting in
                defer { rest /= setting.values.count }
                return rest % setting.values.count
            }.reversed())
        let pairs = zip(settings, places)
        return Combination(
            number: number, values: Record(pairs.map { ($0.name, $0.values[$1]) }), labels: pairs.map { $0.labels[$1] },
            identities: pairs.compactMap { $1 < $0.identities.count ? $0.identities[$1] : nil })
    }

    /// Returns a combination in words, without the settings that have one value only.
    func text(_ one: Combination) -> [(String, String)] {
        zip(settings, one.labels).filter { $0.0.values.count > 1 }.map { ($0.name, $1.inlineText) }
    }
}
