import { chmodSync, rmSync, symlinkSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { EmbeddingModel } from "../../src/index.ts";
import { hashedNgrams, indexFiles, type IndexFilesOptions, memoryVectors, type VectorStore } from "../../src/recipes/index.ts";
import { faults, resumeForTest, runForTest } from "../../src/testing/index.ts";
import { Folder } from "./support/folder.ts";

/** An embedding model that counts what it is asked. */
function counting(name = "counting"): EmbeddingModel & { readonly texts: string[] } {
  const [texts, ngrams]: [string[], EmbeddingModel] = [[], hashedNgrams({ dimensions: 64 })];
  return {
    name,
    texts,
    embed: async (asked) => {
      texts.push(...asked);
      return ngrams.embed(asked);
    },
  };
}

const report = async (options: IndexFilesOptions) => (await runForTest(indexFiles(options), null)).result.unwrap();
const namesIn = async (store: VectorStore) => (await store.documents()).map(({ name, chunks }) => `${name} ${chunks}`);

describe("an index of files", () => {
  test("embeds what is there, then only what has changed, and drops what is gone", async () => {
    using folder = new Folder({ "a.md": "Alpha.", "sub/b.md": "Beta.\n\nGamma." });
    const [store, embedding] = [memoryVectors(), counting()];
    const options = { root: folder.path, store, embedding, maxCharacters: 20 };
    expect(await report(options)).toEqual({ indexed: ["a.md", "sub/b.md"], unchanged: 0, dropped: [], skipped: [] });
    expect(await report(options)).toEqual({ indexed: [], unchanged: 2, dropped: [], skipped: [] });
    folder.write("a.md", "Alpha, and more of it than fits in one.");
    folder.write("c.md", "Delta.");
    rmSync(folder.place("sub/b.md"));
    expect(await report(options)).toEqual({ indexed: ["a.md", "c.md"], unchanged: 0, dropped: ["sub/b.md"], skipped: [] });
    expect(await namesIn(store)).toEqual(["a.md 3", "c.md 1"]);
    expect(embedding.texts.slice(0, 2)).toEqual(["Alpha.", "Beta.\n\nGamma."]);
    expect(embedding.texts).toHaveLength(2 + 3 + 1);
  });

  test("makes everything anew where the model or the size of pieces has changed", async () => {
    using folder = new Folder({ "a.md": "Alpha.", "b.md": "Beta." });
    const store = memoryVectors();
    await report({ root: folder.path, store, embedding: counting() });
    expect((await report({ root: folder.path, store, embedding: counting("other") })).indexed).toEqual(["a.md", "b.md"]);
    expect((await report({ root: folder.path, store, embedding: counting("other"), maxCharacters: 99 })).unchanged).toBe(0);
  });

  test("takes the files that are meant: by patterns, nothing hidden, nothing of node_modules", async () => {
    const files = [
      "a.md",
      "b.txt",
      "sub/c.md",
      "sub/deep/d.mdx",
      ".hidden/e.md",
      ".f.md",
      "node_modules/g.md",
      "sub/node_modules/h.md",
      "x[1].md",
    ];
    using folder = new Folder(Object.fromEntries(files.map((file) => [file, "It says so."])));
    const indexed = async (patterns: Pick<IndexFilesOptions, "include" | "exclude">) =>
      (await report({ root: folder.path, store: memoryVectors(), embedding: counting(), ...patterns })).indexed;
    expect(await indexed({})).toEqual(["a.md", "b.txt", "sub/c.md", "sub/deep/d.mdx", "x[1].md"]);
    expect(await indexed({ include: ["**/*.md"] })).toEqual(["a.md", "sub/c.md", "x[1].md"]);
    expect(await indexed({ include: ["*.{md,txt}"] })).toEqual(["a.md", "b.txt", "x[1].md"]);
    expect(await indexed({ include: ["sub/**/?.md*"] })).toEqual(["sub/c.md", "sub/deep/d.mdx"]);
    expect(await indexed({ include: ["x[1].md"] })).toEqual(["x[1].md"]);
    expect(await indexed({ include: ["**/*.md"], exclude: ["sub/**"] })).toEqual([
      ".f.md",
      ".hidden/e.md",
      "a.md",
      "node_modules/g.md",
      "x[1].md",
    ]);
  });

  test("tells what it cannot take, and goes on: binaries, other encodings, what is too large or closed, links that lead out", async () => {
    using outside = new Folder({ "secret.md": "The key is 42." });
    using folder = new Folder({
      "ok.md": "It says so.",
      "image.md": new Uint8Array([137, 80, 78, 71, 0, 1]),
      "latin.md": new Uint8Array([0x67, 0x72, 0xfc, 0xdf]),
      "large.md": "x".repeat(101),
      "closed.md": "Nobody reads this.",
    });
    symlinkSync(outside.place("secret.md"), folder.place("link.md"));
    symlinkSync(outside.path, folder.place("way-out"));
    symlinkSync(folder.place("ok.md"), folder.place("same.md"));
    symlinkSync(folder.place("nowhere"), folder.place("dangling.md"));
    symlinkSync(".", folder.place("round"));
    chmodSync(folder.place("closed.md"), 0);
    const [store, embedding] = [memoryVectors(), counting()];
    const { indexed, skipped } = await report({ root: folder.path, store, embedding, maxBytes: 100 });
    const isRoot = process.getuid?.() === 0; // who may read everything
    expect(indexed).toEqual([...(isRoot ? ["closed.md"] : []), "ok.md", "same.md"]);
    expect(Object.fromEntries(skipped.map(({ file, why }) => [file, why]))).toEqual({
      ...(isRoot ? {} : { "closed.md": "unreadable" }),
      "dangling.md": "unreadable",
      "image.md": "binary",
      "large.md": "too large",
      "latin.md": "binary",
      "link.md": "outside",
      "way-out": "outside",
    });
    expect(embedding.texts.join(" ")).not.toContain("42");
  });

  test("a file that can no longer be taken is dropped", async () => {
    using folder = new Folder({ "a.md": "Alpha." });
    const options = { root: folder.path, store: memoryVectors(), embedding: counting() };
    await report(options);
    folder.write("a.md", new Uint8Array([0, 1, 2]));
    expect(await report(options)).toMatchObject({ indexed: [], dropped: ["a.md"], skipped: [{ file: "a.md", why: "binary" }] });
    expect(await options.store.documents()).toEqual([]);
  });

  test("goes on after a crash with the files that are left", async () => {
    using folder = new Folder(Object.fromEntries(Array.from({ length: 6 }, (_, index) => [`${index}.md`, `File ${index}.`])));
    const [store, embedding] = [memoryVectors(), counting()];
    const index = indexFiles({ root: folder.path, store, embedding, concurrency: 1 });
    const cut = await runForTest(index, null, { faults: faults([{ at: "index/changed/files[3]", do: "crash" }]) });
    expect(cut.result.status).toBe("stopped");
    const { result } = await resumeForTest(index, cut.result.runId, { state: cut.state });
    expect(result.unwrap().indexed).toHaveLength(6);
    expect(embedding.texts).toHaveLength(6);
    expect(await namesIn(store)).toEqual(Array.from({ length: 6 }, (_, each) => `${each}.md 1`));
  });

  test("says so where the root is no folder, and where the model gives nonsense", async () => {
    using folder = new Folder({ "a.md": "Alpha." });
    const failure = async (options: Partial<IndexFilesOptions>) => {
      const given = { root: folder.path, store: memoryVectors(), embedding: counting(), ...options };
      const { result } = await runForTest(indexFiles(given), null);
      return result.status === "failed" ? `${result.failure.code} ${result.failure.message}` : result.status;
    };
    expect(await failure({ root: folder.place("not-there") })).toMatch(/^file_unreadable .*The folder .*not-there cannot be read/);
    for (const vectors of [[], [[]], [[1], [2]], [[Number.NaN]]])
      expect(await failure({ embedding: { name: "odd", embed: async () => vectors } })).toMatch(
        /^output_invalid .*odd has not given 1 vectors of numbers/,
      );
  });

  test.each([
    ["no root", { root: "" }, 'root: it is ""'],
    ["a pattern that leads out", { include: ["../*.md"] }, '"../*.md" leads out of the folder'],
    ["a pattern of the whole machine", { include: ["/etc/*"] }, '"/etc/*" leads out of the folder'],
    ["an open brace", { include: ["*.{md"] }, "has a brace that is not closed"],
    ["a pattern in place of a list", { include: "*.md" }, 'include: it is "*.md"'],
    ["no store", { store: undefined }, "store: it is undefined"],
    ["a language model", { embedding: "openai:gpt-5" }, 'embedding: it is "openai:gpt-5"'],
    ["nothing at a time", { concurrency: 0 }, "concurrency: it is 0"],
  ])("refuses %s when it is built", (_what, options, message) => {
    const given = { root: "x", store: memoryVectors(), embedding: counting(), ...options } as never;
    expect(() => indexFiles(given)).toThrow(message);
  });
});
