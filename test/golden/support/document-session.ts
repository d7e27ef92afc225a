import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { printsAsShown } from "../../../scripts/docs/code-blocks.ts";
import type { Workshop } from "../../cli/harness.ts";

/** A fenced block of a document, whatever language it is in. */
export interface Block {
  readonly language: string;
  readonly text: string;
  /** The line it begins on. */
  readonly line: number;
  /** The heading it stands below. */
  readonly heading: string;
}

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const FLUJO = `"${process.execPath}" --conditions=flujo-src "${join(ROOT, "bin/flujo.js")}"`;

/** All fenced blocks of a document, in its order. */
export function blocksOf(document: string): readonly Block[] {
  const blocks: Block[] = [];
  let heading = "";
  let open: { readonly language: string; readonly line: number; readonly lines: string[] } | null = null;
  for (const [at, line] of readFileSync(join(ROOT, document), "utf8").split("\n").entries()) {
    if (open !== null && line === "```") {
      blocks.push({ language: open.language, text: open.lines.join("\n"), line: open.line, heading });
      open = null;
    } else if (open !== null) open.lines.push(line);
    else if (line.startsWith("```")) open = { language: line.slice(3).trim(), line: at + 1, lines: [] };
    else if (line.startsWith("## ")) heading = line.slice(3);
  }
  return blocks;
}

/** What came of a block. */
export interface Followed {
  readonly line: number;
  readonly printed: string;
  /** The same where it is as the document shows it, or where that shows nothing. */
  readonly shown: string;
}

/** Does in a folder what a reader does who follows the blocks of a document. */
export class DocumentSession {
  readonly #workshop: Workshop;
  /** How many commands have been run. */
  commands = 0;

  constructor(workshop: Workshop) {
    this.#workshop = workshop;
  }

  /** @param next - The block after it: the output, where it is one of text. */
  async follow(block: Block, next: Block | undefined): Promise<Followed> {
    const { language, text, line } = block;
    if (language === "ts" && text.startsWith("// ")) this.#workshop.write({ [text.slice(3, text.indexOf("\n"))]: `${text}\n` });
    if (language === "diff") this.#patch(text);
    if (language === "json") this.#configure(text);
    const printed = language === "sh" ? await this.#run(text) : "";
    const shown = language === "sh" && next?.language === "text" ? next.text.trim() : printed;
    return { line, printed, shown: printsAsShown(printed, shown) ? printed : shown };
  }

  /** Replaces the lines that are there (` ` and `-`) by those that are to be (` ` and `+`); they must be there once. */
  #patch(text: string): void {
    const [head = "", ...lines] = text.split("\n");
    const file = this.#workshop.path(head.replace("+++ ", ""));
    const side = (signs: string): string =>
      lines.flatMap((line) => (signs.includes(line.charAt(0)) ? [`${line.slice(1)}\n`] : [])).join("");
    const parts = readFileSync(file, "utf8").split(side(" -"));
    if (parts.length !== 2) throw new Error(`What is taken away from ${head} stands in it ${parts.length - 1} times.`);
    writeFileSync(file, parts.join(side(" +")));
  }

  #configure(text: string): void {
    const file = this.#workshop.path("package.json");
    const before = JSON.parse(readFileSync(file, "utf8")) as object;
    writeFileSync(file, JSON.stringify({ ...before, ...(JSON.parse(text) as object) }));
  }

  /** What the commands print, and which of them end with another exit code than the document says. */
  async #run(text: string): Promise<string> {
    const script: string[] = [];
    for (const each of text.split("\n")) {
      const [command = "", code = "0"] = each.split(" # exit code ");
      this.commands++;
      script.push(`${await this.#withRun(command)}\nis=$?; [ $is = ${code} ] || echo "command ${this.commands} gives exit code $is"`);
    }
    const { stdout } = await this.#workshop.spawn(["bash", "-c", `exec 2>&1\n${script.join("\n")}`], { env: { ...GIT, ...AS_NPX } });
    return stdout.trim();
  }

  /** `RUN` stands for the newest run, as everybody has another. */
  async #withRun(command: string): Promise<string> {
    if (!/\bRUN\b/.test(command)) return command.replaceAll("npx flujo", FLUJO);
    const { stdout } = await this.#workshop.flujo(["list", "--json"]);
    const newest = /"runId": *"([^"]+)"/.exec(stdout)?.[1] ?? "none";
    return command.replaceAll("npx flujo", FLUJO).replaceAll(/\bRUN\b/g, newest);
  }
}

/** What npx says to what it starts. */
const AS_NPX = { npm_command: "exec" };

/** Who commits, so that git asks nobody; and nothing of the machine's own settings. */
const GIT = {
  GIT_AUTHOR_NAME: "Ada",
  GIT_AUTHOR_EMAIL: "ada@example.com",
  GIT_COMMITTER_NAME: "Ada",
  GIT_COMMITTER_EMAIL: "ada@example.com",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
};
