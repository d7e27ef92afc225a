import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { codeBlocksOf } from "../../scripts/docs/code-blocks.ts";
import { goldenTests } from "./golden-tests.ts";
import { InstalledProject } from "./installed-project.ts";

const MOST_PACKAGES = 40;
const MOST_MEGABYTES = 75;
const PATIENCE_MS = 180_000;

/** What of `flujo/testing` a user's own test would call, and one mistake that the compiler must see. */
const TYPED_GOLDEN = `
import { pipeline, step } from "flujo";
import { checkGolden, describeDrift, plainText, recordGolden, toMatchGolden, updateGolden, writeGolden } from "flujo/testing";
const greet = pipeline({ name: "greet" }).step(step("say", (who: string) => who + "!"));
const golden = await recordGolden(greet, "Ada", { answers: { boss: true } });
await writeGolden("goldens/greet/ada.golden.yaml", golden);
const { level, causes } = await checkGolden(greet, golden, { rules: { levels: "warn" } });
const words: readonly string[] = await Promise.all(causes.map(async (cause) => plainText(await describeDrift(cause))));
const { isChanged } = await updateGolden(greet, golden);
const { pass } = await toMatchGolden(greet, "goldens/greet/ada.golden.yaml");
export const all: readonly [string, boolean, boolean, readonly string[]] = [level, isChanged, pass, words];
// @ts-expect-error: its input is text
void recordGolden(greet, 7);
`;

let project: InstalledProject;
beforeAll(async () => {
  project = await InstalledProject.make();
}, PATIENCE_MS);
afterAll(() => project[Symbol.asyncDispose]());

test(`an install is at most ${MOST_PACKAGES} packages and ${MOST_MEGABYTES} MB`, async () => {
  const [packages, megabytes] = [await project.packages(), await project.megabytes()];
  console.log(`npm install flujo: ${packages.length} packages, ${megabytes.toFixed(1)} MB`);
  expect(packages.length, packages.join("\n")).toBeLessThanOrEqual(MOST_PACKAGES);
  expect(megabytes).toBeLessThanOrEqual(MOST_MEGABYTES);
});

test("npm has no script of it to run, or to warn of, when it is installed", async () => {
  const { scripts } = JSON.parse(await project.read("node_modules/flujo/package.json")) as {
    readonly scripts: Readonly<Record<string, string>>;
  };
  const ofInstalls = ["preinstall", "install", "postinstall", "preprepare", "prepare", "postprepare"];
  expect(Object.keys(scripts).filter((name) => ofInstalls.includes(name))).toEqual([]);
});

test("importing it loads no package and no driver, only itself", async () => {
  await project.write(
    "spy.mjs",
    `import { registerHooks } from "node:module";
     globalThis.loaded = new Set();
     registerHooks({ load(url, context, next) { globalThis.loaded.add(/node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(url)?.[1] ?? url.split("/").pop()); return next(url, context); } });`,
  );
  await project.write(
    "import.mjs",
    `const [began, before] = [performance.now(), process.memoryUsage.rss()];
     await import("flujo");
     const [ms, mb] = [performance.now() - began, (process.memoryUsage.rss() - before) / 1048576];
     console.log(JSON.stringify({ ms, mb, loaded: [...(globalThis.loaded ?? [])].filter((name) => name !== "import.mjs" && !name.startsWith("node:")) }));`,
  );
  const figures = JSON.parse((await project.run(process.execPath, "import.mjs")).stdout) as { ms: number; mb: number };
  console.log(`import flujo: ${figures.ms.toFixed(1)} ms, ${figures.mb.toFixed(1)} MB`);
  const spied = JSON.parse((await project.run(process.execPath, "--import", "./spy.mjs", "import.mjs")).stdout) as { loaded: string[] };
  expect(spied.loaded).toEqual(["flujo"]);
});

test("the command line is there, under the package's name and version", async () => {
  expect((await project.run("flujo", "version")).stdout).toContain(manifest.version);
});

