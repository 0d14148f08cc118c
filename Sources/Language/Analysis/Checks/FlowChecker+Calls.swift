extension FlowChecker {
    /// Checks a call's arguments against the callee's parameters and returns the type of its result.
    func type(ofCall call: CallSyntax, _ span: Span) -> StaticType {
        let callee = calleeType(call)
        let (arguments, isSound) = collect(call)
        let site = CallSite(call, span)
        switch callee {
        case .unknown, .number, .function(.opaque): return .unknown
        case .function(.builtin(let builtin)):
            guard isSound else { return builtin.result.usual }
            return result(of: builtin, arguments, call, site)
        case .function(.user(let function)):
            if isSound { bind(function, arguments, site) }
            if function.syntax.span.file === file {
                labelled += call.arguments.compactMap(\.labelSpan).map { (function.syntax.span.start, $0) }
            }
            if function.draws { noteDraw(call.callee.span, function.name) }
            if isSound { noteCall(of: function) }
            return function.result
        default: return notCallable(callee, call)
        }
    }

    /// Returns the type of what is called. Where a method that does not exist is called, the report gets the hint to call a function
    /// instead.
    private func calleeType(_ call: CallSyntax) -> StaticType {
        let count = diagnostics.count
        let type = type(of: call.callee)
        if diagnostics.count > count, diagnostics[diagnostics.count - 1].code == .unknownField,
            let hint = call.methodHint(table)
        {
            diagnostics[diagnostics.count - 1].help = hint
        }
        return type
    }

    private func notCallable(_ type: StaticType, _ call: CallSyntax) -> StaticType {
        guard let example = type.example else { return .unknown }
        let problem = Problem.notCallable(
            example, call.callee.span.text, hint: call.methodHint(table), hasArguments: !call.arguments.isEmpty)
        return fail(problem.code, problem.message, call.callee.span, label: problem.label ?? "", help: problem.help)
    }

    // MARK: arguments

    /// Returns the types of the arguments from left to right, with spreads opened. `isSound` is false where an error in them leaves unknown
    /// what the call would be given.
    private func collect(_ call: CallSyntax) -> (StaticArguments, isSound: Bool) {
        var result = StaticArguments()
        var isSound = true
        for argument in call.arguments {
            let count = diagnostics.count
            let type = type(of: argument.value)
            if diagnostics.count > count, diagnostics.last?.severity == .error, type.isUnknown { isSound = false }
            if argument.spread {
                isSound = spread(type, argument, &result) && isSound
            } else if let label = argument.label {
                result.named.append((label, type))
            } else {
                if !result.named.isEmpty {
                    fail(
                        .badArgument, "a positional argument follows a named one", argument.value.span,
                        help: "give its name too, or put it first")
                    isSound = false
                }
                if result.hasMorePositional { continue }
                result.positional.append(type)
            }
        }
        return (result, isSound)
    }

    /// Appends the arguments that `..type` stands for; returns false, after a report, where the type cannot be spread.
    private func spread(_ type: StaticType, _ argument: Argument, _ result: inout StaticArguments) -> Bool {
        switch type {
        case .unknown, .number:
            (result.hasMorePositional, result.hasMoreNamed) = (true, true)
        case .record(let fields, let isOpen):
            result.named += fields.map { ($0.name, $0.type) }
            result.hasMoreNamed = result.hasMoreNamed || isOpen
        case .string, .constant(.string), .constant(.none), .constant(.bool), .constant(.int), .constant(.float), .bool,
            .int, .float, .function:
            fail(
                .wrongType, "\"..\" spreads a record into named arguments, or a list into positional ones",
                argument.value.span, label: "this is \(type.description)")
            return false
        default:
            if let items = type.items, result.named.isEmpty {
                if !result.hasMorePositional { result.positional += items }
            } else {
                result.hasMorePositional = true
            }
        }
        return true
    }

    // MARK: builtins

    /// Binds the arguments to the builtin's parameters, records the call, and returns the type that the builtin infers.
    private func result(
        of builtin: Builtin, _ arguments: StaticArguments, _ call: CallSyntax, _ site: CallSite
    ) -> StaticType {
        let (bound, problems) = StaticBinder.bind(builtin, arguments)
        for problem in problems { report(problem, site, builtin) }
        guard problems.isEmpty else { return builtin.result.usual }
        noteRandomness(bound, arguments, call)
        checkFiles(bound, site)
        if !isSilent {
            calls.append(AnalyzedCall(call: bound, span: span(site), isRepeated: loops > 0, isInFunction: !functions.isEmpty))
        }
        if builtin.name == "fail" {
            isDead = functions.isEmpty ? isDead : true
            noteEnd()
        }
        do {
            return try builtin.result.infer(bound)
        } catch let problem as Problem {
            report(problem, site, builtin)
        } catch {}
        return builtin.result.usual
    }

    private func report(_ problem: Problem, _ site: CallSite, _ builtin: Builtin) {
        report(site.failure(problem, parameters: builtin.parameters.map(\.name)).diagnostic)
    }

    private func bind(_ function: UserFunction, _ arguments: StaticArguments, _ site: CallSite) {
        do {
            try StaticBinder.bind(function, arguments)
        } catch let problem as Problem {
            report(site.failure(problem, parameters: function.parameterNames).diagnostic)
        } catch {}
    }

    /// Checks an opening after `with`, such as `seed(7)` or `no_grad`. Returns whether it seeds the generator.
    func open(_ opening: Expression) -> Bool {
        var call = CallSyntax(callee: opening, arguments: [])
        if case .call(let own) = opening.kind { call = own }
        let callee = type(of: call.callee)
        let (arguments, isSound) = collect(call)
        guard case .function(.builtin(let builtin)) = callee, builtin.scope != nil else {
            if callee.isUnknown { return true }
            let names = table.all.filter { $0.scope != nil }.map(\.name)
            fail(
                .notAScope, "\(quoted(call.callee.span.text)) cannot stand after \"with\"", call.callee.span,
                notes: names.isEmpty ? [] : ["\(listed(names)) can"])
            return false
        }
        guard isSound else { return builtin.randomness.isSeeding }
        for problem in StaticBinder.bind(builtin, arguments).problems {
            report(problem, CallSite(call, opening.span), builtin)
        }
        return builtin.randomness.isSeeding
    }

    // MARK: functions

    /// Checks a function's definition, with nothing known of its parameters, and returns what holds for every call of it.
    func userFunction(_ syntax: FunctionSyntax) -> UserFunction {
        let function = UserFunction(syntax)
        let number = names.owners[syntax.span.start] ?? -1
        let wasSeeded = seeded
        _ = way {
            isDead = false
            seeded = 0
            functions.append(FunctionFrame(number: number))
            let around = doubts
            doubts = Doubts()
            defer { doubts = around }
            for symbol in names.owned[number] ?? [] { types[symbol.id] = symbol.kind == .parameter ? .unknown : nil }
            for parameter in syntax.parameters {
                if let value = parameter.defaultValue { _ = doubtfully { type(of: value) } }
                if parameter.variadic, let symbol = names.bound[parameter.span.start] {
                    types[symbol.id] = .listOf(.unknown)
                }
            }
            let value = check(syntax.body)
            let frame = functions.removeLast()
            let results = isDead ? frame.returned : frame.returned + [value]
            function.result = results.isEmpty ? .unknown : StaticType.join(results)
            function.draws = frame.draws
            function.certain = frame.certain
            function.neverReturns = results.isEmpty
        }
        seeded = wasSeeded
        return function
    }

    // MARK: randomness and files

    /// Notes that a call seeds the session's generator, or draws from it.
    private func noteRandomness(_ bound: StaticCall, _ arguments: StaticArguments, _ call: CallSyntax) {
        switch bound.builtin.randomness {
        case .none: break
        case .seeds: seeded += 1
        case .draws(let mayDraw):
            let hasSeed = bound.builtin.parameters.contains { $0.isSeed && bound.has($0) }
            guard !hasSeed, !arguments.hasMoreNamed, mayDraw(bound) else { return }
            noteDraw(call.callee.span, bound.builtin.name)
        }
    }

    /// Warns of a draw from a generator that nothing has seeded. Within a function the draw is noted on the function, because its caller
    /// may seed.
    private func noteDraw(_ span: Span, _ name: String) {
        guard seeded == 0 else { return }
        guard functions.isEmpty else {
            functions[functions.count - 1].draws = true
            return
        }
        warn(
            .unseededDraw, "\(name) draws random numbers without a seed", span,
            label: "what comes out depends on every draw before it",
            help: "seed=1 where it is taken, or with seed(1) { … } around it")
    }

    /// Warns of input files that do not exist and of output files whose folder does not exist, and notes the paths that the call writes.
    private func checkFiles(_ bound: StaticCall, _ site: CallSite) {
        for parameter in bound.builtin.parameters {
            guard let use = parameter.file, let path = bound.string(parameter), !path.isEmpty else { continue }
            switch use {
            case .place: break
            case .folder: written.insert(path)
            case .output:
                if !isWritten(path), let problem = FolderProblem.missing(above: context.resolve(path)) {
                    warn(
                        .missingInput, problem.message,
                        site.span(of: parameter.name, among: bound.builtin.parameters.map(\.name)) ?? span(site), help: problem.help)
                }
                written.insert(path)
            case .input(let library, let names):
                guard !names.contains(path), !isWritten(path), !modules.finds(path, library, from: file.name) else { continue }
                warn(
                    .missingInput, "there is no file \(quoted(path))",
                    site.span(of: parameter.name, among: bound.builtin.parameters.map(\.name)) ?? span(site),
                    label: modules.nearest(path, library, from: file.name), help: nil)
            }
        }
    }

    private func span(_ site: CallSite) -> Span { site.nameSpan ?? Span(file: file, start: 0, end: 0) }

    /// Returns whether the program has written the path, a folder above it, or something within it.
    private func isWritten(_ path: String) -> Bool {
        written.contains { $0 == path || path.hasPrefix($0 + "/") || $0.hasPrefix(path + "/") }
    }
}
