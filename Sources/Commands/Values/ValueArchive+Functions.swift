import Files
import Language
import Tensors

extension ValueArchive {
    /// The functions that a writer has met, each once: functions may read each other.
    struct FunctionQueue {
        private var numbers: [ObjectIdentifier: Int] = [:]
        private(set) var functions: [FunctionValue] = []

        mutating func number(of function: FunctionValue) -> Int {
            if let known = numbers[function.identity] { return known }
            numbers[function.identity] = functions.count
            functions.append(function)
            return functions.count - 1
        }
    }

    /// The functions of an archive as far as they are read.
    struct ReadFunctions {
        var trees: [JSON]?
        var shells: [Int: FunctionShell] = [:]
    }
}

extension ValueArchive.Writer {
    /// Returns the tree of a function, which is written when all values are.
    mutating func add(_ function: FunctionValue) -> JSON {
        if let builtin = function.builtin { return ["type": "builtin", "name": .string(builtin.name)] }
        return ["type": "function", "number": JSON(functions.number(of: function))]
    }

    /// Writes the functions that the values reach. Throws the `Problem` that names the function and the variable that cannot be kept.
    mutating func writeFunctions() throws {
        var (trees, next) = ([JSON](), 0)
        while next < functions.functions.count {
            let function = functions.functions[next]
            next += 1
            guard let source = try FunctionSource(function) else { continue }
            var variables: [JSON] = []
            for (name, value) in source.variables {
                do {
                    variables.append(.array([.string(name), try tree(value, depth: 0)]))
                } catch is ValueArchive.NotKept {
                    throw Problem(
                        .badArgument,
                        "the function \(function.name) reads \"\(name)\", \(value.describedType), which cannot be given to another process",
                        help: "make it within the function")
                }
            }
            trees.append([
                "text": .string(source.text), "file": .string(source.file), "line": JSON(source.position.line),
                "column": JSON(source.position.column), "variables": .array(variables),
            ])
        }
        try AtomicFile.write(archive.functionPath, text: JSON.array(trees).text() + "\n")
    }
}

extension ValueArchive.Reader {
    /// Returns the function of a tree; its variables have their values when `bindFunctions` was called.
    mutating func function(_ tree: JSON) throws -> FunctionValue {
        if tree["type"]?.stringValue == "builtin" {
            return FunctionValue(try known(tree["name"]?.stringValue.flatMap { context.builtins[$0] }))
        }
        let number = try known(tree["number"]?.intValue)
        if let shell = functions.shells[number] { return shell.function }
        let trees = try functions.trees ?? known(JSON.parse(ReadableFile.contents(archive.functionPath)).arrayValue)
        functions.trees = trees
        guard trees.indices.contains(number) else { throw ValueArchive.Damaged() }
        let (line, column) = (try known(trees[number]["line"]?.intValue), try known(trees[number]["column"]?.intValue))
        let position = SourcePosition(line: line, column: column)
        let shell = try context.shell(
            FunctionSource(
                text: known(trees[number]["text"]?.stringValue), file: known(trees[number]["file"]?.stringValue), position: position,
                variables: []))
        functions.shells[number] = shell
        let variables = try known(trees[number]["variables"]?.arrayValue).map { pair in
            guard let parts = pair.arrayValue, parts.count == 2 else { throw ValueArchive.Damaged() }
            return (name: try known(parts[0].stringValue), value: try value(parts[1]))
        }
        shell.bind(variables)
        return shell.function
    }
}
