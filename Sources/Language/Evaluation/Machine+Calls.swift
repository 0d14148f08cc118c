extension Machine {
    /// Creates the frame for a call of a closure.
    func frame(for closure: Closure, of function: FunctionValue) -> Frame {
        let code = closure.code
        return Frame(
            machine: self, slots: code.slotCount, boxes: code.boxNames, captures: closure.captures,
            function: function)
    }

    /// Runs a user's function. The first `given` slots of the frame hold its positional arguments. Throws what the body throws, with the
    /// call added to the trace.
    func run(_ closure: Closure, _ frame: Frame, given: Int, _ site: CallSite) throws -> Value {
        let code = closure.code
        try enter(site.span)
        defer { leave() }
        defer { if !code.boxNames.isEmpty { frame.releaseCycles() } }
        try tick(code.body)
        if code.needsFinish || given < code.positionalCount { try finish(code, frame, site) }
        do {
            let value = try code.body.evaluate(frame)
            return frame.signal == .returns ? frame.returned : value
        } catch is Unwind {
            return frame.returned
        } catch var failure as Failure {
            failure.addTrace(code.name ?? "fn", site.span)
            throw failure
        }
    }

    /// Fills in missing arguments from defaults, which are evaluated in the order of the parameters and may mention earlier ones, and fills
    /// the boxes of shared parameters.
    private func finish(_ code: Code, _ frame: Frame, _ site: CallSite) throws {
        for (slot, parameter) in code.parameters.enumerated() {
            if frame[slot] == nil {
                if let node = parameter.defaultNode {
                    frame[slot] = try node.evaluate(frame)
                } else if parameter.variadic {
                    frame[slot] = .list([])
                } else {
                    throw failure(code.syntax.missing(code.syntax.parameters[slot]), of: code, site)
                }
            }
            if let box = parameter.box { frame.box(box).value = frame[slot] }
        }
    }

    /// Binds positional and named arguments, then runs. The positional ones are not placed one by one: `map` calls this for every item.
    func call(
        _ function: FunctionValue, _ closure: Closure, _ positional: [Value], _ named: [(String, Value)],
        _ site: CallSite
    ) throws -> Value {
        let code = closure.code
        let inner = frame(for: closure, of: function)
        for (place, value) in positional.prefix(code.positionalCount).enumerated() { inner[place] = value }
        if positional.count > code.positionalCount {
            guard let slot = code.variadicSlot else {
                throw failure(code.syntax.tooMany(at: code.positionalCount, of: positional.count), of: code, site)
            }
            inner[slot] = .list(Array(positional.dropFirst(code.positionalCount)))
            try checkNesting(of: inner[slot] ?? .none, at: site.span)
        }
        for (name, value) in named {
            do {
                let slot = try code.syntax.place(ofNamed: name) { inner[$0] != nil }
                inner[slot] = value
            } catch {
                throw failure(error, of: code, site)
            }
        }
        return try run(closure, inner, given: 0, site)
    }

    /// Returns the problem of a call as a failure, at the argument that it is about.
    private func failure(_ problem: Problem, of code: Code, _ site: CallSite) -> Failure {
        site.failure(problem, parameters: code.parameters.map(\.name))
    }

    // MARK: builtins

    func call(
        _ builtin: Builtin, _ positional: [Value], _ named: [(String, Value)], _ site: CallSite
    ) throws -> Value {
        try running(builtin, site) { try run(builtin, positional, named, site.span) }
    }

    /// Binds the arguments to the builtin's parameters and runs it.
    private func run(_ builtin: Builtin, _ positional: [Value], _ named: [(String, Value)], _ span: Span?) throws -> Value {
        let value = try builtin.run(Binder.bind(builtin, positional, named, context, span))
        if value.isHolder { try checkNesting(of: value, at: span) }
        return value
    }

    /// Runs `body` as the call of a builtin, and turns the problems that it throws into failures at the call's place.
    func running<T>(_ builtin: Builtin, _ site: CallSite, _ body: () throws -> T) throws -> T {
        let outer = self.site
        self.site = ActiveSite(site: site, builtin: builtin)
        defer { self.site = outer }
        do {
            return try body()
        } catch let problem as Problem {
            throw site.failure(problem, parameters: builtin.parameters.map(\.name))
        } catch let failure as Failure {
            throw failure
        } catch {
            throw asFailure(error, at: site.nameSpan)
        }
    }

    /// Calls a function on behalf of the host. The problems of a builtin are thrown as they are: the host's own call gives them a place.
    func invoke(
        _ function: FunctionValue, arguments: [Value], named: [(String, Value)], span: Span?
    ) throws -> Value {
        switch function.body {
        case .user(let closure):
            return try call(function, closure, arguments, named, CallSite(span: span ?? closure.code.span))
        case .builtin(let builtin):
            return try run(builtin, arguments, named, span)
        }
    }
}
