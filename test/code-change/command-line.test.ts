import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { documentOf, errorOf, Workshop } from "../cli/harness.ts";

const program = (greeting: string): string => `
import { pipeline, step } from "flujo";
import { z } from "zod";
export const greet = pipeline({ name: "greet", input: z.string() })
  .step("trim", (name) => name.trim())
  .human("ask", { answer: z.object({ ok: z.boolean() }) })
  .step("say", ({ input }) => \`${greeting} \${input}\`);
`;

test("changed code is refused by resume with both ways out, accepted with --accept-changes, forked with --fork", async () => {
  using shop = new Workshop({ "greet.ts": program("Hello") });
  const runs = ["--input", "Jane", "--run-id"] as const;
  for (const id of ["r1", "r2"]) expect((await shop.flujo(["run", "greet.ts", ...runs, id])).code).toBe(3);
  shop.write({ "greet.ts": program("Good day") });

  const refused = await shop.flujo(["resume", "r1", "--json"]);
  expect(refused.code).toBe(4);
  expect(errorOf(refused)).toMatchObject({
    code: "plan_changed",
    message: expect.stringContaining("greet/say: the code of its function changed"),
  });
  expect(errorOf(refused).remedy).toMatch(/--accept-changes.*--fork/);

  expect((await shop.flujo(["resume", "r1", "--accept-changes", "-q"])).code).toBe(3); // it waits, as before
  expect(await shop.flujo(["answer", "r1", "--value", '{"ok":true}', "-q"])).toMatchObject({ code: 0, stdout: "Good day Jane\n" });

  const forked = await shop.flujo(["resume", "r2", "--fork", "--json"]);
  expect(forked.code).toBe(3);
  expect(documentOf(forked)).toMatchObject({ runId: "r2-fork-2", status: "paused" });
  expect(await shop.flujo(["answer", "r2-fork-2", "--value", '{"ok":true}', "-q"])).toMatchObject({ code: 0, stdout: "Good day Jane\n" });
  expect((await shop.flujo(["list"])).stdout).toMatch(/r2 +greet +waits/);

  const both = await shop.flujo(["resume", "r2", "--fork", "--accept-changes", "--json"]);
  expect({ code: both.code, error: errorOf(both).code }).toEqual({ code: 2, error: "usage_invalid" });
});

test("--fork where nothing that counts has changed goes on with the run itself, and says so; of one that has ended, too", async () => {
  using shop = new Workshop({ "greet.ts": program("Hello") });
  expect((await shop.flujo(["run", "greet.ts", "--input", "Jane", "--run-id", "r1"])).code).toBe(3);
  const itself = await shop.flujo(["resume", "r1", "--fork"]);
  expect(itself.code).toBe(3);
  expect(itself.stderr).toContain("Run r1 was not forked: of what it has used or may still use nothing has changed, so it went on itself.");
  expect((await shop.flujo(["resume", "r1", "--fork", "--json"])).stderr).not.toContain("forked");

  shop.write({ "greet.ts": program("Good day") });
  const forked = await shop.flujo(["resume", "r1", "--fork"]);
  expect(forked.stderr).not.toContain("was not forked");
  expect((await shop.flujo(["resume", "r1-fork-2", "--fork"])).stderr).toContain("Run r1-fork-2 was not forked");
  shop.write({ "greet.ts": program("Hi") });
  expect((await shop.flujo(["resume", "r1-fork-2", "--fork"])).stderr).not.toContain("was not forked");
  expect((await shop.flujo(["cancel", "r1"])).code).toBe(0);
  expect((await shop.flujo(["resume", "r1", "--fork"])).stderr).toContain(
    "Run r1 was not forked: it had ended, and this is what came of it.",
  );
});

test("the guide's commands do what stands beside them", async () => {
  const guide = readFileSync(new URL("../../docs/guides/resuming.md", import.meta.url), "utf8");
  const [, source = "", session = ""] = /With this in `greet\.ts`:\n\n```ts\n([^]*?)```\n\n```sh\n([^]*?)```/.exec(guide) ?? [];
  using shop = new Workshop({ "greet.ts": source });
  const said: string[] = [];
  for (const line of session.trim().split("\n")) {
    const [, words = null] = /^npx flujo (.*?)(?: +#.*)?$/.exec(line) ?? [];
    if (words === null) await shop.spawn(["sh", "-c", line], {});
    else {
      const { code, stdout, stderr } = await shop.flujo(words.split(" "));
      said.push(`${code} ${code === 0 ? stdout.trim() : (/plan_changed|r2-fork-2|waits/.exec(stderr + stdout)?.[0] ?? "")}`);
      if (words === "resume r2-fork-2 --fork") expect(stderr).toContain("was not forked");
    }
  }
  expect(said).toEqual([
    "3 waits",
    "3 waits",
    "4 plan_changed",
    "3 waits",
    "0 Good day Jane",
    "3 r2-fork-2",
    "0 Good day Joe",
    "0 Good day Joe",
  ]);
});
