import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { requirePeer } from '../peers/env.ts';

interface Message {
  readonly id?: number | string;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
}

/** A mark of an editor: its line from 1, and what it says. */
export interface Mark {
  readonly line: number;
  readonly message: string;
}

/** What an editor would be told to use: the schema that a file names, and nothing from elsewhere. */
const settings = { validate: true, hover: true, completion: true, schemaStore: { enable: false } };

/** The YAML language server as an editor runs it: over stdin and stdout. */
export class LanguageServer {
  private readonly process: ChildProcessByStdio<Writable, Readable, null>;
  private readonly answers = new Map<number | string, (result: unknown) => void>();
  private readonly marks = new Map<string, (marks: readonly Mark[]) => void>();
  private received = Buffer.alloc(0);
  private last = 0;

  /** Starts it; a proxy that nobody is behind keeps it from the network. */
  constructor() {
    const nowhere = 'http://127.0.0.1:9';
    this.process = spawn(process.execPath, [requirePeer('yaml-language-server').path, '--stdio'], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, http_proxy: nowhere, https_proxy: nowhere },
    });
    this.process.stdout.on('data', (part: Buffer) => {
      this.received = Buffer.concat([this.received, part]);
      for (let message = this.next(); message !== undefined; message = this.next()) this.take(message);
    });
  }

  /** Introduces an editor that shows marks, completions and descriptions. */
  async start(folder: string): Promise<void> {
    const rootUri = pathToFileURL(folder).href;
    const capabilities = { workspace: { configuration: true }, textDocument: { hover: {}, completion: {} } };
    await this.ask('initialize', { processId: process.pid, rootUri, capabilities });
    this.send({ method: 'initialized', params: {} });
  }

  /** Opens a file with a text; the marks that the editor then shows. */
  open(path: string, text: string): Promise<readonly Mark[]> {
    const uri = pathToFileURL(path).href;
    const marks = new Promise<readonly Mark[]>((resolve) => this.marks.set(uri, resolve));
    this.send({
      method: 'textDocument/didOpen',
      params: { textDocument: { uri, languageId: 'yaml', version: 1, text } },
    });
    return marks;
  }

  /** What the server says at a place of an open file, line and column from 0: `hover`, `completion`. */
  at(what: 'hover' | 'completion', path: string, line: number, character: number): Promise<unknown> {
    const textDocument = { uri: pathToFileURL(path).href };
    return this.ask(`textDocument/${what}`, { textDocument, position: { line, character } });
  }

  /** Ends it. */
  stop(): void {
    this.process.kill();
  }

  private ask(method: string, params: unknown): Promise<unknown> {
    this.last += 1;
    const id = this.last;
    this.send({ id, method, params });
    return new Promise((resolve) => this.answers.set(id, resolve));
  }

  private send(message: Message): void {
    const text = JSON.stringify({ jsonrpc: '2.0', ...message });
    this.process.stdin.write(`Content-Length: ${String(Buffer.byteLength(text))}\r\n\r\n${text}`);
  }

  /** The next whole message of what was received. */
  private next(): Message | undefined {
    const [head, length] = /^Content-Length: (\d+)[^]*?\r\n\r\n/.exec(this.received.toString('latin1')) ?? [];
    if (head === undefined || this.received.length < head.length + Number(length)) return undefined;
    const text = this.received.subarray(head.length, head.length + Number(length)).toString();
    this.received = this.received.subarray(head.length + Number(length));
    return JSON.parse(text) as Message;
  }

  private take({ id, method, params, result }: Message): void {
    if (id !== undefined && method === undefined) this.answers.get(id)?.(result);
    else if (method === 'textDocument/publishDiagnostics') this.show(params as Published);
    else if (id !== undefined)
      this.send({ id, result: method === 'workspace/configuration' ? configuration(params) : null });
  }

  private show({ uri, diagnostics }: Published): void {
    this.marks.get(uri)?.(diagnostics.map(({ range, message }) => ({ line: range.start.line + 1, message })));
  }
}

interface Published {
  readonly uri: string;
  readonly diagnostics: readonly {
    readonly range: { readonly start: { readonly line: number } };
    readonly message: string;
  }[];
}

/** The editor's settings, section by section as they are asked for. */
function configuration(params: unknown): unknown[] {
  const { items } = params as { readonly items: readonly { readonly section?: string }[] };
  return items.map(({ section }) => (section === 'yaml' ? settings : {}));
}
