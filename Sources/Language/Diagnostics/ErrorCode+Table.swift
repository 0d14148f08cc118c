extension ErrorCode {
    struct Entry: Sendable {
        var title: String
        var exit: ExitCode
        var explanation: String

        init(_ title: String, _ exit: ExitCode, _ explanation: String) {
            self.title = title
            self.exit = exit
            self.explanation = explanation
        }
    }

    static let table: [ErrorCode: Entry] = readingTable.merging(callTable) { first, _ in first }
        .merging(operatorTable) { first, _ in first }
        .merging(modelTable) { first, _ in first }
        .merging(fileTable) { first, _ in first }
        .merging(runTable) { first, _ in first }
        .merging(lintTable) { first, _ in first }

    // MARK: 01xx

    private static let readingTable: [ErrorCode: Entry] = [
        .unexpectedCharacter: Entry(
            "Unexpected character", .data,
            "The program contains a character that begins nothing in the language. Often it was pasted "
                + "from a formatted page: curly quotes, a long dash."),
        .unterminatedString: Entry(
            "String without an end", .data,
            "A string between single double quotes ends on its own line. Text over several lines stands "
                + "between three double quotes."),
        .badNumber: Entry(
            "Malformed number", .data,
            "Numbers are written 12, 1_000, 0xff, 0.5, 5e-4. Ints reach from -2^63 to 2^63 - 1."),
        .badEscape: Entry(
            "Malformed escape or braces in a string", .data,
            "Inside a string, \\n \\t \\r \\0 \\e \\\\ \\\" and \\u{…} are escapes, and braces hold "
                + "expressions; a brace itself is written {{ or }}. A raw string r\"…\" has neither."),
        .unexpectedToken: Entry(
            "Unexpected word or sign", .data,
            "Something stands where the grammar expects something else. The label says what was found, the "
                + "message what was expected."),
        .unexpectedEnd: Entry(
            "The program ends too early", .data,
            "The text ends in the middle of a statement. At the prompt, this is what makes it ask for "
                + "another line."),
        .unclosedBracket: Entry(
            "Bracket without a partner", .data,
            "A bracket or brace was opened and never closed. The first label shows where it was opened."),
        .badAssignment: Entry(
            "This cannot be assigned", .data,
            "Names are bound by =, and only names: values never change, so an item or a field cannot be "
                + "assigned. Make a new value instead, such as {..record, field: value}, and give it the "
                + "name."),
        .misplacedStatement: Entry(
            "Statement in the wrong place", .data,
            "return belongs into a function, break and continue into a loop, else behind the block of an "
                + "if."),
        .tooDeep: Entry(
            "Nested too deeply", .data,
            "Brackets, blocks and chains of operators have a depth limit, so that no program can exhaust "
                + "the stack. Give names to parts of the expression."),
        .badParameterList: Entry(
            "Malformed parameter list", .data,
            "Parameters have different names, and those with defaults follow those without. After * come "
                + "parameters that are given by name only; ..rest collects further positional arguments."),
        .notUTF8: Entry("Not UTF-8 text", .data, "Programs are UTF-8 text. This file is something else."),
    ]

    // MARK: W01xx

    private static let lintTable: [ErrorCode: Entry] = [
        .unusedName: Entry(
            "Name that is never used", .ok,
            "A function binds a name and nothing reads it: a result that is forgotten, or a name that was "
                + "mistyped where it should be read. A name that begins with _ may stand unused."),
        .unusedImport: Entry(
            "Import that is never used", .ok,
            "Nothing in the file reads the imported module. Leave the import out."),
        .overwrittenName: Entry(
            "Value that is never used", .ok,
            "A name gets a value, and another one before anything reads the first: x = load(…) and then "
                + "x = 2. Often the second should have another name, or should mention the first."),
        .shadowedBuiltin: Entry(
            "Function in place of a builtin", .ok,
            "A function of the file has the name of a builtin, which the rest of the file can then not call. "
                + "Where that is meant, nothing is wrong."),
        .unreachable: Entry(
            "Code that is never reached", .ok,
            "What stands after return, break, continue or fail(…) in the same block never runs."),
        .unseededDraw: Entry(
            "Random numbers without a seed", .ok,
            "What is drawn here comes from the session's generator, so it changes with every draw that is "
                + "added before it. randn([3], seed=1) always gives the same numbers, and so does everything "
                + "within  with seed(1) { … }."),
        .neverEqual: Entry(
            "Comparison that is always the same", .ok,
            "Values of these types are never equal: \"3\" == 3 is false. Convert one of them: "
                + "int(\"3\") == 3."),
        .missingInput: Entry(
            "File that is not there", .ok,
            "The program reads a file that lies neither beside it, nor in the current folder, nor in the "
                + "library, and that it does not write itself before; or it writes one into a folder that does not exist, "
                + "and that it does not make itself before."),
    ]

    // MARK: 02xx

    private static let callTable: [ErrorCode: Entry] = [
        .unknownName: Entry(
            "Unknown name", .data,
            "Nothing was bound to this name, and no builtin has it. Names are bound by =, fn, for and "
                + "import."),
        .unsetName: Entry(
            "Name without a value yet", .data,
            "A name that a function assigns anywhere is local to that function everywhere. Here it is read "
                + "before its first assignment. A function cannot rebind a name of the program around it: "
                + "it returns a value."),
        .unknownParameter: Entry(
            "Unknown parameter", .data,
            "The function has no parameter of this name. ?name lists what it takes."),
        .missingArgument: Entry(
            "Missing argument", .data,
            "A parameter without a default was not given."),
        .tooManyArguments: Entry(
            "Too many arguments", .data,
            "More positional arguments were given than the function takes. Parameters after * are given by "
                + "name."),
        .duplicateArgument: Entry(
            "Argument given twice", .data,
            "A parameter received two values: by place and by name, twice by name, or through a spread "
                + "record."),
        .wrongType: Entry(
            "Wrong type", .data,
            "A parameter takes values of certain types only. Ints are accepted where numbers are wanted; "
                + "floats are not accepted where ints are, because something would be lost silently."),
        .outOfRange: Entry(
            "Number outside of its range", .data,
            "The parameter's numbers are limited; the message gives both ends."),
        .notAllowed: Entry(
            "Not one of the allowed values", .data,
            "The parameter takes one of a few words; the note lists them."),
        .unknownField: Entry(
            "Unknown field", .data,
            "The value has no field of this name. At the prompt, a dot and Tab list the fields. "
                + "record.field ?? x gives x where a field is missing."),
        .notCallable: Entry(
            "Not a function", .data,
            "Something that is not a function stands before the parentheses of a call."),
        .notAScope: Entry(
            "Nothing that \"with\" takes", .data,
            "with takes a builtin that changes something for the length of a block, such as seed(7)."),
        .badArgument: Entry(
            "Argument that makes no sense here", .data,
            "The argument has the right type, but the function can do nothing with this value or this "
                + "combination."),
    ]

    // MARK: 03xx

    private static let operatorTable: [ErrorCode: Entry] = [
        .shapeMismatch: Entry(
            "Shapes do not match", .data,
            "Shapes are aligned from the right; two sizes fit when they are equal or one of them is 1. "
                + "Images and latents are channels-last: [N, height, width, channels]."),
        .badOperands: Entry(
            "Operator without meaning for these values", .data,
            "The operator does not take values of these types. Strings are joined by + with strings only; "
                + "values go into strings by braces."),
        .divisionByZero: Entry(
            "Division by zero", .data, "The divisor of /, // or % is zero."),
        .integerOverflow: Entry(
            "Int too large", .data,
            "The result does not fit into 64 bits. Written with a dot, numbers are floats, which reach "
                + "further."),
        .notABool: Entry(
            "Condition that is not true or false", .data,
            "if, while, and, or, not and assert take bools and nothing else: an empty list or a zero is "
                + "not false by itself. Write the comparison that is meant."),
        .badIndex: Entry(
            "Index of the wrong kind", .data,
            "Lists and strings take an int, a range or a slice a:b:step; records take a string."),
        .indexOutOfRange: Entry(
            "Index outside", .data,
            "The index points at no item. Indices begin at 0; negative ones count from the end."),
        .notIterable: Entry(
            "Nothing to go through", .data,
            "for, comprehensions and spreads go through lists, ranges, strings, the keys of records, and "
                + "some values of the domain. A number has no items: a range 1..n counts."),
        .unpackMismatch: Entry(
            "Names and values do not pair up", .data,
            "a, b = x needs as many values in x as names. ..rest collects what is left over."),
        .badFormat: Entry(
            "Malformed format", .data,
            "Formats are [align <>^][+][0][width][.precision][type], the type one of f e g d x %: "
                + "{loss:.3f}."),
        .cannotCompare: Entry(
            "Values that do not compare", .data,
            "< and > order numbers with numbers and strings with strings."),
        .noGradient: Entry(
            "No gradient", .data,
            "The value does not depend on the parameters through differentiable operations, or the graph "
                + "was not recorded (with no_grad)."),
        .notFinite: Entry(
            "Not a finite number", .data,
            "A computation gave NaN or infinity: a loss that diverged, a root of a negative number. Lower "
                + "the learning rate, or look at the inputs."),
    ]

    // MARK: 04xx

    private static let modelTable: [ErrorCode: Entry] = [
        .unknownModel: Entry(
            "Unknown model", .noInput,
            "No shipped model has this name and no folder lies at this path."),
        .badModelFolder: Entry(
            "Not a model folder", .data,
            "A model is a folder in the layout of diffusers: model_index.json, and unet, vae, "
                + "text_encoder, tokenizer, scheduler with their configurations and safetensors."),
        .damagedWeights: Entry(
            "Damaged safetensors file", .data,
            "The file is not valid safetensors: cut short, overlapping or missing parts, an impossible "
                + "header. Weights are read only when every byte of the header makes sense."),
        .weightMismatch: Entry(
            "Weights that do not fit the model", .data,
            "The file's tensors are not those that the configuration asks for; the notes name missing, "
                + "unexpected and mis-shaped ones."),
        .unsupportedConfiguration: Entry(
            "Unsupported configuration", .data,
            "The model's configuration asks for something that this engine does not do. The message names "
                + "the key and its value."),
        .unknownHandle: Entry(
            "Unknown handle", .data,
            "The prompt speaks of a handle that this model has not learned. Its handles are model.handles."),
        .promptTooLong: Entry(
            "Prompt too long", .data,
            "The text encoder takes a fixed number of tokens; the message says how many this prompt has."),
        .handleNameClash: Entry(
            "Handle name taken", .data,
            "A handle of this name exists already, or the tokenizer knows the text as a token of its own."),
        .unknownWord: Entry(
            "Initial word unknown", .data,
            "A handle starts from a word that is one token of the vocabulary. This word is none, or more "
                + "than one."),
        .modelMismatch: Entry(
            "Values of different models", .data,
            "Handles, latents and optimizers belong to the model (or one with the same anatomy) that they "
                + "came from."),
    ]

    // MARK: 05xx

    private static let fileTable: [ErrorCode: Entry] = [
        .sceneFolderExpected: Entry(
            "A scene is a folder", .data,
            "A scene is a folder with img.jpg (or img.png) and mask0.png, mask1.png, … From one picture, "
                + "make a scene with scene(image, masks)."),
        .fileMissing: Entry("No such file", .noInput, "There is no file or folder at this path."),
        .unreadablePicture: Entry(
            "Unreadable picture", .data,
            "The file is not a PNG or JPEG that can be decoded, or it is damaged or larger than what is "
                + "accepted."),
        .maskSizeDiffers: Entry(
            "Mask of another size", .data, "A mask has the size of its photo."),
        .maskEmpty: Entry("Empty mask", .data, "A mask without a single pixel names nothing."),
        .maskVanishes: Entry(
            "Mask vanishes at the attention resolution", .data,
            "The attention loss compares maps of few cells with the mask at that size. This mask covers "
                + "none of them, so its handle would learn nothing from that loss."),
        .masksIdentical: Entry(
            "Two equal masks", .data, "Two masks are the same: their handles could not be told apart."),
        .cannotWrite: Entry("Cannot write", .cannotCreate, "The file could not be created."),
        .diskFull: Entry(
            "Disk full", .inputOutput, "The disk has no room left for the file; what was begun is removed."),
        .noPermission: Entry("No permission", .noPermission, "The file system does not allow this."),
        .cannotRead: Entry("Cannot read", .inputOutput, "The file exists and could not be read."),
        .importCycle: Entry(
            "Files that import each other", .data,
            "A file imports another that, directly or not, imports the first. Move what both need into a "
                + "third."),
        .badFile: Entry("Malformed file", .data, "The file does not have the format that its use asks for."),
        .noMasks: Entry(
            "Scene without masks", .data,
            "The folder holds a picture but no masks: mask0.png, mask1.png and so on."),
        .checkpoint: Entry(
            "Checkpoint", .data,
            "The folder of checkpoints cannot be used for this: it is empty, damaged, or of another training. "
                + "Checkpoints that were written stay; another folder, or resume(folder), is the way on. As a warning: "
                + "a checkpoint was not written, and the training goes on without it."),
        .notPermitted: Entry(
            "Not permitted", .noPermission,
            "The program is confined, because its file was downloaded or because of --sandbox or an --allow option: it reads its own "
                + "folder, the current folder and the standard library, and writes to FILE.out and .bas/out beside it. Names that begin "
                + "with a dot are left out, links count as what they lead to, and pipes, devices, /proc and /sys are never used. "
                + "--allow-read=PATH and --allow-write=PATH add a file or a folder; bas trust FILE lets a downloaded file do everything "
                + "from now on. A program cannot change what it is confined to."),
        .smallMask: Entry(
            "Small mask", .data,
            "A mask of very few cells carries little of the attention loss; the paper's things cover 15 % "
                + "of the photo and more."),
    ]

    // MARK: 06xx to 09xx

    private static let runTable: [ErrorCode: Entry] = [
        .interrupted: Entry(
            "Interrupted", .interrupted, "The run was stopped on request. Values bound before stay."),
        .callTooDeep: Entry(
            "Too many nested calls", .data,
            "A function called itself, or functions each other, deeper than the limit: usually a recursion "
                + "without an end."),
        .tooManySteps: Entry(
            "Step limit", .data, "The program took more iterations and calls than it was allowed."),
        .tooManyBytes: Entry(
            "Memory limit", .data,
            "One value would be larger than the limit allows, or all memory together has become more than --limit-memory allows."),
        .nestedTooDeep: Entry(
            "Values nested too deeply", .data,
            "Lists and records hold each other deeper than the limit. Join lists with + instead of putting "
                + "one into the next."),
        .resultGone: Entry(
            "Result no longer kept", .data,
            "A prompt keeps the results of its cells (Out[n], _n) up to a number of bytes; beyond, the oldest "
                + "are let go. Run the cell again (:rerun n), bind what is needed to a name, or keep more "
                + "(:results 2GiB)."),
        .timeLimit: Entry(
            "Time limit", .data,
            "The program took longer than --limit-time allows and was stopped, as Ctrl-C stops it: what it had written stays, and a "
                + "training with checkpoint= goes on from there. At a prompt the limit is for each input."),
        .assertionFailed: Entry("Assertion failed", .data, "What the program asserts does not hold."),
        .failed: Entry("Failed", .data, "The program itself raised this error, by fail(…)."),
        .internal: Entry(
            "Internal error", .internal,
            "This is a mistake of ours, not of the program. Please report it with the program that shows "
                + "it."),
    ]
}
