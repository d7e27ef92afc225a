import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { agent, pipeline, step } from "../../../src/index.ts";
import type { FlujoMatchers } from "../../../src/testing/index.ts";
import {
  checkGolden,
  describeDrift,
  flujoMatchers,
  plainText,
  readGolden,
  recordGolden,
  scriptedModel,
  toMatchGolden,
  updateGolden,
  writeGolden,
} from "../../../src/testing/index.ts";

declare module "vitest" {
  interface Matchers<R extends void | Promise<void>, T> extends FlujoMatchers<R> {}
}

expect.extend(flujoMatchers);

const greet = (word = "Hello") => pipeline({ name: "greet" }).step(step("say", (who: string) => `${word}, ${who}!`));
const env = {};

let folder = "";
let file = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "flujo-goldens-"));
  file = join(folder, "ada.golden.yaml");
});

afterEach(() => rmSync(folder, { recursive: true }));

describe("expect(program).toMatchGolden(file)", () => {
  test("holds where the program does what it did, and tells in words where it does not", async () => {
    await writeGolden(file, await recordGolden(greet(), "Ada", { source: "greet.ts#greet" }));
    await expect(greet()).toMatchGolden(file);
    await expect(greet()).toMatchGolden(pathToFileURL(file));
    await expect(greet("Hi")).not.toMatchGolden(file);
    const failure: unknown = await expect(greet("Hi"))
      .toMatchGolden(file)
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Error);
    const { message } = failure as Error;
    expect(message).toContain('The step "say" gives something else, although it is asked the same.');
    expect(message).toContain("    - Hello, Ada!\n    + Hi, Ada!");
    expect(message).toContain(`flujo golden update ${file}`);
    expect((await toMatchGolden(greet(), file)).message()).toBe(`It does what the golden ${file} says, and should not.`);
  });

  test("of a golden that only code knows, it names what code can do", async () => {
    await writeGolden(file, await recordGolden(greet(), "Ada"));
    const { pass, message } = await toMatchGolden(greet("Hi"), file);
    expect(pass).toBe(false);
    expect(message()).toContain("updateGolden()");
    expect(message()).not.toContain("flujo golden update");
  });

  test("records a golden that is not there only where an input is given, and not in CI", async () => {
    expect((await toMatchGolden(greet(), file, { env })).message()).toMatch(/There is no golden .*ada\.golden\.yaml\. Record one/);
    const inCi = await toMatchGolden(greet(), file, { input: "Ada", env: { CI: "1" } });
    expect([inCi.pass, inCi.message()]).toEqual([false, expect.stringContaining("In CI none is recorded")]);
    expect(existsSync(file)).toBe(false);
    await expect(greet()).toMatchGolden(file, { input: "Ada", env });
    expect((await readGolden(file)).input).toBe("Ada");
    await expect(greet("Hi")).not.toMatchGolden(file, { input: "Ada", env });
  });

  test("goes by the rules of the project that the golden is in, unless it is given others", async () => {
    await writeGolden(file, await recordGolden(greet(), "Ada"));
    writeFileSync(join(folder, "package.json"), '{ "flujo": { "golden": { "levels": "warn" } } }');
    await expect(greet("Hi")).toMatchGolden(file);
    await expect(greet("Hi")).not.toMatchGolden(file, { rules: {} });
  });

  test("refuses what is no program", async () => {
    await expect(toMatchGolden("greet", file)).rejects.toMatchObject({ code: "usage_invalid" });
  });
});

describe("updateGolden", () => {
  /** Two agents, one after the other, that note what they are asked. */
  const line = (asked: string[], { first = "Sort it.", answer = "a" } = {}) => {
    const model = (name: string, say: string) =>
      scriptedModel(() => {
        asked.push(name);
        return say;
      });
    return pipeline({ name: "line" })
      .step(agent({ name: "first", model: model("first", answer), instructions: first }))
      .step(agent({ name: "second", model: model("second", "b"), instructions: "Answer it." }));
  };

  test("gives the very golden back where nothing has changed", async () => {
    const golden = await recordGolden(line([]), "x");
    const asked: string[] = [];
    const { isChanged, updated } = await updateGolden(line(asked), golden, { env });
    expect([isChanged, updated === golden, asked]).toEqual([false, true, []]);
  });

  test("asks what is asked something else, writes the file, and says what is different", async () => {
    await writeGolden(file, await recordGolden(line([]), "x"));
    const asked: string[] = [];
    const { isChanged, causes, ...update } = await updateGolden(line(asked, { first: "Weigh it." }), file, { env });
    expect(isChanged).toBe(true);
    expect(asked).toEqual(["first"]);
    expect(update.asked).toEqual(["line/first/turn[0]"]);
    expect(causes.map(({ head }) => head.about)).toEqual(["instructions"]);
    expect(readFileSync(file, "utf8")).toContain("Weigh it.");
    await expect(line([], { first: "Weigh it." })).toMatchGolden(file);
  });

  test("what was redacted in a request does not make it another one", async () => {
    const program = (asked: string[], word: string) =>
      pipeline({ name: "line" })
        .step(step("tell", (who: string) => `${who} has the key ${["sk-proj-", "a1b2c3d4e5f6g7h8i9j0k1l2m3n4"].join("")}`))
        .step(
          agent({
            name: "reads",
            instructions: "Read.",
            model: scriptedModel(() => {
              asked.push("reads");
              return "read";
            }),
          }),
        )
        .step(step("end", (text: string) => text + word));
    const golden = await recordGolden(program([], "."), "Ada");
    expect(JSON.stringify(golden)).not.toContain("a1b2c3");
    const asked: string[] = [];
    const { isChanged, updated } = await updateGolden(program(asked, "!"), golden, { env });
    expect([isChanged, asked, updated.result]).toEqual([true, [], expect.objectContaining({ output: "read!" })]);
    expect(JSON.stringify(updated)).not.toContain("a1b2c3");
  });

  test("refuses in CI, for another pipeline, and where another step would have to be asked", async () => {
    const golden = await recordGolden(line([]), "x");
    const asked: string[] = [];
    const changed = line(asked, { first: "Weigh it." });
    await expect(updateGolden(changed, golden, { env: { CI: "true" } })).rejects.toMatchObject({ code: "usage_invalid" });
    await expect(updateGolden(greet(), golden, { env })).rejects.toMatchObject({ code: "usage_invalid" });
    await expect(updateGolden(changed, golden, { env, steps: ["line/second"] })).rejects.toMatchObject({
      code: "usage_invalid",
      details: { paths: ["line/first/turn[0]"] },
    });
    expect(asked).toEqual([]);
  });
});

test("words about drift that come without a file name what code can do, and a command with a place for the file", async () => {
  const golden = await recordGolden(greet(), "Ada");
  const { causes } = await checkGolden(greet("Hi"), golden);
  const told = await Promise.all(causes.map(async (cause) => plainText(await describeDrift(cause))));
  expect(told.join("\n")).toMatch(/call updateGolden\(\), or, where it has a file:\n {4}npx flujo golden update FILE$/);
});
