import type { Plan } from "../../index.ts";
import { agentsIn, nodesIn } from "../../model/plan-nodes.ts";
import type { Desk } from "../desk.ts";
import { DONE } from "../desk.ts";
import { command, noteNext } from "../hints.ts";
import { planMeant } from "../plan-meant.ts";
import { plural } from "../terminal/numbers.ts";
import { planLines } from "../terminal/plan-tree.ts";

/** What `flujo explain` can be told. */
export interface ExplainFlags {
  readonly model?: string;
  readonly fold?: boolean;
}

/** Shows what a program does, or a run was started with, as a tree: kinds, types, retries, limits. Runs nothing. */
export async function explain(desk: Desk, where: string, flags: ExplainFlags): Promise<number> {
  const { plan, label } = await planMeant(desk, where);
  const { output } = desk;
  output.document({ of: label, fingerprint: plan.hash, counts: countsOf(plan), plan });
  const width = process.stdout.isTTY ? process.stdout.columns : Number.POSITIVE_INFINITY;
  output.printAll(
    planLines(plan, { paint: output.paint, model: flags.model ?? null, width, hasShapes: true, isFolded: flags.fold ?? false }),
  );
  output.print("");
  output.print(output.paint.faint(`${countsText(plan)} · fingerprint ${plan.hash}`));
  noteNext(desk, [[command(desk, "visualize", where, "-o", "plan.svg"), "the same as a picture"]]);
  return DONE;
}

function countsOf({ root }: Plan): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { kind } of nodesIn(root)) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

function countsText(plan: Plan): string {
  const counts = countsOf(plan);
  const all = Object.values(counts).reduce((sum, each) => sum + each, 0);
  const told = [plural(all, "node", "nodes")];
  if (counts["agent"] !== undefined) told.push(plural(counts["agent"], "agent", "agents"));
  if (counts["human"] !== undefined) told.push(`${plural(counts["human"], "question", "questions")} to people`);
  const asking = agentsIn(plan.root).flatMap(({ tools }) => tools.filter(({ approval }) => approval !== "never"));
  if (asking.length > 0) told.push(`${plural(asking.length, "tool that may ask", "tools that may ask")} a person`);
  return told.join(" · ");
}
