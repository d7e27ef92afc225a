import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { startModelServer } from "../../src/testing/index.ts";
import { freshFolder } from "./fresh-folder.ts";
import { type Ended, runFile } from "./run-process.ts";

// Three examples as a user tries them: run, answer, kill, resume, look; with the offline model, and with one that speaks as a provider does.

const EXAMPLES = fileURLToPath(new URL("../../examples/", import.meta.url));
const DOCUMENTS = `${EXAMPLES}documents/documents.ts`;
const CODE_REVIEW = `${EXAMPLES}code-review/code-review.ts`;
const RESEARCH = `${EXAMPLES}research/research.ts`;
const BRIDGE = "Why was the north bridge closed, and when does it open again?";
const SUNDAYS = "What happens to libraries that open on Sundays?";

type Options = Omit<Parameters<typeof runFile>[1], "cwd" | "args">;

/** The command line in a folder of its own. */
function terminal() {
  const cwd = freshFolder();
  const flujo = (args: readonly string[], options: Options = {}): Promise<Ended> => runFile("bin/flujo.js", { cwd, args, ...options });
  const json = async (args: readonly string[], options?: Options) => {
    const { code, stdout } = await flujo([...args, "--json"], options);
    return { code, ...(JSON.parse(stdout) as { readonly status: string; readonly output?: unknown }) };
  };
  return { cwd, flujo, json };
}

test("papers answer a question, and every line that the answer names is there", { timeout: 60_000 }, async () => {
  const { code, output } = await terminal().json(["run", DOCUMENTS, "-i", BRIDGE]);
  expect(code).toBe(0);
  const { answer, sources } = output as { readonly answer: readonly string[]; readonly sources: readonly string[] };
  expect(answer).toHaveLength(4);
  expect(sources).toContain(
    '[3] inspection.md, line 11: "The north bridge must be closed to all vehicles at once, because a loaded lorry could tip the third pier."',
  );
  expect(readFileSync(`${EXAMPLES}documents/papers/inspection.md`, "utf8").split("\n")[10]).toContain("The north bridge must be closed");
});

test("killed while the papers are read and resumed, it comes to the same answer", { timeout: 60_000 }, async () => {
  const { flujo, json } = terminal();
  const killed = await flujo(["run", DOCUMENTS, "-i", BRIDGE, "--run-id", "bridge"], {
    script: [{ when: "passages[0]", signal: "SIGKILL" }],
  });
  expect(killed.code).toBeNull();
  const resumed = await json(["resume", "bridge"]);
  const undisturbed = await json(["run", DOCUMENTS, "-i", BRIDGE]);
  expect([resumed.code, resumed.output]).toEqual([0, undisturbed.output]);
});

test("a change is reviewed, from a file or a pipe; what is no change is refused with exit code 4", { timeout: 60_000 }, async () => {
  const { flujo, json } = terminal();
  const { code, output } = await json(["run", CODE_REVIEW, "-i", `@${EXAMPLES}code-review/change.diff`]);
  expect({ code, output }).toMatchObject({ code: 0, output: { verdict: "request changes", unsettled: [] } });
  expect((output as { readonly comments: readonly string[] }).comments).toContain(
    "src/orders.ts:24 blocker: The query is put together from values. Give them as parameters",
  );
  const refused = await flujo(["run", CODE_REVIEW, "-i", "hello"]);
  expect(refused.code).toBe(4);
  expect(refused.stderr).toContain("give what `git diff` writes");
});

describe("research", { timeout: 60_000 }, () => {
  test("waits before it buys and before it publishes, each time without a process, and does each once", async () => {
    const { cwd, flujo, json } = terminal();
    const env = { RESEARCH_LOG: join(cwd, "sent") };
    const asked = await flujo(["run", RESEARCH, "-i", SUNDAYS, "--run-id", "sundays"], { env });
    expect(asked.code).toBe(3);
    expect(asked.stdout).toContain('waits for approval of buy(source: "P-71", euros: 45)');
    const bought = await flujo(["answer", "sundays", "--approve"], { env });
    expect(bought.code).toBe(3);
    expect(bought.stdout).toContain("one half of the Sunday visitors did not come on another day [P-71].");
    const malformed = await flujo(["answer", "sundays", "--value", '{"ok": "perhaps"}'], { env });
    expect(malformed.code).toBe(4);
    const sentBack = await flujo(["answer", "sundays", "--value", '{"ok": false, "remark": "Shorter."}'], { env });
    expect(sentBack.code).toBe(3);
    const published = await json(["answer", "sundays", "--value", '{"ok": true}'], { env });
    expect(published).toMatchObject({ code: 0, output: { published: true, drafts: 2, sources: ["R-12", "P-71"] } });
    const sent = readFileSync(join(cwd, "sent"), "utf8").trim().split("\n");
    expect(sent.map((line) => (JSON.parse(line) as { readonly what: string }).what)).toEqual([
      "bought P-71 for 45 euros",
      "published 5 sentences",
    ]);
  });

  test("goes on without what was refused", async () => {
    const { flujo, json } = terminal();
    await flujo(["run", RESEARCH, "-i", SUNDAYS, "--run-id", "sundays"]);
    await flujo(["answer", "sundays", "--reject", "too dear"]);
    const published = await json(["answer", "sundays", "--value", '{"ok": true}']);
    expect(published).toMatchObject({ code: 0, output: { published: true, sources: ["R-12"] } });
  });
});

