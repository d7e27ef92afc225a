import fc from "fast-check";
import { expect, test } from "vitest";
import type { LiveProgress } from "../../model/live-progress.ts";
import { foldProgress, NO_PROGRESS } from "../../model/live-progress.ts";
import { rootPath } from "../../model/path.ts";
import type { Progress } from "../../model/run-event.ts";
import { saidLines } from "./said-lines.ts";
import { widthOf } from "./text-width.ts";
import { wrap } from "./wrap.ts";

const ROOM = { width: 40, lines: 2 };

function saying(...said: readonly (readonly [name: string, text: string, type?: "text-delta" | "reasoning-delta"])[]): LiveProgress {
  return said.reduce((progress, [name, delta, type = "text-delta"], n) => {
    const about = { family: "progress", runId: "r", path: rootPath(name), name, attempt: 1, atMs: n, epoch: 1, n } as const;
    const told: Progress = { type, delta };
    return foldProgress(progress, { ...about, ...told });
  }, NO_PROGRESS);
}

test("the end of what an agent says is shown, broken at spaces, under its name", () => {
  expect(saidLines(saying(["ada", "Short."]), ROOM)).toEqual(["  ada: Short."]);
  const said = "The moon pulls at the sea, and the sea follows it.";
  expect(saidLines(saying(["ada", said]), ROOM)).toEqual(["  ada: The moon pulls at the sea, and", "       the sea follows it."]);
  const more = saidLines(saying(["ada", `${said} That makes the tides.`]), ROOM);
  expect(more).toEqual(["  ada: the sea follows it. That makes", "       the tides."]);
  expect(saidLines(saying(["ada", "One.\n\nTwo.\nThree.\n"]), ROOM)).toEqual(["  ada: Two.", "       Three."]);
});

test("of several the first that speaks is shown; reasoning as long as nothing is said", () => {
  expect(saidLines(saying(["ada", "why?", "reasoning-delta"], ["bob", "Yes."]), ROOM)).toEqual(["  ada thinks: why?"]);
  expect(saidLines(saying(["ada", "why?", "reasoning-delta"], ["ada", "So."]), ROOM)).toEqual(["  ada: So."]);
});

test("nothing is shown where nobody speaks, and where there is no room", () => {
  expect(saidLines(NO_PROGRESS, ROOM)).toEqual([]);
  expect(saidLines(saying(["ada", "Hello"]), { width: 40, lines: 0 })).toEqual([]);
});

test("lines that are whole stay where they are while the text goes on", () => {
  const words = Array.from({ length: 1_500 }, (_, n) => `word${n}`);
  const moved = new Set<string>();
  let before: readonly string[] = [];
  for (let n = 1; n < 1_500; n++) {
    const lines = saidLines(saying(["ada", words.slice(0, n).join(" ")]), ROOM);
    const isSame = lines[0] === before[0];
    const hasMovedUp =
      lines[0]
        ?.trim()
        .replace("ada: ", "")
        .startsWith(before[1]?.trim() ?? "") === true;
    if (before.length === 2 && !isSame && !hasMovedUp) moved.add(`${n}: ${before.join("/")} became ${lines.join("/")}`);
    before = lines;
  }
  expect(moved.size).toBeLessThan(7); // the text has 13,000 characters, and is cut anew once every two thousand
});

test("a terminal is told nothing but text, in the columns it has, whatever is said", () => {
  const texts = fc.oneof(fc.string({ unit: "grapheme", maxLength: 300 }), fc.string({ unit: "binary", maxLength: 300 }));
  fc.assert(
    fc.property(texts, fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 3 }), (text, width, lines) => {
      const shown = saidLines(saying(["ada", `${text}\u001B[2J\u009B1m\u202Eend`]), { width, lines });
      expect(shown.length).toBeLessThanOrEqual(lines);
      for (const line of shown) {
        expect(line).not.toMatch(/[\u0000-\u001F\u007F-\u009F\u202E]/);
        expect(widthOf(line)).toBeLessThanOrEqual(width);
      }
    }),
  );
});

test.each([
  ["a bc def", 4, ["a bc", "def"]],
  ["abcdefgh", 3, ["abc", "def", "gh"]],
  ["日本語です", 4, ["日本", "語で", "す"]],
  ["a  b", 10, ["a  b"]],
  ["", 10, []],
])("%j in lines of %d columns", (text, columns, lines) => {
  expect(wrap(text, columns)).toEqual(lines);
});
