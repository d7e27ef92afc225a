/** A fenced block of code in a document or in a comment. */
export interface CodeBlock {
  /** Where it stands, for people: `docs/durability.md:12`. */
  readonly place: string;
  readonly language: "ts" | "js";
  /**
   * `run`: it is a program, and is checked and run. `check`: it is only type-checked (\`\`\`ts no-run). `fragment`: it is a
   * piece of something (\`\`\`ts fragment), and nothing is asked of it.
   */
  readonly use: "run" | "check" | "fragment";
  readonly code: string;
  /** What it prints, where a block of \`\`\`text right after it says so. */
  readonly prints?: string;
}

const USES: Readonly<Record<string, CodeBlock["use"]>> = { "": "run", "no-run": "check", fragment: "fragment" };
const OUTPUT = "```text";
const FENCE = /^(\s*)```(ts|js|typescript|javascript)\b[ \t]*(.*)$/;

/**
 * The TypeScript and JavaScript blocks of a text.
 *
 * @param text - Markdown, or a TSDoc comment without its stars.
 * @param from - The file, and the line of it that the text begins on.
 * @throws {Error} For a word after the language that means nothing here, and for a block that is not closed.
 */
export function codeBlocksOf(text: string, from: { readonly file: string; readonly line: number }): readonly CodeBlock[] {
  const lines = text.split("\n");
  const blocks: CodeBlock[] = [];
  for (let at = 0; at < lines.length; at++) {
    const fence = FENCE.exec(lines[at] ?? "");
    if (fence === null) continue;
    const place = `${from.file}:${from.line + at}`;
    const [, indent = "", language = "", info = ""] = fence;
    const use = USES[info.trim()];
    if (use === undefined) throw new Error(`${place}: "${info}" is neither "fragment" nor "no-run".`);
    const end = lines.findIndex((line, index) => index > at && line.trimEnd() === `${indent}\`\`\``);
    if (end < 0) throw new Error(`${place}: the block is not closed.`);
    const code = lines.slice(at + 1, end).map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line));
    const prints = outputAfter(lines, end);
    const block = { place, language: language.startsWith("t") ? "ts" : "js", use, code: `${code.join("\n")}\n` } as const;
    blocks.push(prints === null ? block : { ...block, prints });
    at = end;
  }
  return blocks;
}

/** The block of output that follows the line, nothing but empty lines in between; null where there is none. */
function outputAfter(lines: readonly string[], end: number): string | null {
  const start = lines.findIndex((line, index) => index > end && line.trim() !== "");
  if (start < 0 || lines[start]?.trim() !== OUTPUT) return null;
  const close = lines.findIndex((line, index) => index > start && line.trim() === "```");
  return close < 0 ? null : lines.slice(start + 1, close).join("\n");
}

/** Whether a program printed what is shown of it, to the letter, but for `…`, which stands for anything within a line. */
export function printsAsShown(printed: string, shown: string): boolean {
  const quote = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const expected = shown.trim().split("…").map(quote).join(".*");
  return new RegExp(`^${expected}$`).test(printed.trim());
}
