/// The global names of the session or of one imported file.
final class Module: @unchecked Sendable {
    // Touched by the evaluator's thread, and by the session between runs.
    let name: String
    private var boxes: [String: Box] = [:]
    private var order: [String] = []

    init(name: String) {
        self.name = name
    }

    /// The variable of this name, made without a value if it is new.
    func box(_ name: String) -> Box {
        if let box = boxes[name] { return box }
        let box = Box(name)
        boxes[name] = box
        order.append(name)
        return box
    }

    func existing(_ name: String) -> Box? { boxes[name] }

    /// Names that have values, in the order in which the program first mentioned them.
    var globals: [(String, Value)] {
        order.compactMap { name in boxes[name]?.value.map { (name, $0) } }
    }

    /// What an import of this module gives: all but names that begin with `_`.
    var exports: Record {
        Record(globals.filter { !$0.0.hasPrefix("_") })
    }

    /// The values of all names, to be put back by `restore`.
    var snapshot: [String: Value] { boxes.compactMapValues(\.value) }

    /// Names get the values that they had; those that had none are without one again.
    func restore(_ snapshot: [String: Value]) {
        for (name, box) in boxes { box.value = snapshot[name] }
    }

    func clear() {
        // Functions hold boxes and boxes hold functions: empty the boxes to break the cycles.
        for box in boxes.values { box.value = nil }
        boxes.removeAll()
        order.removeAll()
    }
}