test("a run can be streamed to the web from the package as it is installed", async () => {
  await project.write(
    "web.mjs",
    `import { Flujo, step } from "flujo";
     import { eventStreamResponse, foldProgress, NO_PROGRESS, uiMessageStreamResponse } from "flujo/web";
     const flujo = new Flujo();
     const stream = flujo.stream(step("double", (n) => n * 2), 21);
     const told = await eventStreamResponse(stream).text();
     const message = await uiMessageStreamResponse(flujo.events(stream.runId)).text();
     let live = NO_PROGRESS;
     for await (const event of flujo.events(stream.runId)) live = foldProgress(live, event);
     console.log(told.includes('"output":42'), message.endsWith("[DONE]\\n\\n"), live.operations.size);
     await flujo.close();`,
  );
  expect((await project.run(process.execPath, "web.mjs")).stdout).toBe("true true 0\n");
});

test("recipes answer from files, with vectors in a file, from the package as it is installed", async () => {
  await project.write(
    "recipes.mjs",
    `import { mkdirSync, writeFileSync } from "node:fs";
     import { embeddingModel, Flujo, step } from "flujo";
     import { answerFromFiles, hashedNgrams, sqliteVectors } from "flujo/recipes";
     mkdirSync("notes", { recursive: true });
     writeFileSync("notes/tides.md", "The moon pulls the tides.");
     const answer = step("quote", () => [{ claim: "It is the moon.", citations: [{ passage: 1, quote: "The moon pulls" }] }]);
     const store = sqliteVectors("vectors.db");
     const flujo = new Flujo();
     const ask = answerFromFiles({ files: { root: "notes" }, store, embedding: hashedNgrams(), answer });
     const { text, sources } = (await flujo.run(ask, "What pulls the tides?")).unwrap();
     console.log(text, sources[0].document, typeof embeddingModel);
     await flujo.close();
     await store.close();`,
  );
  expect((await project.run(process.execPath, "recipes.mjs")).stdout).toBe("It is the moon. [1] tides.md function\n");
});

test.each(["ts", "js"])("the README's first program runs from a .%s file", async (extension) => {
  const [first] = codeBlocksOf(await readFile("README.md", "utf8"), { file: "README.md", line: 1 });
  const file = `readme.${extension}`;
  await project.write(file, first?.code ?? "");
  expect((await project.run(process.execPath, file)).stdout).toMatch(/^billing/);
});

test("a user's strict compiler accepts the package's types", { timeout: PATIENCE_MS }, async () => {
  await project.install(`@types/node@${manifest.devDependencies["@types/node"]}`);
  await project.write("typed.ts", await readFile("examples/hello/hello.ts", "utf8"));
  await project.write("typed-golden.ts", TYPED_GOLDEN);
  const compilerOptions = {
    noEmit: true,
    strict: true,
    module: "nodenext",
    target: "es2024",
    lib: ["es2024", "esnext.disposable"],
    types: ["node"],
  };
  await project.write("tsconfig.json", JSON.stringify({ compilerOptions, files: ["typed.ts", "typed-golden.ts"] }));
  expect((await project.run(process.execPath, resolve("node_modules/typescript/bin/tsc"), "-p", ".")).stdout).toBe("");
});

test.each(["hello.ts", "hello.js"])("examples/hello/%s runs outside the repository", async (file) => {
  await project.write(file, await readFile(`examples/hello/${file}`, "utf8"));
  expect((await project.run(process.execPath, file)).stdout).toMatch(/^billing/);
});

goldenTests(() => project);

test.each([
  ["the CI file to copy", "examples/ci/golden.yml", /npm ci (--ignore-scripts)/],
  ["the README", "README.md", /npm pkg set --json (\S+)/],
])("with what %s says, `npm ci` builds no SQLite, and the one that came works", { timeout: PATIENCE_MS }, async (_who, file, saying) => {
  const [line = "", said = ""] = saying.exec(await readFile(file, "utf8")) ?? [];
  if (line.startsWith("npm pkg")) await project.run("npm", "pkg", "set", "--json", said);
  await project.installLocked(...(line.startsWith("npm ci") ? [said] : []));
  expect(await readdir(join(project.folder, "node_modules/better-sqlite3"))).not.toContain("build");
  await project.write("kept.js", 'import { step } from "flujo";\nexport const say = step("say", (who) => who + "!");\n');
  expect((await project.run("flujo", "run", "kept.js", "-i", "Ada")).stdout).toContain("Ada!");
  expect((await project.run("flujo", "list")).stdout).toContain("say");
});
