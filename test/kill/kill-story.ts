import { expect } from "vitest";
import type { Golden } from "../../src/golden/golden.ts";
import type { Entry } from "../../src/model/entry.ts";
import type { ModelServerScript } from "../../src/testing/index.ts";
import { startModelServer } from "../../src/testing/index.ts";
import { comparable, decisionsOf, outcomesOf, withoutTimes } from "../laws/support/comparable.ts";
import type { ChildOrder } from "./child.ts";
import type { Child, Processes } from "./child-process.ts";
import { resultOf } from "./child-process.ts";
import { childrenIn, effectsIn, goldenIn, journalIn, less, tally } from "./evidence.ts";
import type { KillPoint } from "./killing-store.ts";

/** What is killed. */
export interface Victim {
  readonly program: ChildOrder["program"];
  readonly script: ModelServerScript;
  readonly processes: Processes;
}

/** What one run leaves behind. */
export interface Traces {
  readonly result: unknown;
  readonly journal: readonly Entry[];
  readonly golden: Golden;
  /** What was done to the world: the keys of work and decisions. */
  readonly effects: readonly string[];
  /** What was opened and closed. */
  readonly handles: readonly string[];
  readonly modelCalls: readonly string[];
  readonly commits: number;
  /** How many runs it has started on their own. */
  readonly children: number;
}

/** Resources are opened anew by every process, and are on no record: they are counted apart. */
function isHandle(line: string): boolean {
  return line.startsWith("opens ") || line.startsWith("closes ");
}

/** A run that nothing happens to. */
export async function undisturbedRun({ program, script, processes }: Victim): Promise<Traces> {
  await using server = await startModelServer(script);
  const order = processes.order(`${program}-undisturbed`, { program, runId: program, env: server.env });
  const { result, commits } = await resultOf(processes.next(), order);
  const lines = effectsIn(order.effects);
  return {
    result,
    commits,
    journal: await journalIn(order.file, order.runId),
    golden: await goldenIn(order.file, order.runId),
    effects: lines.filter((line) => !isHandle(line)),
    handles: lines.filter(isHandle),
    modelCalls: server.requests.map(({ bodyText }) => bodyText),
    children: await childrenIn(order.file, order.runId),
  };
}

/** Before and after every commit of a run; of many, every so manieth. */
function killPoints({ commits }: Traces, every: number): KillPoint[] {
  const all = Array.from(
    { length: commits * 2 },
    (_, index) => ({ when: index % 2 === 0 ? "before" : "after", commit: index >> 1 }) as const,
  );
  return all.filter((_, index) => index % every === 0);
}

/** Keys of the operations and decisions on record that leave a line in the effects file. */
function recordedEffects(journal: readonly Entry[], { effects }: Traces): readonly string[] {
  const leaving = new Set(effects);
  const keys = [...outcomesOf(journal).filter(({ op }) => op !== "model"), ...decisionsOf(journal)].map(({ key }) => String(key));
  return keys.filter((key) => leaving.has(key));
}

/** What the process that went on has opened, it has closed, each before it opened the same again. */
function expectClosed(handles: readonly string[], name: string): void {
  const open = new Set<string>();
  for (const line of handles) {
    const [did = "", what = ""] = line.split(" ");
    expect(open.has(what), `${name}: ${line}`).toBe(did === "closes");
    if (did === "opens") open.add(what);
    else open.delete(what);
  }
  expect([...open], `${name}: what is still open`).toEqual([]);
}

/** Kills a run at the point, resumes it in a process that never saw it, and holds both against the undisturbed run. False where the run ended before the point. */
async function killAndResume(
  victim: Victim,
  undisturbed: Traces,
  { lane, point }: { readonly lane: { child: Child }; readonly point: KillPoint },
): Promise<boolean> {
  const { program, script, processes } = victim;
  await using server = await startModelServer(script);
  const name = `${program}-${point.when}-${point.commit}`;
  const order = processes.order(name, { program, runId: program, env: server.env, kill: point });
  const first = await lane.child.obey(order);
  if (first.kind === "result") return false;
  expect(first, name).toMatchObject({ kind: "killed", signal: "SIGKILL" });

  const atKill = await journalIn(order.file, program);
  const linesAtKill = effectsIn(order.effects);
  const callsAtKill = server.requests.length;
  lane.child = processes.next();
  const verb = atKill.length === 0 ? "run" : "resume"; // killed before there was a run
  const { result } = await resultOf(lane.child, { ...order, verb, kill: null });
  const journal = await journalIn(order.file, program);

  expect(withoutTimes(result), `${name}: the result`).toEqual(withoutTimes(undisturbed.result));
  expect(comparable(journal), `${name}: the journal`).toEqual(comparable(undisturbed.journal));
  expect(await goldenIn(order.file, program), `${name}: the golden`).toEqual(undisturbed.golden);
  expect(journal.slice(0, atKill.length), `${name}: what was recorded stays as it was`).toEqual(atKill);
  expect(await childrenIn(order.file, program), `${name}: runs on their own`).toBe(undisturbed.children);
  const recordedCalls = outcomesOf(atKill).filter(({ op }) => op === "model").length;
  expect(server.requests.length - callsAtKill, `${name}: model calls after the kill`).toBe(undisturbed.modelCalls.length - recordedCalls);
  expect(tally([...new Set(server.requests.map(({ bodyText }) => bodyText))]), `${name}: what models were asked`).toEqual(
    tally(undisturbed.modelCalls),
  );
  const after = effectsIn(order.effects).slice(linesAtKill.length);
  expect(tally(after.filter((line) => !isHandle(line))), `${name}: exactly what was not recorded is done after the kill`).toEqual(
    less(undisturbed.effects, recordedEffects(atKill, undisturbed)),
  );
  expectClosed(after.filter(isHandle), name);
  return true;
}

/** Before one commit, after the next but one, and so on; at all of them in `npm run test:deep`. */
export const EVERY = Number(process.env["FLUJO_KILL_EVERY"] ?? 3);

/** {@link killAndResume} at every so manieth point, two at a time. How many boundaries there were. */
export async function killEverywhere(victim: Victim, undisturbed: Traces): Promise<number> {
  const points = killPoints(undisturbed, EVERY);
  let boundaries = 0;
  const drive = async (): Promise<void> => {
    const lane = { child: victim.processes.next() };
    for (let point = points.shift(); point !== undefined; point = points.shift())
      if (await killAndResume(victim, undisturbed, { lane, point })) boundaries++;
  };
  await Promise.all([drive(), drive()]);
  process.stdout.write(`kill test, ${victim.program}: ${boundaries} boundaries, ${undisturbed.commits} commits in the undisturbed run\n`);
  return boundaries;
}
