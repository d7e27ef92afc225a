import { execFile, type ExecFileOptions } from "node:child_process";
import { cp, lstat, mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import manifest from "../../package.json" with { type: "json" };

const execute = promisify(execFile);
/** What npm packs besides the build. */
const PUBLISHED = ["package.json", "README.md", "LICENSE", "bin"];

/** Runs a command; one that fails says what it printed, on either stream. */
async function run(command: string, args: readonly string[], options: ExecFileOptions = {}): Promise<Printed> {
  try {
    const { stdout, stderr } = await execute(command, args, { ...options, encoding: "utf8" });
    return { stdout, stderr };
  } catch (cause) {
    const { stdout = "", stderr = "" } = cause as Partial<Printed>;
    throw new Error(`${command} ${args.join(" ")} failed:\n${stdout}${stderr}`, { cause });
  }
}

/** What a command printed. */
export interface Printed {
  readonly stdout: string;
  readonly stderr: string;
}

/** An empty project into which the package was installed as a user would, from the archive that `npm pack` makes of a fresh build. */
export class InstalledProject implements AsyncDisposable {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async make(): Promise<InstalledProject> {
    const folder = await realpath(await mkdtemp(join(tmpdir(), "flujo-package-")));
    const staging = join(folder, "staging");
    const project = join(folder, "project");
    await mkdir(project);
    for (const path of PUBLISHED) await cp(path, join(staging, path), { recursive: true });
    // A build of its own: dist/ may be old, or in use by another test.
    await run(resolve("node_modules/.bin/tsdown"), ["--out-dir", join(staging, "dist"), "--log-level", "warn"]);
    await run("npm", ["pack", "--ignore-scripts", "--pack-destination", folder], { cwd: staging });
    await writeFile(join(project, "package.json"), '{ "type": "module", "private": true }\n');
    const installed = new InstalledProject(project);
    await installed.install(join(folder, `flujo-${manifest.version}.tgz`));
    return installed;
  }

  async install(...packages: readonly string[]): Promise<void> {
    await run("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", ...packages], { cwd: this.folder });
  }

  /** Installs anew what the lockfile says, without anything that was there, as CI does. */
  async installLocked(...options: readonly string[]): Promise<void> {
    await run("npm", ["ci", "--prefer-offline", "--no-audit", "--no-fund", ...options], { cwd: this.folder });
  }

  /** Runs a program of the project's own, or of an installed package, as `PATH` finds it there; one that fails is an error. */
  run(command: string, ...args: readonly string[]): Promise<Printed> {
    return run(command, args, this.#options);
  }

  /** The same for a program that may fail: what it printed, and its exit code. */
  async end(command: string, ...args: readonly string[]): Promise<Printed & { readonly code: number }> {
    try {
      return { ...(await execute(command, args, { ...this.#options, encoding: "utf8" })), code: 0 };
    } catch (error) {
      const { code, stdout, stderr } = error as Partial<Printed> & { readonly code?: unknown };
      if (typeof code !== "number" || stdout === undefined || stderr === undefined) throw error; // it was not even started
      return { stdout, stderr, code };
    }
  }

  get #options(): ExecFileOptions {
    return {
      cwd: this.folder,
      env: { PATH: `${join(this.folder, "node_modules/.bin")}:${process.env["PATH"]}`, HOME: this.folder },
    };
  }

  async write(file: string, content: string): Promise<void> {
    await writeFile(join(this.folder, file), content);
  }

  /** The packages that the install brought, by name. */
  async packages(): Promise<readonly string[]> {
    const lock = JSON.parse(await readFile(join(this.folder, "node_modules/.package-lock.json"), "utf8")) as { packages: object };
    return Object.keys(lock.packages);
  }

  /** Has a package of this repository in the project too, as if it were installed. Goes with the next install. */
  async borrow(name: string): Promise<void> {
    await symlink(resolve("node_modules", name), join(this.folder, "node_modules", name));
  }

  async read(file: string): Promise<string> {
    return readFile(join(this.folder, file), "utf8");
  }

  /** What the install weighs on the disk. */
  async megabytes(): Promise<number> {
    const entries = await readdir(join(this.folder, "node_modules"), { recursive: true, withFileTypes: true });
    const sizes = await Promise.all(
      entries.filter((entry) => entry.isFile()).map(async (entry) => (await lstat(join(entry.parentPath, entry.name))).size),
    );
    return sizes.reduce((sum, size) => sum + size, 0) / 1e6;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(join(this.folder, ".."), { recursive: true, force: true });
  }
}
