extension Compiler {
    /// Compiles an expression. Where it is not a statement of a block, which would look at signals, an expression with blocks in it is
    /// wrapped in a `BarrierNode`.
    func compile(_ expression: Expression, asStatement: Bool = false) -> Node {
        let span = expression.span
        switch expression.kind {
        case .none: return ConstantNode(.none, span: span)
        case .bool(let value): return ConstantNode(.bool(value), span: span)
        case .int(let value): return ConstantNode(.int(value), span: span)
        case .float(let value): return ConstantNode(.float(value), span: span)
        case .string(let parts): return compileString(parts, span)
        case .name(let name): return compileName(name, span)
        case .list(let items): return ListNode(items.map { (compile($0.value), $0.spread) }, span: span)
        case .record(let items): return RecordNode(items.map { compile($0) }, span: span)
        case .comprehension(let element, let clauses):
            return compileComprehension(element, clauses[...], [], span)
        case .unary(let op, let word, let value): return compileUnary(op, word: word, value, span)
        case .binary(let op, let left, let right, let at):
            return BinaryNode.make(op, compile(left), compile(right), at: at, span: span)
        case .logical(let and, let left, let right):
            return LogicalNode(and: and, compile(left), compile(right), span: span)
        case .contains(let item, let container, let negated, let at):
            return ContainsNode(compile(item), in: compile(container), negated: negated, at: at, span: span)
        case .coalesce(let left, let right):
            return CoalesceNode(compileOptional(left), compile(right), span: span)
        case .range(let low, let high, let inclusive):
            return RangeNode(compile(low), compile(high), inclusive: inclusive, span: span)
        case .call(let call): return compileCall(call, span)
        case .index(let base, let parts):
            return IndexNode(compile(base), parts.map { compile($0) }, span: span)
        case .field(let base, let name, let at):
            if case .name = base.kind { fieldOfName = name }
            return FieldNode(compile(base), name, at: at, optional: false, span: span)
        case .function(let function): return compile(function)
        case .conditional, .attempt, .scoped:
            let node = compileBlocks(expression.kind, span)
            return !asStatement && node.maySignal ? BarrierNode(node) : node
        }
    }

    /// Compiles `if`, `try` and `with`.
    private func compileBlocks(_ kind: Expression.Kind, _ span: Span) -> Node {
        switch kind {
        case .conditional(let condition, let then, let otherwise):
            return IfNode(compile(condition), compile(then), otherwise.map { compile($0) }, span: span)
        case .attempt(let body, let problem, let recovery):
            let (body, name) = (compile(body), problem?.name)
            return scoped(name.map { [$0] } ?? []) {
                TryNode(body, name.map { nameTarget($0, fresh: true) }, compile(recovery), span: span)
            }
        case .scoped(let scopes, let body):
            return WithNode(scopes.map { compileScope($0) }, compile(body), span: span)
        default:
            return ConstantNode(.none, span: span)
        }
    }

    /// Compiles the left side of `??`, in which a missing field or key is none.
    private func compileOptional(_ expression: Expression) -> Node {
        switch expression.kind {
        case .field(let base, let name, let at):
            return FieldNode(compileOptional(base), name, at: at, optional: true, span: expression.span)
        case .index(let base, let parts):
            return IndexNode(
                compileOptional(base), parts.map { compile($0) }, optional: true, span: expression.span)
        default:
            return compile(expression)
        }
    }

    /// Compiles the reading of a name.
    func compileName(_ name: String, _ span: Span) -> Node {
        defer { fieldOfName = nil }
        switch resolve(name) {
        case .slot(let slot): return SlotNode(slot, name, span: span)
        case .box(let index): return BoxNode(index, span: span)
        case .capture(let index): return CaptureNode(index, span: span)
        case .current: return CurrentFunctionNode(span: span)
        case .global(let box):
            let builtin = machine.context.builtins[name].map { FunctionValue($0) }
            note(GlobalRead(box: box, field: fieldOfName, builtin: builtin))
            return GlobalNode(box, builtin, module, span: span)
        }
    }

    private func compileString(_ parts: [StringPart], _ span: Span) -> Node {
        if parts.isEmpty { return ConstantNode(.string(""), span: span) }
        if parts.count == 1, case .text(let text) = parts[0] {
            return ConstantNode(.string(text), span: span)
        }
        let compiled = parts.map { part -> StringNode.Part in
            switch part {
            case .text(let text): .text(text)
            case .value(let value, let format): .value(compile(value), format)
            }
        }
        return StringNode(compiled, span: span)
    }

    private func compile(_ item: RecordItem) -> RecordNode.Item {
        switch item {
        case .field(let name, let value): .field(name, compile(value))
        case .computed(let key, let value): .computed(compile(key), compile(value))
        case .spread(let value): .spread(compile(value))
        }
    }

    private func compile(_ part: SubscriptSyntax) -> IndexNode.Part {
        switch part {
        case .at(let value): .at(compile(value))
        case .slice(let start, let end, let step):
            .slice(start.map { compile($0) }, end.map { compile($0) }, step.map { compile($0) })
        case .ellipsis: .ellipsis
        }
    }

    /// Compiles the remaining clauses of a comprehension. Each loop's names are visible to the clauses after it and to the element.
    private func compileComprehension(
        _ element: Expression, _ clauses: ArraySlice<Clause>, _ done: [ComprehensionNode.Step], _ span: Span
    ) -> Node {
        guard let clause = clauses.first else { return ComprehensionNode(compile(element), done, span: span) }
        switch clause {
        case .filter(let condition):
            return compileComprehension(
                element, clauses.dropFirst(), done + [.filter(compile(condition))], span)
        case .loop(let pattern, let source):
            let source = compile(source)
            return scoped(pattern.names) {
                let step = ComprehensionNode.Step.loop(target(pattern, fresh: true), source)
                return compileComprehension(element, clauses.dropFirst(), done + [step], span)
            }
        }
    }

    private func compileUnary(_ op: UnaryOperator, word: Bool, _ value: Expression, _ span: Span) -> Node {
        if op == .negate {
            // A negated literal is a literal.
            if case .int(let number) = value.kind { return ConstantNode(.int(-number), span: span) }
            if case .float(let number) = value.kind { return ConstantNode(.float(-number), span: span) }
        }
        return UnaryNode(op, word: word, compile(value), span: span)
    }

    // MARK: calls

    private func compileCall(_ call: CallSyntax, _ span: Span) -> Node {
        let site = CallSite(call, span)
        return CallNode(
            compile(call.callee), call.arguments.map { compile($0) }, site: site,
            hint: call.methodHint(machine.context.builtins),
            span: span)
    }

    private func compile(_ argument: Argument) -> CallNode.Argument {
        let node = compile(argument.value)
        if argument.spread { return .spread(node) }
        return argument.label.map { .named($0, node) } ?? .positional(node)
    }

    /// Compiles an opening after `with`, such as `seed(7)` or `no_grad`.
    private func compileScope(_ expression: Expression) -> WithNode.Scope {
        if case .call(let call) = expression.kind {
            return WithNode.Scope(
                callee: compile(call.callee), arguments: call.arguments.map { compile($0) },
                site: CallSite(call, expression.span))
        }
        return WithNode.Scope(
            callee: compile(expression), arguments: [],
            site: CallSite(CallSyntax(callee: expression, arguments: []), expression.span))
    }
}
