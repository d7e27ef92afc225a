import { systemClock } from "../../index.ts";
import type { NodeView, RunView } from "../../model/run-view.ts";
import { viewOf } from "../../model/run-view.ts";
import type { Desk } from "../desk.ts";
import { DONE } from "../desk.ts";
import { entriesOfRun } from "../entries-of-run.ts";
import { findRun } from "../find-run.ts";
import { command, goOnCommand, noteNext, shortId } from "../hints.ts";
import { openFlujo } from "../state.ts";
import { inOrder } from "../terminal/in-order.ts";
import { PlanFacts } from "../terminal/plan-facts.ts";
import { modelTotals, totalLines } from "../terminal/trace-totals.ts";
import { traceRows } from "../terminal/trace-rows.ts";
import { drawRows } from "../terminal/tree-rows.ts";

/** Shows every step, turn and tool call of one run, with what it used, what it cost and how long it took. */
export async function trace(desk: Desk, wanted: string): Promise<number> {
  await using flujo = openFlujo(desk);
  const record = await findRun(desk, flujo, wanted);
  const view = viewOf(await entriesOfRun(desk, { flujo, record }), record.runId);
  const { output } = desk;
  const isGoingOn = flujo.isRunning(record);
  const { usage, cost, startedAtMs, lastAtMs, recorded } = view;
  output.document({
    runId: record.runId,
    pipeline: record.pipeline,
    status: record.status,
    usage,
    cost,
    models: modelTotals(view),
    startedAtMs,
    lastAtMs,
    recorded,
    root: view.root === null ? null : treeOf(view.root),
  });
  const width = process.stdout.isTTY ? process.stdout.columns : Number.POSITIVE_INFINITY;
  const readAtMs = systemClock.now();
  const plan = new PlanFacts(await flujo.planOf(record.runId));
  const rows = traceRows(view, { nowMs: isGoingOn ? readAtMs : lastAtMs, readAtMs, plan, isGoingOn, width });
  output.printAll(drawRows(rows, { paint: output.paint, width }));
  output.printAll(totalLines(view, { paint: output.paint, width }));
  noteNext(desk, [[command(desk, "show", shortId(record.runId)), "the result"], ...resumeOf(desk, record.runId, { view, isGoingOn })]);
  return DONE;
}

function resumeOf(
  desk: Desk,
  runId: string,
  { view, isGoingOn }: { readonly view: RunView; readonly isGoingOn: boolean },
): readonly (readonly [string, string])[] {
  return view.end !== null || isGoingOn || view.pauses.length > 0
    ? []
    : [[goOnCommand(desk, "resume", shortId(runId)), "go on from there"]];
}

type Tree = Omit<NodeView, "children"> & { children: readonly Tree[] };

/** The same tree with lists for children. Iterative, for trees of any depth. */
function treeOf(root: NodeView): Tree {
  const top: Tree = { ...root, children: [] };
  const open: { readonly from: NodeView; readonly to: Tree }[] = [{ from: root, to: top }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const pairs = inOrder(next.from).map((from) => ({ from, to: { ...from, children: [] } as Tree }));
    next.to.children = pairs.map(({ to }) => to);
    open.push(...pairs);
  }
  return top;
}
