import type { ChildProcess } from "node:child_process";
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ChildOrder, ChildReport } from "./child.ts";

const FILE = fileURLToPath(new URL("./child.ts", import.meta.url));

/** How a child's work ended: it said something, or it was killed. */
export type Ended =
  | Exclude<ChildReport, { kind: "ready" }>
  | { readonly kind: "killed"; readonly signal: NodeJS.Signals | null; readonly code: number | null };

/** A process of its own that runs or resumes what it is told. Made warm: it has loaded everything before it is asked. */
export class Child {
  readonly #process: ChildProcess;
  readonly #errors: string[] = [];
  readonly #exited: Promise<unknown>;
  readonly ready: Promise<void>;

  /** @param compiled - Where what one child has compiled is kept for the next: half of what starting one costs. */
  constructor(compiled: string) {
    this.#process = fork(FILE, [], {
      serialization: "advanced",
      execArgv: ["--disable-warning=ExperimentalWarning"],
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      env: { ...process.env, NODE_ENV: "test", NODE_OPTIONS: "", NODE_COMPILE_CACHE: compiled },
    });
    this.#process.stderr?.on("data", (chunk: Buffer) => this.#errors.push(chunk.toString()));
    this.#exited = once(this.#process, "exit");
    this.ready = once(this.#process, "message").then(() => undefined);
  }

  get pid(): number {
    const { pid } = this.#process;
    if (pid === undefined) throw new Error("The child did not start.");
    return pid;
  }

  /** What it wrote to stderr. */
  get complaints(): string {
    return this.#errors.join("");
  }

  /** Has it do something; resolves when it says what came of it, or is dead. */
  async obey(order: ChildOrder): Promise<Ended> {
    await this.ready;
    const said = once(this.#process, "message").then(([report]) => report as Exclude<ChildReport, { kind: "ready" }>);
    const died = this.#exited.then(() => ({ kind: "killed" as const, signal: this.#process.signalCode, code: this.#process.exitCode }));
    this.#process.send(order);
    return Promise.race([said, died]);
  }

  send(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  /** Ends it, if it has not ended, and waits until it has. */
  async end(): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) this.#process.kill("SIGKILL");
    await this.#exited;
  }
}

/** What came of an order that must succeed. */
export async function resultOf(child: Child, order: ChildOrder): Promise<{ readonly result: unknown; readonly commits: number }> {
  const ended = await child.obey(order);
  if (ended.kind === "result") return ended;
  throw new Error(`${order.verb} of ${order.runId} ended otherwise: ${JSON.stringify(ended)} ${child.complaints}`);
}

/** The processes and files of one test file. */
export class Processes {
  readonly #folder = mkdtempSync(join(tmpdir(), "flujo-kill-"));
  readonly #all: Child[] = [];
  #spare: Child | null = null;

  #spawn(): Child {
    const child = new Child(join(this.#folder, "compiled"));
    this.#all.push(child);
    return child;
  }

  /** One that is warm already, and another one begins to warm up. */
  next(): Child {
    const child = this.#spare ?? this.#spawn();
    this.#spare = this.#spawn();
    return child;
  }

  /** An order about a run of this name, with a state file and a file of effects of its own. */
  order(name: string, about: Pick<ChildOrder, "program" | "env"> & Partial<ChildOrder>): ChildOrder {
    const place = { runId: name, file: join(this.#folder, `${name}.db`), effects: join(this.#folder, `${name}.effects`) };
    return { verb: "run", ...place, input: "ten bolts and a gear", kill: null, killAfterTools: null, ...about };
  }

  async end(): Promise<void> {
    await Promise.all(this.#all.map((child) => child.end()));
    rmSync(this.#folder, { recursive: true });
  }
}
