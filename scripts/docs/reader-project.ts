import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import type { CodeBlock } from "./code-blocks.ts";
import { compilerOptions } from "./public-exports.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const PRELOAD = new URL("loopback-only.ts", import.meta.url).href;
const PATIENCE_MS = 60_000;

/** What `strict` does not bring. */
const PLAIN: ts.CompilerOptions = {
  exactOptionalPropertyTypes: false,
  noUncheckedIndexedAccess: false,
  noPropertyAccessFromIndexSignature: false,
};

/** How a program ended. */
export interface Ended {
  readonly exit: number | null;
  readonly output: string;
}

/**
 * A folder such as a reader of the documentation has: an empty project with the package and its companions installed
 * (as links), and the documented code as files. Removed by {@link remove}.
 */
export class ReaderProject {
  readonly #folder: string;
  readonly #files = new Map<CodeBlock, string>();

  constructor(blocks: readonly CodeBlock[]) {
    this.#folder = realpathSync(mkdtempSync(join(tmpdir(), "flujo-docs-")));
    install(join(this.#folder, "node_modules"));
    writeFileSync(join(this.#folder, "package.json"), '{ "type": "module", "private": true }\n');
    for (const [index, block] of blocks.entries()) {
      const file = join(this.#folder, `${index}-${block.place.replace(/\W+/g, "-")}.${block.language}`);
      writeFileSync(file, block.code);
      this.#files.set(block, file);
    }
  }

  /**
   * What the compiler says of the TypeScript blocks, by their place. One program for all of them: under the options of the
   * repository, or under `strict` alone, which most readers have.
   */
  check(as: "repository" | "plain strict" = "repository"): ReadonlyMap<string, string> {
    const options = {
      ...compilerOptions(),
      ...(as === "plain strict" ? PLAIN : {}),
      types: ["node"],
      typeRoots: [join(ROOT, "node_modules/@types")],
      noUnusedLocals: false,
      noUnusedParameters: false,
    };
    const files = [...this.#files].filter(([block]) => block.language === "ts");
    const program = ts.createProgram(
      files.map(([, file]) => file),
      options,
    );
    return new Map(
      files.flatMap(([block, file]) => {
        const source = program.getSourceFile(file);
        const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
        return found.length === 0 ? [] : [[block.place, found.map(said).join("\n")] as const];
      }),
    );
  }

  /** Runs a block in a folder of its own, without keys in the environment and without a network. */
  async run(block: CodeBlock): Promise<Ended> {
    const file = this.#files.get(block);
    if (file === undefined) throw new Error(`${block.place} is not in this project.`);
    const cwd = `${file}.cwd`;
    mkdirSync(cwd);
    const { PATH, NODE_COMPILE_CACHE = "" } = process.env; // compiled once for all of them: they all read the sources
    const env = { PATH, HOME: cwd, NODE_COMPILE_CACHE };
    const child = spawn(process.execPath, ["--conditions=flujo-src", "--import", PRELOAD, file], {
      cwd,
      env,
      stdio: ["ignore", "pipe", "pipe"],
      timeout: PATIENCE_MS,
    });
    const output: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => output.push(chunk));
    return new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (exit) => resolve({ exit, output: Buffer.concat(output).toString() }));
    });
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** The package itself, and everything that the repository has installed beside it. */
function install(modules: string): void {
  mkdirSync(modules);
  symlinkSync(ROOT, join(modules, "flujo"), "dir");
  const installed = join(ROOT, "node_modules");
  for (const name of readdirSync(installed)) {
    if (name.startsWith(".") || name === "flujo" || name === "@flujo") continue;
    symlinkSync(join(installed, name), join(modules, name));
  }
}

function said(diagnostic: ts.Diagnostic): string {
  const { file, start = 0 } = diagnostic;
  const line = file === undefined ? 0 : file.getLineAndCharacterOfPosition(start).line + 1;
  return `line ${line}: ${ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n")}`;
}
