extension [Builtin] {
    /// Returns the rows with the other names of their groups appended to `seeAlso`, in the order of the groups.
    public func relating(_ groups: [[String]]) -> [Builtin] {
        map { row in
            var row = row
            for name in groups.filter({ $0.contains(row.name) }).joined()
            where name != row.name && !row.seeAlso.contains(name) {
                row.seeAlso.append(name)
            }
            return row
        }
    }
}
