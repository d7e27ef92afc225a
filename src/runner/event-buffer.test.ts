import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { OperationFinished } from "../model/entry.ts";
import { rootPath } from "../model/path.ts";
import type { Progress, ProgressEvent, RunEvent } from "../model/run-event.ts";
import { EventBuffer, MOST_PROGRESS } from "./event-buffer.ts";

let count = 0;

function told(path: string, progress: Progress, epoch = 1): ProgressEvent {
  const n = count++;
  return { family: "progress", runId: "r", path: rootPath(path), name: path, attempt: 1, atMs: n, epoch, n, ...progress };
}
const text = (path: string, delta: string): ProgressEvent => told(path, { type: "text-delta", delta });
const input = (path: string, callId: string, delta: string): ProgressEvent =>
  told(path, { type: "tool-input-delta", callId, tool: "t", delta });
const started = (path: string): ProgressEvent => told(path, { type: "operation-started", op: "model" });

function finished(path: string, seq: number): RunEvent {
  const key = rootPath(path);
  const about = { fingerprint: "f", startedAtMs: 0, outcome: { status: "succeeded", value: null } } as const;
  const entry: OperationFinished = { type: "operation-finished", seq, atMs: 0, key, op: "model", name: path, ...about };
  return { family: "entry", runId: "r", entry };
}

function all(buffer: EventBuffer): readonly RunEvent[] {
  const events: RunEvent[] = [];
  for (let event = buffer.take(); event !== undefined; event = buffer.take()) events.push(event);
  return events;
}

function short(event: RunEvent): string {
  if (event.family === "entry") return `${event.entry.key}.`;
  if ("delta" in event) return `${event.path}:${event.delta}`;
  return event.type === "operation-started" ? `${event.path}!` : `${event.path}?`;
}

describe("a buffer of events", () => {
  test("gives them in their order", () => {
    const buffer = new EventBuffer();
    for (const event of [started("a"), finished("a", 1), started("b"), finished("b", 2)]) buffer.add(event);
    expect([buffer.unread, buffer.unreadEntries]).toEqual([4, 2]);
    expect(all(buffer).map(short)).toEqual(["a!", "a.", "b!", "b."]);
    expect(buffer.unread).toBe(0);
  });

  test("joins unread pieces of one text, also where others speak in between, and leaves apart what is not one text", () => {
    const buffer = new EventBuffer();
    const reasoned = told("a", { type: "reasoning-delta", delta: "why" });
    const events = [started("a"), text("a", "x"), started("b"), text("b", "1"), text("a", "y"), text("b", "2"), reasoned, text("a", "z")];
    for (const event of [...events, input("a", "c1", "{"), input("a", "c1", "}"), input("a", "c2", "[")]) buffer.add(event);
    const taken = all(buffer);
    expect(taken.map(short)).toEqual(["a!", "a:xy", "b!", "b:12", "a:why", "a:z", "a:{}", "a:["]);
    expect(taken[1]).toMatchObject({ n: (events[4] as ProgressEvent).n });
  });

  test("joins nothing to what was taken already, nor over the end of an operation", () => {
    const buffer = new EventBuffer();
    buffer.add(text("a", "x"));
    expect(short(buffer.take() as RunEvent)).toBe("a:x");
    buffer.add(text("a", "y"));
    buffer.add(finished("a", 1));
    buffer.add(text("a", "of another epoch"));
    expect(all(buffer).map(short)).toEqual(["a:y", "a.", "a:of another epoch"]);
  });

  test("does not change an event that others were told too", () => {
    const buffer = new EventBuffer();
    const first = text("a", "x");
    buffer.add(first);
    buffer.add(text("a", "y"));
    expect(first).toMatchObject({ delta: "x" });
  });

  test("leaves an operation out from where there was no room until its end, and never an entry", () => {
    const buffer = new EventBuffer();
    buffer.add(text("early", "be"));
    for (let n = 1; n < MOST_PROGRESS; n++) buffer.add(started(`s${n}`));
    buffer.add(text("late", "never told"));
    buffer.add(text("early", "ginning"));
    for (let n = 0; n < 3_000; n++) buffer.add(finished(`e${n}`, n));
    expect([buffer.unread, buffer.unreadEntries]).toEqual([MOST_PROGRESS + 3_000, 3_000]);
    expect(short(buffer.take() as RunEvent)).toBe("early:beginning");
    buffer.add(text("late", "its middle"));
    expect(all(buffer).map(short)).not.toContain("late:its middle");
    buffer.add(finished("late", 3_000));
    buffer.add(text("late", "anew"));
    expect(all(buffer).map(short)).toEqual(["late.", "late:anew"]);
  });

  test("what was reported may be missing in between, since each report says all of it", () => {
    const buffer = new EventBuffer();
    for (let n = 0; n < MOST_PROGRESS + 10; n++) buffer.add(told("a", { type: "work-reported", value: n }));
    expect(all(buffer)).toHaveLength(MOST_PROGRESS);
    buffer.add(told("a", { type: "work-reported", value: "late" }));
    expect(all(buffer)).toMatchObject([{ value: "late" }]);
  });

  test("whatever the reader's pace, it has a beginning of every text that is under way, and every entry", () => {
    type Deed = { readonly do: "say" | "end"; readonly who: number } | { readonly do: "read"; readonly times: number };
    const who = fc.nat({ max: MOST_PROGRESS + 50 });
    const deed: fc.Arbitrary<Deed> = fc.oneof(
      { weight: 6, arbitrary: fc.record({ do: fc.constant("say" as const), who }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant("end" as const), who }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant("read" as const), times: fc.nat({ max: 40 }) }) },
    );
    const flood = fc.constant(Array.from({ length: MOST_PROGRESS }, (_, who): Deed => ({ do: "say", who })));
    const deeds = fc.tuple(fc.array(deed, { maxLength: 300 }), fc.option(flood), fc.array(deed, { maxLength: 300 }));
    fc.assert(
      fc.property(deeds, ([before, between, after]) => {
        const buffer = new EventBuffer();
        const said = new Map<string, string>();
        const heard = new Map<string, string>();
        let [seq, entries] = [0, 0];
        const hear = (event: RunEvent | undefined): void => {
          if (event === undefined) return;
          if (event.family === "entry") {
            entries++;
            heard.delete(event.entry.key);
          } else if ("delta" in event) heard.set(event.path, (heard.get(event.path) ?? "") + event.delta);
        };
        for (const deed of [...before, ...(between ?? []), ...after]) {
          if (deed.do === "read") for (let n = 0; n < deed.times; n++) hear(buffer.take());
          else if (deed.do === "end") buffer.add(finished(`${deed.who}`, seq++));
          else {
            const piece = `${said.get(`${deed.who}`)?.length ?? 0},`;
            said.set(`${deed.who}`, (said.get(`${deed.who}`) ?? "") + piece);
            buffer.add(text(`${deed.who}`, piece));
          }
          if (deed.do === "end") said.delete(`${deed.who}`);
        }
        for (const event of all(buffer)) hear(event);
        expect(entries).toBe(seq);
        for (const [path, heardOfIt] of heard) expect((said.get(path) ?? "").startsWith(heardOfIt), path).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});
