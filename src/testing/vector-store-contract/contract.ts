import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { StoredChunk, StoredDocument, VectorHit, VectorStore } from "../../recipes/vectors/vector-store.ts";
import type { OpenedVectors, VectorStoreFixture } from "./fixture.ts";

const MODEL = "north";

function chunk(text: string, numbers: readonly number[], start = 0): StoredChunk {
  return { text, start, line: 1 + start, vector: new Float32Array(numbers) };
}

function document(name: string, chunks: readonly StoredChunk[], about: Partial<StoredDocument> = {}): StoredDocument {
  return { name, version: "1", model: MODEL, chunks, ...about };
}

const textsOf = (hits: readonly VectorHit[]): readonly string[] => hits.map(({ text }) => text);

/** Registers the contract's tests with vitest. */
export function registerContract(fixture: VectorStoreFixture): void {
  describe(`VectorStore contract: ${fixture.name}`, () => {
    const lacks = fixture.lacks ?? new Set();
    const opened: OpenedVectors[] = [];
    const store = (): VectorStore => {
      const [first] = opened;
      if (first === undefined) throw new Error("The store is there inside a test only.");
      return first.store;
    };
    beforeEach(async () => {
      opened.push(await fixture.open());
    });
    afterEach(async () => {
      for (const each of opened.splice(0)) await each.close?.();
    });

    test("what it lacks is named, and the rest can be tested", () => {
      expect(fixture.another === undefined, "one that cannot be opened twice lacks being shared").toBe(lacks.has("shared"));
    });
    registerDocuments(store);
    registerSearches(store);
    if (!lacks.has("shared"))
      test("what one has stored, another at the same place finds", async () => {
        await store().put(document("a", [chunk("of the first", [0, 1])]));
        const other = await fixture.another?.();
        if (other === undefined) throw new Error("The fixture has no `another`.");
        opened.push(other);
        await other.store.put(document("b", [chunk("of the other", [1, 0])]));
        for (const each of [store(), other.store])
          expect(textsOf(await each.search({ vector: new Float32Array([0, 1]), model: MODEL, limit: 9 }))).toEqual([
            "of the first",
            "of the other",
          ]);
      });
  });
}

function registerDocuments(store: () => VectorStore): void {
  const search = (limit = 9) => store().search({ vector: new Float32Array([0, 1]), model: MODEL, limit });

  test("it has a name, and nothing in it that nobody has put there", async () => {
    expect(store().name).toEqual(expect.stringMatching(/\S/));
    expect([await store().documents(), await search()]).toEqual([[], []]);
  });

  test("it says which documents it holds, by name, also those without a piece", async () => {
    await store().put(document("b", [chunk("x", [0, 1]), chunk("y", [1, 0], 5)], { version: "7" }));
    await store().put(document("a", [], { model: "other" }));
    expect(await store().documents()).toEqual([
      { name: "a", version: "1", model: "other", chunks: 0 },
      { name: "b", version: "7", model: MODEL, chunks: 2 },
    ]);
  });

  test("a document takes the place of the one of its name, and of nothing else", async () => {
    await store().put(document("a", [chunk("old", [0, 1]), chunk("older", [0, 1], 4)]));
    await store().put(document("b", [chunk("beside", [1, 1])]));
    await store().put(document("a", [chunk("new", [0, 1])], { version: "2" }));
    expect(textsOf(await search())).toEqual(["new", "beside"]);
    expect((await store().documents()).map(({ version }) => version)).toEqual(["2", "1"]);
  });

  test("documents that are dropped are gone, and one that is not there is no matter", async () => {
    await store().put(document("a", [chunk("a", [0, 1])]));
    await store().put(document("b", [chunk("b", [0, 1])]));
    await store().drop(["a", "never there"]);
    await store().drop([]);
    expect([textsOf(await search()), (await store().documents()).map(({ name }) => name)]).toEqual([["b"], ["b"]]);
  });

  test("texts and names come out letter by letter", async () => {
    const text = "naïve 🦊 \u2028 'quoted'; --";
    await store().put(document("päth/🧭 it's.md", [chunk(text, [0, 1], 12)]));
    expect(await search()).toEqual([{ document: "päth/🧭 it's.md", text, start: 12, line: 13, score: 1 }]);
  });

  test("a vector of another length than those of its model is refused, and nothing is changed", async () => {
    await store().put(document("a", [chunk("a", [0, 1])]));
    const long = document("b", [chunk("b", [0, 1]), chunk("c", [0, 1, 2], 3)]);
    await expect(store().put(long)).rejects.toThrow(expect.objectContaining({ code: "value_unstorable" }));
    await expect(store().put(document("a", [chunk("b", [0, 1]), chunk("c", [0], 3)]))).rejects.toThrow();
    expect(textsOf(await search())).toEqual(["a"]);
    const asked = store().search({ vector: new Float32Array([1]), model: MODEL, limit: 1 });
    await expect(asked).rejects.toThrow(expect.objectContaining({ code: "value_unstorable" }));
  });

  test("many at once are all there", async () => {
    const names = Array.from({ length: 50 }, (_, index) => `d${100 + index}`);
    await Promise.all(names.map(async (name) => store().put(document(name, [chunk(name, [0, 1])]))));
    expect((await store().documents()).map(({ name }) => name)).toEqual(names);
    expect(await search(100)).toHaveLength(50);
  });
}

