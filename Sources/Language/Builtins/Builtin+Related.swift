extension [Builtin] {
    /// The rows with what stands beside them in `groups`, in that order, under "see also".
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
