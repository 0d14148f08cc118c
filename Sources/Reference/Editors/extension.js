// The language server `bas lsp` in VS Code: errors while you write, completion, help, definitions, renaming, layout.
// A client of the Language Server Protocol without packages of its own: nothing has to be compiled or downloaded.
const vscode = require("vscode");
const { spawn } = require("child_process");

/** Requests, notifications and answers, framed by `Content-Length`. */
class Connection {
  constructor(program, notified, ended) {
    this.pending = new Map();
    this.nextId = 1;
    this.held = Buffer.alloc(0);
    this.notified = notified;
    this.process = spawn(program, ["lsp"], { stdio: ["pipe", "pipe", "ignore"] });
    const end = () => {
      for (const waiting of this.pending.values()) waiting.refuse(new Error("bas lsp has ended"));
      this.pending.clear();
      ended();
    };
    this.process.on("error", end);
    this.process.on("exit", end);
    this.process.stdin.on("error", () => {});
    this.process.stdout.on("data", bytes => this.read(bytes));
  }

  read(bytes) {
    this.held = Buffer.concat([this.held, bytes]);
    for (;;) {
      const head = this.held.indexOf("\r\n\r\n");
      if (head < 0) return;
      const length = Number(/Content-Length: *(\d+)/i.exec(this.held.toString("latin1", 0, head))?.[1] ?? 0);
      if (this.held.length < head + 4 + length) return;
      const text = this.held.toString("utf8", head + 4, head + 4 + length);
      this.held = this.held.subarray(head + 4 + length);
      this.take(JSON.parse(text));
    }
  }

  take(message) {
    if (message.method) return this.notified(message.method, message.params);
    const waiting = this.pending.get(message.id);
    this.pending.delete(message.id);
    if (message.error) waiting?.refuse(new Error(message.error.message)); else waiting?.accept(message.result);
  }

  write(message) {
    const body = JSON.stringify({ jsonrpc: "2.0", ...message });
    this.process.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  }

  tell(method, params) { this.write({ method, params }); }

  /** `token` takes the request back where the editor needs its answer no longer. */
  ask(method, params, token) {
    const id = this.nextId++;
    return new Promise((accept, refuse) => {
      this.pending.set(id, { accept, refuse });
      token?.onCancellationRequested(() => this.tell("$/cancelRequest", { id }));
      this.write({ id, method, params });
    });
  }
}

// What the protocol and the editor call the same by other names. Both count lines and UTF-16 units from 0.
const position = p => ({ line: p.line, character: p.character });
const range = r => new vscode.Range(r.start.line, r.start.character, r.end.line, r.end.character);
const edit = e => new vscode.TextEdit(range(e.range), e.newText);
const location = l => new vscode.Location(vscode.Uri.parse(l.uri), range(l.range));
const markdown = m => (m == null || typeof m === "string" ? m : new vscode.MarkdownString(m.value));
const list = x => (x == null ? [] : Array.isArray(x) ? x : [x]);

function diagnostic(d) {
  const result = new vscode.Diagnostic(range(d.range), d.message, (d.severity ?? 1) - 1);
  [result.code, result.source] = [d.code, d.source ?? "bas"];
  result.relatedInformation = list(d.relatedInformation)
    .map(r => new vscode.DiagnosticRelatedInformation(location(r.location), r.message));
  result.tags = d.tags;
  return result;
}

function completion(c) {
  const item = new vscode.CompletionItem(c.label, c.kind == null ? undefined : c.kind - 1);
  item.detail = c.detail;
  item.documentation = markdown(c.documentation);
  for (const name of ["filterText", "sortText", "insertText"]) if (c[name] != null) item[name] = c[name];
  if (c.textEdit) [item.range, item.insertText] = [range(c.textEdit.range), c.textEdit.newText];
  return item;
}

function symbol(s) {
  const result = new vscode.DocumentSymbol(s.name, s.detail ?? "", s.kind - 1, range(s.range), range(s.selectionRange));
  result.children = list(s.children).map(symbol);
  return result;
}

function signatures(s) {
  if (!s) return null;
  const help = new vscode.SignatureHelp();
  help.signatures = s.signatures.map(one => {
    const result = new vscode.SignatureInformation(one.label, markdown(one.documentation));
    result.parameters = list(one.parameters).map(p => new vscode.ParameterInformation(p.label, markdown(p.documentation)));
    return result;
  });
  [help.activeSignature, help.activeParameter] = [s.activeSignature ?? 0, s.activeParameter ?? 0];
  return help;
}

function workspaceEdit(w) {
  const result = new vscode.WorkspaceEdit();
  for (const [uri, edits] of Object.entries(w?.changes ?? {})) result.set(vscode.Uri.parse(uri), edits.map(edit));
  return result;
}

