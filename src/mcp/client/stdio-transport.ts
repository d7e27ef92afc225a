import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { JSONRPCMessage } from "@modelcontextprotocol/sdk/types.js";
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Clock } from "../../base/clock.ts";
import type { StdioConnection } from "../../model/tool-server.ts";
import type { Environment } from "./child-environment.ts";
import { childEnvironment } from "./child-environment.ts";
import { lastWords, withoutSecrets } from "./confidential.ts";
import { noteEnded, noteStarted, signalGroup } from "./started-processes.ts";

/** How long a server may take to end by itself once its stdin is closed, and then once it was asked to, in milliseconds. */
const GRACE_MS = { afterEnd: 500, afterTerm: 1_500 };
/** How long what a dead server has said may take to arrive: something it started may hold its stdout open for ever. */
const LAST_OUTPUT_MS = 250;
const LONGEST_MESSAGE = 64 * 1024 * 1024;
const KEPT_STDERR = 8_192;
const SHOWN = 600;

/** What a transport to a started server works with. */
export interface StdioParts {
  readonly connection: StdioConnection;
  readonly env: Environment;
  readonly clock: Clock;
  readonly deserialize: (line: string) => JSONRPCMessage;
}

/**
 * Starts a server and speaks with it over its stdin and stdout. The package has a transport of this kind too; this one
 * knows how the server ended and what it said last, ends it together with what it started, leaves none behind, and keeps
 * no process alive that has nothing else to do.
 */
export class StdioTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: Transport["onmessage"];
  readonly #parts: StdioParts;
  #child: ChildProcessWithoutNullStreams | null = null;
  #pieces: string[] = [];
  #length = 0;
  #stderr = "";
  /** The first line on stdout that was no message. */
  #stray: string | null = null;
  #end: string | null = null;
  #isOver = false;
  #delivered: Promise<void> = Promise.resolve();
  readonly #whenOver = Promise.withResolvers<void>();
  #isIdle = false;
  #callOff = (): void => undefined;

  constructor(parts: StdioParts) {
    this.#parts = parts;
  }

  /** How the server ended and what it said last, without its secrets; null while it runs. */
  get ending(): string | null {
    return this.#end === null ? null : `${this.#end}${this.#said()}`;
  }

  /** What it has said outside of the protocol, without its secrets. */
  get aside(): string {
    return this.#said();
  }

  /** Nobody waits for it: it does not keep this process alive. */
  set isIdle(isIdle: boolean) {
    this.#isIdle = isIdle;
    if (this.#child === null || this.#isOver) return;
    const { stdin, stdout, stderr } = this.#child;
    for (const each of [this.#child, stdin, stdout, stderr] as unknown as readonly NodeJS.RefCounted[]) // pipes are sockets to Node
      if (isIdle) each.unref();
      else each.ref();
  }

  async start(): Promise<void> {
    const { command, args, env, cwd } = this.#parts.connection;
    const child = spawn(command, [...args], {
      env: childEnvironment(this.#parts.env, env),
      stdio: "pipe",
      detached: process.platform !== "win32", // a group of its own: it ends when we say so, not with Ctrl-C
      windowsHide: true,
      ...(cwd === null ? {} : { cwd }),
    });
    child.stdin.on("error", (error) => this.onerror?.(error));
    child.stdout.setEncoding("utf8").on("data", (text: string) => this.#hear(text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-KEPT_STDERR);
    });
    child.once("exit", (code, signal) => this.#noteExit(child, code, signal));
    child.once("close", () => this.#over());
    this.#child = child;
    noteStarted(child);
    try {
      await once(child, "spawn"); // or throws what keeps it from starting
    } catch (error) {
      this.#child = null;
      noteEnded(child);
      throw error;
    }
    child.on("error", (error) => this.onerror?.(error));
    this.isIdle = this.#isIdle;
  }

  send(message: JSONRPCMessage): Promise<void> {
    const child = this.#child;
    if (child === null || this.#end !== null)
      return Promise.reject(Object.assign(new Error("The server is not running."), { syscall: "write" }));
    return new Promise((resolve, reject) => {
      child.stdin.write(`${JSON.stringify(message)}\n`, (error) => (error == null ? resolve() : reject(error)));
    });
  }

  /** Ends the server: closes its stdin, asks it to end, kills it. Resolves when it is gone. */
  async close(): Promise<void> {
    const child = this.#child;
    if (child === null || this.#isOver) return;
    this.isIdle = false;
    const { clock } = this.#parts;
    child.stdin.end();
    const callOff = [
      clock.after(GRACE_MS.afterEnd, () => this.#signal("SIGTERM")),
      clock.after(GRACE_MS.afterEnd + GRACE_MS.afterTerm, () => this.#signal("SIGKILL")),
    ];
    await this.#whenOver.promise;
    for (const off of callOff) off();
  }

  #signal(signal: NodeJS.Signals): void {
    if (this.#child !== null && this.#end === null) signalGroup(this.#child, signal);
  }

  #noteExit(child: ChildProcessWithoutNullStreams, code: number | null, signal: NodeJS.Signals | null): void {
    this.#end = signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`;
    noteEnded(child);
    signalGroup(child, "SIGKILL"); // what it started goes with it
    this.#callOff = this.#parts.clock.after(LAST_OUTPUT_MS, () => this.#over());
  }

  #over(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#callOff();
    for (const stream of [this.#child?.stdin, this.#child?.stdout, this.#child?.stderr]) stream?.destroy();
    this.#whenOver.resolve();
    this.onclose?.();
  }

  #hear(text: string): void {
    let from = 0;
    for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", from)) {
      this.#pieces.push(text.slice(from, end));
      const line = this.#pieces.join("");
      this.#pieces = [];
      this.#length = 0;
      from = end + 1;
      this.#take(line);
    }
    const rest = text.slice(from);
    if (rest === "") return;
    this.#pieces.push(rest);
    this.#length += rest.length;
    if (this.#length > LONGEST_MESSAGE) {
      this.#stderr += `\n(Flujo: a message of more than ${LONGEST_MESSAGE / 1024 / 1024} MB was not read.)`;
      this.#signal("SIGKILL");
    }
  }

  #take(line: string): void {
    if (line.trim() === "") return;
    let message: JSONRPCMessage;
    try {
      message = this.#parts.deserialize(line);
    } catch (error) {
      this.#stray ??= line;
      this.onerror?.(error as Error);
      return;
    }
    // One after the other: the package takes notifications in a moment later, and forgets progress once the answer is there.
    this.#delivered = this.#delivered.then(() => this.onmessage?.(message)).catch((error: unknown) => this.onerror?.(error as Error));
  }

  #said(): string {
    const { env } = this.#parts.connection;
    const stderr = lastWords(withoutStack(withoutSecrets(this.#stderr, env)), SHOWN);
    const stray = this.#stray === null ? "" : lastWords(withoutSecrets(this.#stray, env), 120);
    return [
      stderr === "" ? "" : `; it said: "${stderr}"`,
      stray === "" ? "" : `; on its stdout, where the protocol belongs, it wrote: ${stray}`,
    ].join("");
  }
}

/** What an error says, without where in the server's code it was thrown. */
function withoutStack(text: string): string {
  return text.replace(/^(?:\s+at .*|Node\.js v[\d.]+)$/gm, "");
}
