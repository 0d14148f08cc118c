/// The global variables of the session or of one imported file.
final class Module: @unchecked Sendable {
    // Only the evaluator's thread touches it, and the session between runs.
    let name: String
    private var boxes: [String: Box] = [:]
    private var order: [String] = []

    init(name: String) {
        self.name = name
    }

    /// Returns the variable of this name, created without a value where it is new.
    func box(_ name: String) -> Box {
        if let box = boxes[name] { return box }
        let box = Box(name)
        boxes[name] = box
        order.append(name)
        return box
    }

    /// Returns the variable of this name, or nil where the program has not mentioned it.
    func existing(_ name: String) -> Box? { boxes[name] }

    /// The variables that have values, in the order in which the program first mentioned them.
    var globals: [(String, Value)] {
        order.compactMap { name in boxes[name]?.value.map { (name, $0) } }
    }

    /// The record that an import of this module gives: all variables but those whose names begin with `_`.
    var exports: Record {
        Record(globals.filter { !$0.0.hasPrefix("_") })
    }

    /// The values of all variables, for `restore`.
    var snapshot: [String: Value] { boxes.compactMapValues(\.value) }

    /// Puts the values of a snapshot back; variables that had none lose theirs.
    func restore(_ snapshot: [String: Value]) {
        for (name, box) in boxes { box.value = snapshot[name] }
    }

    /// Removes all variables.
    func clear() {
        // Functions hold boxes and boxes hold functions: empty the boxes to break the cycles.
        for box in boxes.values { box.value = nil }
        boxes.removeAll()
        order.removeAll()
    }
}
