import { spawn } from "node:child_process";
import { existsSync, globSync, rmSync } from "node:fs";
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import type { MutantReport } from "./judge-mutant.ts";

/** What the tests of the sentences need. */
const COPIED = ["src", "test/semantics", "package.json", "vitest.config.ts", "tsconfig*.json"];

/** Longer than any run of these tests takes; one that takes longer hangs. */
const LONGEST_RUN_MS = 120_000;

/** A copy of a project, in which mistakes may be made. Its packages are those of the project itself. */
export class ProjectCopy implements AsyncDisposable {
  readonly #folder: string;
  /** The process group of the test run under way: what it started is in it, too. */
  #group: number | null = null;
  /** Should this process end first, nothing is left behind. */
  readonly #leave = (): void => {
    this.#kill();
    rmSync(this.#folder, { recursive: true, force: true });
  };

  private constructor(folder: string) {
    this.#folder = folder;
    process.on("exit", this.#leave);
  }

  static async of(root: string): Promise<ProjectCopy> {
    const folder = await mkdtemp(join(tmpdir(), "flujo-mutants-"));
    for (const path of globSync(COPIED, { cwd: root })) await cp(join(root, path), join(folder, path), { recursive: true });
    await symlink(resolve(root, "node_modules"), join(folder, "node_modules"));
    return new ProjectCopy(folder);
  }

  /** Runs `work` while the file has another content. */
  async with<T>(file: string, change: (source: string) => string, work: () => Promise<T>): Promise<T> {
    const path = join(this.#folder, file);
    const source = await readFile(path, "utf8");
    await writeFile(path, change(source));
    try {
      return await work();
    } finally {
      await writeFile(path, source);
    }
  }

  /** Whether there is a test file of this prefix. */
  fileOf(prefix: string): string | null {
    const file = `test/semantics/${prefix.toLowerCase()}.test.ts`;
    return existsSync(join(this.#folder, file)) ? file : null;
  }

  /** Runs these tests until the first fails. Null where they came to no end, or to no report. */
  async runTests(paths: readonly string[]): Promise<MutantReport | null> {
    const file = join(this.#folder, "report.json");
    await rm(file, { force: true });
    await this.#vitest(["run", ...paths, "--bail=1", "--reporter=json", `--outputFile=${file}`]);
    const report = await readFile(file, "utf8").catch(() => null);
    return report === null ? null : (JSON.parse(report) as MutantReport);
  }

  #vitest(args: readonly string[]): Promise<void> {
    // Where this is itself run by a test, its runner marks its children; ours is to start as if by hand.
    const own = Object.entries(process.env).filter(([name]) => !name.startsWith("VITEST"));
    const bin = join(this.#folder, "node_modules/.bin");
    const env = { ...Object.fromEntries(own), PATH: `${bin}${delimiter}${process.env["PATH"] ?? ""}` };
    const child = spawn("vitest", args, { cwd: this.#folder, env, stdio: "ignore", detached: true });
    this.#group = child.pid ?? null;
    return new Promise((done, fail) => {
      const timer = setTimeout(() => this.#kill(), LONGEST_RUN_MS);
      child.on("error", fail);
      child.on("close", () => {
        clearTimeout(timer);
        this.#group = null;
        done();
      });
    });
  }

  #kill(): void {
    if (this.#group !== null) process.kill(-this.#group, "SIGKILL");
    this.#group = null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    process.off("exit", this.#leave);
    await rm(this.#folder, { recursive: true, force: true });
  }
}
