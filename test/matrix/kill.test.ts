import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect } from "vitest";
import { comparable, withoutTimes } from "../laws/support/comparable.ts";
import { type Cell, testCells } from "./support/cells.ts";
import { expectOperations, expectSentBack, expectTold, keysOf, lookUpsOf, outcomesIn, turnsOf } from "./support/expectations.ts";
import { type KilledTraces, killAndResume } from "./support/kill-story.ts";
import { runCell } from "./support/run-cell.ts";
import { type Provider, type Scenario, TURNS } from "./wire/answers.ts";
import type { WireRequest } from "./wire/wire-server.ts";

// A process is killed with SIGKILL during the last model call: before anything of the answer has come, or (`reasoning`,
// `stream`) after half of it. In `parallel tools` it dies between the tools: one has its outcome, the other is under way.
// Another process resumes the run, and everything is held against a run that nothing happened to. The six scenarios of a
// provider share the two processes; each has a server and a state file of its own.

const folder = mkdtempSync(join(tmpdir(), "flujo-matrix-whole-"));
afterAll(() => rmSync(folder, { recursive: true }));

const stories = new Map<Provider, Promise<Readonly<Record<Scenario, KilledTraces>>>>();

function storyOf(provider: Provider): Promise<Readonly<Record<Scenario, KilledTraces>>> {
  const story = stories.get(provider) ?? killAndResume(provider);
  stories.set(provider, story);
  return story;
}

/** What may differ between two connections to two servers. */
const OF_THE_CONNECTION: ReadonlySet<string> = new Set(["host", "connection"]);

function wireOf({ method, path, headers, bodyText }: WireRequest) {
  const kept = Object.entries(headers).filter(([name]) => !OF_THE_CONNECTION.has(name));
  return { method, path, headers: Object.fromEntries(kept), bodyText };
}

async function check(cell: Cell): Promise<void> {
  const { provider, scenario } = cell;
  const killed = (await storyOf(provider))[scenario];
  const file = join(folder, `${provider}-${scenario}.db`);
  const whole = await runCell(cell, { flujo: { state: `sqlite:${file}`, durability: "normal" }, runId: scenario });
  const isBetweenTools = scenario === "parallel";

  expect(withoutTimes(killed.result), "the result").toEqual(withoutTimes({ kind: "result", runId: scenario, result: { ...whole.result } }));
  expect(whole.result.status).toBe("succeeded");

  const hung = isBetweenTools ? [] : [[TURNS[scenario], "closed by the client"]];
  const before = turnsOf(scenario)
    .filter((turn) => turn < TURNS[scenario])
    .map((turn) => [turn, "answered"]);
  expect(killed.requests.map(({ turn, state }) => [turn, state])).toEqual([...before, ...hung, [TURNS[scenario], "answered"]]);
  expect(killed.requestsAtKill, "one request after the resume").toBe(killed.requests.length - 1);
  expectSentBack(cell, killed.requests);
  for (const request of killed.requests) {
    const undisturbed = whole.server.requests.find(({ turn }) => turn === request.turn);
    expect(undisturbed).toBeDefined();
    if (undisturbed !== undefined) expect(wireOf(request), "the wire, to the byte").toEqual(wireOf(undisturbed));
  }

  expect([...killed.lookUpsBefore].toSorted()).toEqual(lookUpsOf(scenario));
  expect(killed.lookUpsAfter, "only what had no outcome is done again").toEqual(isBetweenTools ? ["B-4"] : []);
  expectOperations(killed.entries, keysOf(scenario));
  expect(killed.entries.slice(0, killed.atKill.length), "what was recorded stays as it was").toEqual(killed.atKill);
  const open = isBetweenTools ? ["desk/turn[0]/tool[1]", "desk/turn[1]"] : [`desk/turn[${TURNS[scenario] - 1}]`];
  const recorded = new Set(outcomesIn(killed.atKill).map(({ key }) => String(key)));
  expect(keysOf(scenario).filter((key) => !recorded.has(key))).toEqual(open);
  expect(comparable(killed.entries), "the journal").toEqual(comparable(whole.entries));

  expectTold(cell, killed.events, { turn: TURNS[scenario] });
  const progress = killed.events.filter(({ family }) => family === "progress");
  expect(progress.every((event) => event.family === "progress" && event.epoch === 2)).toBe(true);
}

testCells("SIGKILL and resume", check);