/** What the editor asks, and how the server's answers become the editor's values. */
function providers(ask, at) {
  const { languages } = vscode;
  return [
    languages.registerCompletionItemProvider("bas", {
      provideCompletionItems: async (d, p, token) => {
        const found = await ask("textDocument/completion", at(d, p), token);
        return list(found?.items ?? found).map(completion);
      },
    }, ".", "\"", "/"),
    languages.registerHoverProvider("bas", {
      provideHover: async (d, p, token) => {
        const found = await ask("textDocument/hover", at(d, p), token);
        return found && new vscode.Hover(markdown(found.contents), found.range && range(found.range));
      },
    }),
    languages.registerSignatureHelpProvider("bas", {
      provideSignatureHelp: async (d, p, token) => signatures(await ask("textDocument/signatureHelp", at(d, p), token)),
    }, "(", ","),
    languages.registerDefinitionProvider("bas", {
      provideDefinition: async (d, p, token) => list(await ask("textDocument/definition", at(d, p), token)).map(location),
    }),
    languages.registerReferenceProvider("bas", {
      provideReferences: async (d, p, context, token) =>
        list(await ask("textDocument/references", { ...at(d, p), context }, token)).map(location),
    }),
    languages.registerDocumentHighlightProvider("bas", {
      provideDocumentHighlights: async (d, p, token) =>
        list(await ask("textDocument/documentHighlight", at(d, p), token))
          .map(h => new vscode.DocumentHighlight(range(h.range), (h.kind ?? 1) - 1)),
    }),
    languages.registerDocumentSymbolProvider("bas", {
      provideDocumentSymbols: async (d, token) => list(await ask("textDocument/documentSymbol", at(d), token)).map(symbol),
    }),
    languages.registerDocumentFormattingEditProvider("bas", {
      provideDocumentFormattingEdits: async (d, options, token) =>
        list(await ask("textDocument/formatting", { ...at(d), options }, token)).map(edit),
    }),
    languages.registerRenameProvider("bas", {
      prepareRename: async (d, p, token) => {
        const found = await ask("textDocument/prepareRename", at(d, p), token);
        if (!found) throw new Error("this cannot be renamed");
        return range(found.range ?? found);
      },
      provideRenameEdits: async (d, p, newName, token) =>
        workspaceEdit(await ask("textDocument/rename", { ...at(d, p), newName }, token)),
    }),
  ];
}

let connection;
let ending = false;

async function activate(context) {
  const problems = vscode.languages.createDiagnosticCollection("bas");
  const program = vscode.workspace.getConfiguration("bas").get("path", "bas");
  connection = new Connection(program, (method, params) => {
    if (method === "textDocument/publishDiagnostics")
      problems.set(vscode.Uri.parse(params.uri), params.diagnostics.map(diagnostic));
  }, () => {
    if (!ending) vscode.window.showErrorMessage(`${program} lsp has ended or could not start; the setting bas.path names the program.`);
    ending = true;
  });
  const isOurs = d => d.languageId === "bas" && !ending;
  const at = (d, p) => ({ textDocument: { uri: d.uri.toString() }, ...(p && { position: position(p) }) });
  const open = d => {
    if (!isOurs(d)) return;
    connection.tell("textDocument/didOpen", {
      textDocument: { uri: d.uri.toString(), languageId: "bas", version: d.version, text: d.getText() },
    });
  };
  await connection.ask("initialize", { processId: process.pid, rootUri: null, capabilities: {} });
  connection.tell("initialized", {});
  const { workspace } = vscode;
  context.subscriptions.push(problems, ...providers((...question) => connection.ask(...question), at),
    workspace.onDidOpenTextDocument(open),
    workspace.onDidChangeTextDocument(event => {
      if (!isOurs(event.document) || event.contentChanges.length === 0) return;
      connection.tell("textDocument/didChange", {
        textDocument: { uri: event.document.uri.toString(), version: event.document.version },
        contentChanges: event.contentChanges.map(c => ({
          range: { start: position(c.range.start), end: position(c.range.end) }, text: c.text,
        })),
      });
    }),
    workspace.onDidSaveTextDocument(d => isOurs(d) && connection.tell("textDocument/didSave", at(d))),
    workspace.onDidCloseTextDocument(d => isOurs(d) && connection.tell("textDocument/didClose", at(d))));
  workspace.textDocuments.forEach(open);
}

async function deactivate() {
  if (ending || !connection) return;
  ending = true;
  await connection.ask("shutdown", null);
  connection.tell("exit", null);
}

module.exports = { activate, deactivate };
