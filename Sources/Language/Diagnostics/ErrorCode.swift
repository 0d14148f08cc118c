/// The errors and warnings that the language or its host can raise. Raw values are stable; titles, explanations and exit codes are in
/// `ErrorCode.table`.
public enum ErrorCode: String, Sendable, CaseIterable {
    // 01xx: parsing a program
    case unexpectedCharacter = "E0101"
    case unterminatedString = "E0102"
    case badNumber = "E0103"
    case badEscape = "E0104"
    case unexpectedToken = "E0105"
    case unexpectedEnd = "E0106"
    case unclosedBracket = "E0107"
    case badAssignment = "E0108"
    case misplacedStatement = "E0109"
    case tooDeep = "E0110"
    case badParameterList = "E0111"
    case notUTF8 = "E0112"

    // W01xx: warnings that are found without running
    case unusedName = "W0101"
    case unusedImport = "W0102"
    case overwrittenName = "W0103"
    case shadowedBuiltin = "W0104"
    case unreachable = "W0105"
    case unseededDraw = "W0106"
    case neverEqual = "W0107"
    case missingInput = "W0108"

    // 02xx: names and calls
    case unknownName = "E0201"
    case unsetName = "E0202"
    case unknownParameter = "E0203"
    case missingArgument = "E0204"
    case tooManyArguments = "E0205"
    case duplicateArgument = "E0206"
    case wrongType = "E0207"
    case outOfRange = "E0208"
    case notAllowed = "E0209"
    case unknownField = "E0210"
    case notCallable = "E0211"
    case notAScope = "E0212"
    case badArgument = "E0213"

    // 03xx: operators, shapes, indices
    case shapeMismatch = "E0301"
    case badOperands = "E0302"
    case divisionByZero = "E0303"
    case integerOverflow = "E0304"
    case notABool = "E0305"
    case badIndex = "E0306"
    case indexOutOfRange = "E0307"
    case notIterable = "E0308"
    case unpackMismatch = "E0309"
    case badFormat = "E0310"
    case cannotCompare = "E0311"
    case noGradient = "E0312"
    case notFinite = "E0313"

    // 04xx: models, handles, prompts
    case unknownModel = "E0401"
    case badModelFolder = "E0402"
    case damagedWeights = "E0403"
    case weightMismatch = "E0404"
    case unsupportedConfiguration = "E0405"
    case unknownHandle = "E0412"
    case promptTooLong = "E0413"
    case handleNameClash = "E0414"
    case unknownWord = "E0415"
    case modelMismatch = "E0416"

    // 05xx: scenes and files
    case sceneFolderExpected = "E0501"
    case fileMissing = "E0502"
    case unreadablePicture = "E0503"
    case maskSizeDiffers = "E0504"
    case maskEmpty = "E0505"
    case maskVanishes = "E0506"
    case masksIdentical = "E0507"
    case cannotWrite = "E0508"
    case diskFull = "E0509"
    case noPermission = "E0510"
    case cannotRead = "E0511"
    case importCycle = "E0512"
    case badFile = "E0513"
    case noMasks = "E0514"
    case smallMask = "E0515"
    case checkpoint = "E0516"
    case notPermitted = "E0517"

    // 06xx: limits and interrupts
    case interrupted = "E0601"
    case callTooDeep = "E0602"
    case tooManySteps = "E0603"
    case tooManyBytes = "E0604"
    case nestedTooDeep = "E0605"
    case resultGone = "E0606"
    case timeLimit = "E0607"

    // 07xx: raised by the program itself
    case assertionFailed = "E0701"
    case failed = "E0702"

    // 09xx: defects of the language or its host
    case `internal` = "E0901"

    /// The error in a few words.
    public var title: String { entry.title }
    /// The paragraph that `bas explain CODE` shows.
    public var explanation: String { entry.explanation }
    /// The exit code of a process that ends with this error.
    public var exitCode: ExitCode { entry.exit }

    /// Creates the code with this raw value, in any case: "e0203" is E0203. Returns nil where there is none.
    public init?(text: String) {
        self.init(rawValue: text.uppercased())
    }

    /// Whether this is a warning that is found without running.
    public var isLint: Bool { rawValue.hasPrefix("W") }

    private var entry: Entry {
        ErrorCode.table[self] ?? Entry("An error", .internal, "This code has no explanation yet.")
    }
}
