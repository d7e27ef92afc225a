import { expect, test } from "vitest";
import { parseInstancePath } from "../../model/path.ts";
import type { ThreadExchange } from "../../model/thread.ts";
import type { StoreUnderTest } from "./fixture.ts";
import { refusalOf, SAMPLE_TIME_MS, started } from "./samples.ts";

export function exchange(thread: string, runId: string, more: Partial<ThreadExchange> = {}): ThreadExchange {
  const items = [
    { role: "user", text: `What of ${runId}?` },
    { role: "assistant", messages: [{ role: "assistant", content: [{ type: "text", text: "Nothing yet." }] }] },
    { role: "tools", answers: [{ callId: "c-1", name: "look", output: { type: "value", value: { when: new Date(SAMPLE_TIME_MS) } } }] },
  ] as const;
  return { thread, runId, key: parseInstancePath("p/talk"), atMs: SAMPLE_TIME_MS, items, ...more };
}

export function threadsContract(underTest: StoreUnderTest): void {
  test("what runs add to a conversation is read in the order in which it was added", async () => {
    const { store } = underTest;
    for (const runId of ["run-2", "run-1", "run-3"]) await started(store, runId);
    const said = [
      exchange("talk", "run-2", { atMs: SAMPLE_TIME_MS + 9 }),
      exchange("talk", "run-1"),
      exchange("talk", "run-2", { key: parseInstancePath("p/again[1]"), items: [] }),
      exchange("talk", "run-3", { key: parseInstancePath("p/sum"), summaryOf: 2 }),
    ];
    for (const one of said) await store.appendToThread(one);
    expect(await store.readThread("talk")).toEqual(said);
    expect((await store.readThread("talk")).map((one) => "summaryOf" in one)).toEqual([false, false, false, true]);
  });

  test("an exchange that is there already is left as it is, where it is", async () => {
    const { store } = underTest;
    await started(store, "run-1");
    await started(store, "run-2");
    const said = [exchange("talk", "run-1"), exchange("talk", "run-2")];
    for (const one of said) await store.appendToThread(one);
    await store.appendToThread(exchange("talk", "run-1", { atMs: SAMPLE_TIME_MS + 1, items: [], summaryOf: 1 }));
    await Promise.all(said.map(async (one) => store.appendToThread(one)));
    expect(await store.readThread("talk")).toEqual(said);
  });

  test("conversations know nothing of each other, whatever they are called", async () => {
    const { store } = underTest;
    await started(store, "run-1");
    const names = ["talk", "Talk", "talk ", "", "it's", "%", "constructor", "__proto__", "läuft 🚀"];
    for (const name of names) await store.appendToThread(exchange(name, "run-1"));
    for (const name of names) expect(await store.readThread(name)).toEqual([exchange(name, "run-1")]);
    expect(await store.readThread("tal")).toEqual([]);
  });

  test("a run that is not there adds nothing", async () => {
    const { store } = underTest;
    expect(await refusalOf(() => store.appendToThread(exchange("talk", "run-1")))).toBe("run_not_found");
    expect(await store.readThread("talk")).toEqual([]);
  });
}