function registerSearches(store: () => VectorStore): void {
  test("a search gives the closest by cosine, the closest first, whatever their lengths", async () => {
    await store().put(document("a", [chunk("east", [9, 0]), chunk("north-east", [0.1, 0.1], 5), chunk("south", [0, -3], 9)]));
    await store().put(document("b", [chunk("north", [0, 0.001])]));
    const hits = await store().search({ vector: new Float32Array([0, 5]), model: MODEL, limit: 9 });
    expect(textsOf(hits)).toEqual(["north", "north-east", "east", "south"]);
    const wanted = [1, Math.SQRT1_2, 0, -1];
    for (const [index, { score }] of hits.entries()) expect(score).toBeCloseTo(wanted[index] ?? 9, 6);
  });

  test("no more than it is asked for, and none that is less close than it is asked for", async () => {
    await store().put(document("a", [chunk("x", [0, 1]), chunk("y", [1, 1], 1), chunk("z", [1, 0], 2)]));
    const vector = new Float32Array([0, 1]);
    expect(textsOf(await store().search({ vector, model: MODEL, limit: 2 }))).toEqual(["x", "y"]);
    expect(textsOf(await store().search({ vector, model: MODEL, limit: 9, minScore: 0.9 }))).toEqual(["x"]);
    expect(await store().search({ vector, model: MODEL, limit: 0 })).toEqual([]);
  });

  test("of equally close ones, the first by document and place", async () => {
    for (const name of ["c", "a", "b"]) await store().put(document(name, [chunk(`${name}9`, [0, 2], 9), chunk(`${name}1`, [0, 1], 1)]));
    const hits = await store().search({ vector: new Float32Array([0, 1]), model: MODEL, limit: 4 });
    expect(textsOf(hits)).toEqual(["a1", "a9", "b1", "b9"]);
  });

  test("vectors of other models are not compared", async () => {
    await store().put(document("a", [chunk("ours", [0, 1])]));
    await store().put(document("b", [chunk("theirs", [0, 1, 0])], { model: "other" }));
    expect(textsOf(await store().search({ vector: new Float32Array([0, 1]), model: MODEL, limit: 9 }))).toEqual(["ours"]);
    expect(await store().search({ vector: new Float32Array([1]), model: "of nobody", limit: 9 })).toEqual([]);
  });

  test("where one of two is nothing but zeros, they are not close", async () => {
    await store().put(document("a", [chunk("nothing", [0, 0]), chunk("north", [0, 1], 4)]));
    const scores = async (numbers: number[]) =>
      (await store().search({ vector: new Float32Array(numbers), model: MODEL, limit: 9 })).map(({ text, score }) => `${text} ${score}`);
    expect(await scores([0, 1])).toEqual(["north 1", "nothing 0"]);
    expect(await scores([0, 0])).toEqual(["nothing 0", "north 0"]);
  });

  test("what is found is what is closest of all, for many pieces", async () => {
    const turn = (step: number): readonly number[] => [Math.cos(step / 100), Math.sin(step / 100)];
    for (let from = 0; from < 300; from += 30)
      await store().put(
        document(
          `d${100 + from}`,
          Array.from({ length: 30 }, (_, at) => chunk(`${from + at}`, turn(from + at), at)),
        ),
      );
    const hits = await store().search({ vector: new Float32Array(turn(155.2)), model: MODEL, limit: 5 });
    expect(textsOf(hits)).toEqual(["155", "156", "154", "157", "153"]);
  });
}
