import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { freshFolder } from "./fresh-folder.ts";
import { runDemo } from "./run-process.ts";

test.each([
  { args: ["--imput", "x"], code: 2, says: 'There is no option --imput. Did you mean "input"?' },
  { args: ["hello"], code: 2, says: '"hello" is no option.' },
  { args: ["--input"], code: 2, says: "--input needs a value." },
  { args: ["--crash=3"], code: 2, says: "--crash takes no value." },
  { args: ["--input", "@missing.txt"], code: 2, says: "missing.txt" },
  { args: ["--input", "  "], code: 4, says: "The ticket is empty." },
  { args: ["--model", "nonsense"], code: 2, says: '"nonsense" names no provider.' },
  { args: ["--model", "openai:gpt-5-mini"], code: 2, says: "OPENAI_API_KEY" },
  { args: ["--crash", "--input", "x"], code: 2, says: "--crash runs the dozen tickets." },
])("$args is refused in one sentence, with exit code $code", { timeout: 30_000 }, async ({ args, code, says }) => {
  const ended = await runDemo({ cwd: freshFolder(), args });
  expect({ code: ended.code, stdout: ended.stdout }).toEqual({ code, stdout: "" });
  expect(ended.stderr).toContain(says);
  expect(ended.stderr.trimEnd().split("\n")).toHaveLength(1);
});

test.each([{ args: [] }, { args: ["--crash"] }])(
  "a state file that is none is told and left as it is: $args",
  { timeout: 30_000 },
  async ({ args }) => {
    const cwd = freshFolder();
    const file = join(cwd, ".flujo/demo.db");
    mkdirSync(join(cwd, ".flujo"));
    writeFileSync(file, "this is no database, whatever its name says");
    const { code, stderr } = await runDemo({ cwd, args });
    expect(code).toBe(2);
    expect(stderr).toContain("[state_unreadable]");
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(readFileSync(file, "utf8")).toBe("this is no database, whatever its name says");
  },
);

test("--help shows what there is", async () => {
  const { code, stdout } = await runDemo({ cwd: freshFolder(), args: ["--help"] });
  expect(code).toBe(0);
  expect(stdout).toContain("npm run demo -- --crash");
});
