import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { sha256 } from "../../base/hash.ts";
import type { CacheBackend, KeptOutcome } from "../../model/cache-backend.ts";
import type { CacheBackendFixture, OpenedCache } from "./fixture.ts";

const NOW_MS = Date.UTC(2030, 0, 1);
const key = (text: string): string => sha256(text);

function kept(text: string, ttlMs: number | null = null, atMs = NOW_MS): KeptOutcome {
  return { text, atMs, expiresAtMs: ttlMs === null ? null : atMs + ttlMs };
}

/** Registers the contract's tests with vitest. */
export function registerContract(fixture: CacheBackendFixture): void {
  describe(`CacheBackend contract: ${fixture.name}`, () => {
    const lacks = fixture.lacks ?? new Set();
    const opened: OpenedCache[] = [];
    const backend = (): CacheBackend => {
      const [first] = opened;
      if (first === undefined) throw new Error("The backend is there inside a test only.");
      return first.backend;
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
    registerTexts(backend);
    if (!lacks.has("shared"))
      test("what one has put in, another at the same place gets", async () => {
        await backend().set(key("a"), kept("of the first"));
        const other = await fixture.another?.();
        if (other === undefined) throw new Error("The fixture has no `another`.");
        opened.push(other);
        expect(await other.backend.get(key("a"))).toBe("of the first");
        await other.backend.set(key("a"), kept("of the other"));
        expect(await backend().get(key("a"))).toBe("of the other");
      });
  });
}

function registerTexts(backend: () => CacheBackend): void {
  test("it has a name, and nothing under a key that nobody has put anything under", async () => {
    expect(backend().name).toEqual(expect.stringMatching(/\S/));
    expect(await backend().get(key("a"))).toBeNull();
  });

  test("what is put in comes out letter by letter", async () => {
    const texts = ["{}", "", "naïve 🦊 \u0000 \u2028 end", "x".repeat(2_000_000)];
    for (const [index, text] of texts.entries()) await backend().set(key(`k${index}`), kept(text));
    for (const [index, text] of texts.entries()) expect((await backend().get(key(`k${index}`))) === text, `text ${index}`).toBe(true);
  });

  test("what is put in later takes the place of what was there, and of nothing else", async () => {
    await backend().set(key("a"), kept("1", 1_000));
    await backend().set(key("b"), kept("2"));
    await backend().set(key("a"), kept("3", null, NOW_MS + 1));
    expect([await backend().get(key("a")), await backend().get(key("b"))]).toEqual(["3", "2"]);
  });

  test("what has not expired is not lost when something else is put in", async () => {
    await backend().set(key("a"), kept("stays", 1_000));
    await backend().set(key("b"), kept("later", null, NOW_MS + 999));
    expect(await backend().get(key("a"))).toBe("stays");
  });

  test("many at once are all there", async () => {
    const all = Array.from({ length: 100 }, (_, index) => String(index));
    await Promise.all(all.map(async (text) => backend().set(key(text), kept(text))));
    expect(await Promise.all(all.map(async (text) => backend().get(key(text))))).toEqual(all);
  });
}
