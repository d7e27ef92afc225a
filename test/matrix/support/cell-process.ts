import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { ChildOrder, ChildReport } from "../child-cells.ts";

const FILE = fileURLToPath(new URL("../child-cells.ts", import.meta.url));

/** A process of its own that runs or resumes scenarios. */
export class CellProcess implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #exited: Promise<unknown>;
  readonly #said: ChildReport[] = [];
  readonly #watchers = new Set<() => void>();
  #complaints = "";

  constructor() {
    this.#process = fork(FILE, [], {
      serialization: "advanced",
      execArgv: ["--disable-warning=ExperimentalWarning"],
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      env: { ...process.env, NODE_ENV: "test", NODE_OPTIONS: "" },
    });
    this.#exited = once(this.#process, "exit").then(() => this.#changed());
    this.#process.stderr?.on("data", (chunk: Buffer) => {
      this.#complaints += chunk.toString();
    });
    this.#process.on("message", (said: ChildReport) => {
      this.#said.push(said);
      this.#changed();
    });
  }

  /** All it has said. */
  get said(): readonly ChildReport[] {
    return this.#said;
  }

  /** How it was killed, or null. */
  get signal(): NodeJS.Signals | null {
    return this.#process.signalCode;
  }

  #changed(): void {
    for (const look of this.#watchers) look();
  }

  /** @throws {Error} When it has ended, or a run of it has thrown, before it is so. */
  async until(isSo: (said: readonly ChildReport[]) => boolean): Promise<void> {
    const look = (resolve: () => void, reject: (error: Error) => void) => (): void => {
      const broken = this.#said.find(({ kind }) => kind === "error");
      const isOver = this.#process.exitCode !== null || this.#process.signalCode !== null;
      if (isSo(this.#said)) resolve();
      else if (broken !== undefined || isOver) reject(new Error(`The child failed: ${JSON.stringify(broken)} ${this.#complaints}`));
    };
    let watcher = (): void => {};
    try {
      await new Promise<void>((resolve, reject) => {
        watcher = look(resolve, reject);
        this.#watchers.add(watcher);
        watcher();
      });
    } finally {
      this.#watchers.delete(watcher);
    }
  }

  async obey(order: ChildOrder): Promise<void> {
    await this.until((said) => said.length > 0);
    this.#process.send(order);
  }

  /** Kills it, if it has not ended, and waits until it is gone. */
  async kill(): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) this.#process.kill("SIGKILL");
    await this.#exited;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill();
  }
}
