import { existsSync, readFileSync, rmSync, statSync } from "node:fs";
import { expect, test } from "vitest";
import { documentOf, Workshop } from "../../cli/harness.ts";
import { PROGRAMS, TICKET } from "./programs.ts";

/** A desk with one golden, in which nobody has been asked yet since. */
async function desk(): Promise<Workshop> {
  const shop = new Workshop(PROGRAMS);
  const recorded = await shop.flujo([
    "golden",
    "record",
    "desk.ts",
    "--input",
    TICKET,
    "--name",
    "twice",
    "--answer",
    'approve={"ok":true}',
  ]);
  expect(recorded.code).toBe(0);
  rmSync(shop.path("asked.txt"));
  return shop;
}

function askedIn(shop: Workshop): readonly string[] {
  return existsSync(shop.path("asked.txt")) ? readFileSync(shop.path("asked.txt"), "utf8").trim().split("\n") : [];
}

function mend(shop: Workshop, ...changes: readonly (readonly [old: string, now: string])[]): void {
  let text = readFileSync(shop.path("desk.ts"), "utf8");
  for (const [old, now] of changes) {
    expect(text).toContain(old);
    text = text.replaceAll(old, now);
  }
  shop.write({ "desk.ts": text });
}

const GOLDEN = "goldens/desk/twice.golden.yaml";

test("only what is asked something else is asked for real, and then the check is clean", async () => {
  using shop = await desk();
  mend(shop, ["Say what it is about.", "Say in one word what it is about."]);
  expect((await shop.flujo(["golden", "check"])).code).toBe(1);
  expect(askedIn(shop)).toEqual([]);
  const updated = await shop.flujo(["golden", "update"]);
  expect(updated.code).toBe(0);
  expect(updated.stdout).toMatch(/^↻ desk\/twice {2}asked for real: desk\/classify\/turn\[0\]\n/);
  expect(updated.stdout).toContain("+ Say in one word what it is about.");
  expect(updated.stdout).not.toContain("accept it");
  expect(updated.stdout).toMatch(/\n1 golden checked: 1 updated\n$/);
  expect(updated.stderr).toContain("git diff");
  expect(askedIn(shop)).toEqual(["classify"]);
  expect((await shop.flujo(["golden", "check"])).code).toBe(0);
  expect(readFileSync(shop.path(GOLDEN), "utf8")).toContain("Say in one word");
});

test("what a model is told anew is followed as far as it leads, and no further", async () => {
  using shop = await desk();
  mend(shop, ["Say what it is about.", "Say which."], ['() => "billing"', '() => "contract"']);
  expect((await shop.flujo(["golden", "update", "desk/twice"])).code).toBe(0);
  expect(askedIn(shop)).toEqual(["classify", "reply", "reply"]); // the tool is asked the same: its answer stays
  const { goldens } = documentOf(await shop.flujo(["golden", "update", "--json"]));
  expect(goldens).toEqual([expect.objectContaining({ name: "desk/twice", isChanged: false, asked: [] })]);
  expect(askedIn(shop)).toHaveLength(3);
});

test("functions alone need nobody: what they give now is taken over", async () => {
  using shop = await desk();
  mend(shop, ["answer.ok ? input", 'answer.ok ? input + " Yours, the desk"']);
  const updated = await shop.flujo(["golden", "update"]);
  expect(updated.stdout).toContain("nothing was asked for real");
  expect(askedIn(shop)).toEqual([]);
  expect(readFileSync(shop.path(GOLDEN), "utf8")).toContain("output: We are sorry. Yours, the desk\n");
});

test("what has not changed is not written again", async () => {
  using shop = await desk();
  const before = statSync(shop.path(GOLDEN)).mtimeMs;
  const updated = await shop.flujo(["golden", "update"]);
  expect(updated).toMatchObject({ code: 0, stdout: "✔ desk/twice  as it was\n1 golden checked: 1 unchanged\n" });
  expect(statSync(shop.path(GOLDEN)).mtimeMs).toBe(before);
});

