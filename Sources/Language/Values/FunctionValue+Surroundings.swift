extension FunctionValue {
    /// What a user's function finds outside of itself by a name that its text mentions: variables that it captured, and
    /// globals of the main program; in the order of the names. What is called like a parameter is left out. None for a builtin.
    public func surroundings(_ context: Context) -> [(name: String, value: Value)] {
        guard let closure, let source else { return [] }
        let words = source.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.map(String.init)
        let captured = Dictionary(closure.captures.compactMap { box in box.value.map { (box.name, $0) } }) { first, _ in first }
        return Set(words).subtracting(parameterNames).sorted().compactMap { name in
            (captured[name] ?? context.machine?.main.existing(name)?.value).map { (name, $0) }
        }
    }
}