describe("with a model of a provider", { timeout: 60_000 }, () => {
  const MODEL = ["--model", "openai:gpt-5-mini"];

  test("the papers are read and answered by it", async () => {
    await using server = await startModelServer(({ bodyText }) => {
      if (bodyText.includes("from the notes")) return { json: { answer: [{ says: "A pier has sunk", notes: [1] }] } };
      return {
        json: {
          quote: bodyText.includes("41 millimetres") ? "The third pier has sunk by 41 millimetres since the flood of February." : null,
        },
      };
    });
    const { code, output } = await terminal().json(["run", DOCUMENTS, "-i", BRIDGE, ...MODEL], { env: server.env });
    expect({ code, output }).toMatchObject({
      code: 0,
      output: {
        answer: ["A pier has sunk [1]."],
        sources: ['[1] inspection.md, line 3: "The third pier has sunk by 41 millimetres since the flood of February."'],
      },
    });
    expect(server.requests.map(({ model }) => model)).toEqual(Array.from({ length: 20 }, () => "gpt-5-mini"));
  });

  test("the change is reviewed by it, and what it alone sees is in the review", async () => {
    const remark = "An order that was paid can be paid again: the condition on paid_at is gone.";
    await using server = await startModelServer(({ bodyText }) => {
      if (bodyText.includes("Check the comments")) return { json: { unfounded: [], why: null } };
      const lines = [...bodyText.matchAll(/\| (\d+) \| (blocker|major|minor) \| ([^|]*?) \|/g)];
      const told = lines.map(([, line, severity, said]) => ({ line: Number(line), severity, remark: said }));
      return { json: { comments: bodyText.includes("File: src/orders.ts") ? [...told, { line: 28, severity: "blocker", remark }] : told } };
    });
    const args = ["run", CODE_REVIEW, "-i", `@${EXAMPLES}code-review/change.diff`, ...MODEL];
    const { code, output } = await terminal().json(args, { env: server.env });
    expect({ code, output }).toMatchObject({ code: 0, output: { verdict: "request changes", unsettled: [] } });
    expect((output as { readonly comments: readonly string[] }).comments).toContain(`src/orders.ts:28 blocker: ${remark}`);
  });

  test("the research is done by it: it searches, reads and writes, and the words of a source are the source's", async () => {
    await using server = await startModelServer(({ bodyText, turn }) => {
      if (bodyText.includes("Write a short report"))
        return { json: { sentences: [{ says: "Sundays draw more than Saturdays", findings: [1] }] } };
      if (turn === 0) return { calls: [{ tool: "search", input: { query: "Sunday opening library" } }] };
      if (turn === 1) return { calls: [{ tool: "read", input: { source: "R-11" } }] };
      const quote = "On an average Sunday 412 people come, on an average Saturday 388.";
      return { json: { findings: [{ source: "R-11", quote }] } };
    });
    const { flujo, json } = terminal();
    const asked = await flujo(["run", RESEARCH, "-i", SUNDAYS, "--run-id", "sundays", ...MODEL], { env: server.env });
    expect({ code: asked.code, stderr: asked.stderr }).toMatchObject({ code: 3 });
    const published = await json(["answer", "sundays", "--value", '{"ok": true}'], { env: server.env });
    expect(published.output).toMatchObject({ published: true, report: ["Sundays draw more than Saturdays [R-11]."] });
    expect(server.requests).toHaveLength(4);
  });

  test("that cannot be asked, the run fails with what the provider said", async () => {
    await using server = await startModelServer(() => ({ status: 401, message: "Incorrect API key provided" }));
    for (const args of [
      [DOCUMENTS, "-i", BRIDGE],
      [CODE_REVIEW, "-i", `@${EXAMPLES}code-review/change.diff`],
      [RESEARCH, "-i", SUNDAYS],
    ]) {
      const { code, stdout, stderr } = await terminal().flujo(["run", ...args, ...MODEL], { env: server.env });
      expect(code, args[0]).toBe(2); // the key is a matter of configuration
      expect(stdout + stderr, args[0]).toContain("Incorrect API key provided");
    }
  });
});

test.each([
  [DOCUMENTS, ["quote", "write", "rounds · loop", "groups · map"]],
  [CODE_REVIEW, ["comment", "doubt", "review · refine", "files · map"]],
  [RESEARCH, ["investigate", "publish", "report · refine", "release"]],
])("%s is drawn without running it", { timeout: 60_000 }, async (file, shown) => {
  const { code, stdout } = await terminal().flujo(["visualize", file]);
  expect(code).toBe(0);
  for (const text of shown) expect(stdout).toContain(text);
});