test("in CI nothing is updated", async () => {
  using shop = await desk();
  mend(shop, ["Say what it is about.", "Say which."]);
  const refused = await shop.flujo(["golden", "update"], { env: { CI: "true" } });
  expect(refused).toMatchObject({ code: 2, stdout: "" });
  expect(refused.stderr).toContain("Goldens are not updated in CI");
  expect(askedIn(shop)).toEqual([]);
  expect((await shop.flujo(["golden", "update"], { env: { CI: "false" } })).code).toBe(0);
});

test("--step keeps to its path, and leaves all as it is where that does not do", async () => {
  using shop = await desk();
  const before = readFileSync(shop.path(GOLDEN), "utf8");
  mend(shop, ["Say what it is about.", "Say which."], ["Write a reply.", "Write a short reply."]);
  const refused = await shop.flujo(["golden", "update", "--step", "desk/classify"]);
  expect(refused.code).toBe(2);
  expect(refused.stdout).toContain("desk/reply/turn[0], and 1 more would have to be asked for real too, and no --step is for that.");
  expect(refused.stdout).toContain("--step 'desk/reply/turn[0]'");
  expect(askedIn(shop)).toEqual([]);
  expect(readFileSync(shop.path(GOLDEN), "utf8")).toBe(before);

  mend(shop, ["Write a short reply.", "Write a reply."]);
  expect((await shop.flujo(["golden", "update", "--step", "desk/*"])).code).toBe(0);
  expect(askedIn(shop)).toEqual(["classify"]);

  mend(shop, ["Say which.", "Say so."], ['() => "billing"', '() => "contract"']);
  const led = await shop.flujo(["golden", "update", "--step", "desk/classify"]);
  expect(led.code).toBe(2); // what it answers now leads to another question elsewhere
  expect(led.stdout).toContain("desk/reply/turn[0]");
  expect((await shop.flujo(["golden", "update", "--step", "desk/classify", "--step", "desk/reply"])).code).toBe(0);
  expect((await shop.flujo(["golden", "check"])).code).toBe(0);
});

test("a tool is asked where the model calls it with something else", async () => {
  using shop = await desk();
  mend(shop, ["Write a reply.", "Look up 18."], ['order: "17"', 'order: "18"']);
  const updated = await shop.flujo(["golden", "update"]);
  expect(updated.code).toBe(0);
  expect(askedIn(shop)).toEqual(["reply", "lookUp", "reply"]);
  expect((await shop.flujo(["golden", "check"])).code).toBe(0);
});

test("what people are asked now is answered on the command line, or the golden waits there", async () => {
  using shop = await desk();
  mend(shop, [
    '  .step("send"',
    '  .step("pass", ({ answer }) => answer)\n  .human("boss", { answer: z.object({ ok: z.boolean() }) })\n  .step("send"',
  ]);
  expect((await shop.flujo(["golden", "update", "--answer", 'boss={"ok":false}'])).code).toBe(0);
  expect(readFileSync(shop.path(GOLDEN), "utf8")).toContain("output: dropped\n");
  expect(askedIn(shop)).toEqual([]);
});

test("a golden that cannot be updated is told, and the others are", async () => {
  using shop = await desk();
  await shop.flujo(["golden", "record", "hello.ts", "--input", "Ada"]);
  shop.write({ "hello.ts": PROGRAMS["hello.ts"].replace("Hello", "Hi"), "goldens/a/cut.golden.yaml": "format: 1\npipeline: x\n" });
  const updated = await shop.flujo(["golden", "update"]);
  expect(updated.code).toBe(4);
  expect(updated.stdout).toContain("✖ a/cut\n  goldens/a/cut.golden.yaml:");
  expect(updated.stdout).toMatch(/\n2 goldens checked: 1 updated, 1 unchanged; 1 could not be updated\n$/);
  expect(updated.stderr).toMatch(/flujo golden check +what is left\n/);
  expect(readFileSync(shop.path("goldens/hello/ada.golden.yaml"), "utf8")).toContain("HI, ADA!");
});
