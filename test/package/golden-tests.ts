import { expect, test } from "vitest";
import type { InstalledProject } from "./installed-project.ts";

const PATIENCE_MS = 120_000;

/** A program as a user might write it; what its model is told is the argument. In TypeScript it says a type. */
const PROGRAM = (extension: string): string => `
import { agent, pipeline } from "flujo";
import { z } from "zod";

const order = z.string().regex(/^\\d{4}$/).nullable().describe("the number of the order, four digits");
export const told = (instructions${extension === "ts" ? ": string" : ""}) =>
  pipeline({ name: "${extension}-desk", input: z.string() })
    .step(agent({ name: "read", model: "offline:extract", instructions, input: z.string(), output: z.object({ order }) }))
    .step("settle", ({ order }) => "refunded order " + order);
export const desk = told("Find the order.");
`;

const MAIL = "I was charged twice for order 4471. Ada, ada@example.com";

/** Goldens from the package as it is installed: the command line, the matcher, and what both need. */
export function goldenTests(project: () => InstalledProject): void {
  const flujo = (...args: readonly string[]) => project().end("flujo", "golden", ...args);

  /** The program in a file, its golden recorded, and the exit code of a check. */
  async function recorded(extension: string): Promise<string> {
    await project().write(`desk.${extension}`, PROGRAM(extension));
    const made = await project().end("npx", "flujo", "golden", "record", `desk.${extension}#desk`, "-i", MAIL, "--name", "twice");
    expect(made).toMatchObject({ code: 0, stderr: expect.stringContaining(`Next  npx flujo golden check ${extension}-desk/twice`) });
    expect(made.stdout).toContain("redacted: 1 e-mail address; the run succeeded");
    const file = `goldens/${extension}-desk/twice.golden.yaml`;
    expect(await project().read(file)).not.toContain("ada@example.com");
    return file;
  }

  async function reword(extension: string): Promise<void> {
    await project().write(`desk.${extension}`, PROGRAM(extension).replace("Find the order.", "Which order is it?"));
  }

  test("what goldens are read with, compared with and reported with is installed with the package", async () => {
    const packages = await project().packages();
    for (const name of ["yaml", "diff", "fast-xml-builder"]) expect(packages).toContain(`node_modules/${name}`);
  });

  test.each(["ts", "js"])(
    "a golden of a program in a .%s file is recorded, checked, reported to CI and updated from the package",
    { timeout: PATIENCE_MS },
    async (extension) => {
      const file = await recorded(extension);
      const name = `${extension}-desk`;
      await reword(extension);
      const drifted = await project().end("npx", "flujo", "golden", "check", name, "--junit", "golden.xml");
      expect(drifted.stdout).toContain('The instructions of the agent "read" changed.');
      expect(drifted.stdout).toContain(`\n      npx flujo golden update ${file} --step ${name}/read\n`);
      expect(drifted.stdout).toContain("1 golden checked: 1 drifted");
      expect(drifted.code).toBe(1);
      expect(await project().read("golden.xml")).toMatch(/<testsuites .*tests="1" failures="1"[^]*<failure type="request"/);
      expect(await flujo("update", name)).toMatchObject({
        code: 0,
        stdout: expect.stringContaining(`asked for real: ${name}/read/turn[0]`),
      });
      expect(await project().read(file)).toContain("Which order is it?");
      expect(await flujo("check", name)).toMatchObject({ code: 0, stdout: expect.stringContaining("1 golden checked: 1 clean") });
    },
  );

  test("a run of the past becomes a golden, and goldens are listed and shown from the package", { timeout: PATIENCE_MS }, async () => {
    await project().write("past.ts", PROGRAM("ts").replaceAll("ts-desk", "past"));
    await project().run("flujo", "run", "past.ts#desk", "-i", MAIL, "--run-id", "r1");
    const made = await flujo("from-run", "r1", "--name", "past");
    expect(made).toMatchObject({ code: 0, stdout: expect.stringContaining("Recorded goldens/past/past.golden.yaml") });
    expect(made.stderr).not.toContain("--state");
    const { goldens } = JSON.parse((await flujo("list", "past", "--json")).stdout) as { readonly goldens: readonly unknown[] };
    expect(goldens).toEqual([expect.objectContaining({ name: "past/past", source: "past.ts#desk", status: "succeeded" })]);
    expect((await flujo("show", "past/past")).stdout).toMatch(/settle +step .* → refunded order 4471\n/);
  });

  test.each(["ts", "js"])(
    "toMatchGolden of a program in a .%s file holds, and tells what has changed",
    { timeout: PATIENCE_MS },
    async (extension) => {
      const name = `match.${extension}`;
      await project().write(`kept.${extension}`, PROGRAM(extension).replaceAll(`${extension}-desk`, "kept"));
      await project().write(
        name,
        `import { toMatchGolden } from "flujo/testing";
       import { desk, told } from "./kept.${extension}";
       const file = "goldens/kept/${extension}.golden.yaml";
       const first = await toMatchGolden(desk, file, { input: ${JSON.stringify(MAIL)}, env: {} });
       const [again, other] = [await toMatchGolden(desk, file), await toMatchGolden(told("Look."), file)];
       console.log(first.pass, again.pass, other.pass, other.message());`,
      );
      const { stdout } = await project().run(process.execPath, name);
      expect(stdout).toMatch(/^true true false The instructions of the agent "read" changed\.\n/);
      expect(stdout).toContain("    - Find the order.\n    + Look.\n");
    },
  );

  test("expect(program).toMatchGolden(file) in vitest fails where the program does something else", { timeout: PATIENCE_MS }, async () => {
    await project().borrow("vitest");
    await project().write("shop.ts", PROGRAM("ts").replaceAll("ts-desk", "shop"));
    await project().write(
      "shop.test.ts",
      `import { expect, test } from "vitest";
       import { flujoMatchers } from "flujo/testing";
       import { desk, told } from "./shop.ts";
       expect.extend(flujoMatchers);
       const file = "goldens/shop/shop.golden.yaml";
       test("as it was", () => expect(desk).toMatchGolden(file, { input: ${JSON.stringify(MAIL)} }));
       test("other words", () => expect(told("Look.")).toMatchGolden(file));`,
    );
    const { code } = await project().end(
      process.execPath,
      "node_modules/vitest/vitest.mjs",
      "run",
      "--reporter=json",
      "--outputFile=told.json",
    );
    const { testResults } = JSON.parse(await project().read("told.json")) as {
      readonly testResults: readonly {
        readonly assertionResults: readonly { readonly title: string; readonly failureMessages: readonly string[] }[];
      }[];
    };
    const results = testResults.flatMap(({ assertionResults }) => assertionResults);
    expect(results).toEqual([
      expect.objectContaining({ title: "as it was", failureMessages: [] }),
      expect.objectContaining({
        title: "other words",
        failureMessages: [expect.stringContaining('The instructions of the agent "read" changed.')],
      }),
    ]);
    expect(code).toBe(1);
  });
}
