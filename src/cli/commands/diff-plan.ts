import { diffPlans, type ForRuns, type PlanDifference } from "../../index.ts";
import type { Desk } from "../desk.ts";
import { DONE } from "../desk.ts";
import { planMeant } from "../plan-meant.ts";
import type { Paint } from "../terminal/paint.ts";
import { plural } from "../terminal/numbers.ts";
import { printableLine } from "../terminal/printable.ts";
import { padEnd, widthOf } from "../terminal/text-width.ts";

/** Runs under way would be stopped by it. */
const BREAKS = 1;

const ORDER: readonly ForRuns[] = ["lost", "asked", "kept"];

const HEADLINES: Readonly<Record<ForRuns, string>> = {
  lost: "Runs under way that still need this cannot go on:",
  asked:
    "Runs under way that need this, or have used it, are refused (plan_changed) until you accept it: resume --accept-changes, or --fork:",
  kept: "Runs under way go on as they began; only new runs have this:",
};

/**
 * Says in what two plans differ, and what that means for runs that began with the first when the second is deployed. Each
 * is a program in a file, a plan that was kept as JSON, or a run.
 */
export async function diffPlan(desk: Desk, before: string, after: string): Promise<number> {
  const [old, now] = [await planMeant(desk, before), await planMeant(desk, after)];
  const differences = diffPlans(old.plan, now.plan);
  const { output } = desk;
  output.document({ before: headOf(old), after: headOf(now), differences });
  if (differences.length === 0) {
    output.print(
      `${output.paint.good("✔")} No difference: ${printableLine(old.label)} and ${printableLine(now.label)} have the same plan.`,
    );
    return DONE;
  }
  output.print(
    `${output.paint.strong(printableLine(old.label))} → ${output.paint.strong(printableLine(now.label))}: ${plural(differences.length, "difference", "differences")}`,
  );
  for (const forRuns of ORDER) output.printAll(section(forRuns, differences, output.paint));
  return differences.some(({ forRuns }) => forRuns !== "kept") ? BREAKS : DONE;
}

function headOf({ plan, label }: Awaited<ReturnType<typeof planMeant>>) {
  return { of: label, name: plan.name, version: plan.version, fingerprint: plan.hash };
}

function section(forRuns: ForRuns, differences: readonly PlanDifference[], paint: Paint): readonly string[] {
  const mine = differences.filter((each) => each.forRuns === forRuns);
  if (mine.length === 0) return [];
  const tone = forRuns === "lost" ? paint.bad : forRuns === "asked" ? paint.asks : paint.good;
  const widest = mine.reduce((most, { path }) => Math.max(most, widthOf(printableLine(path))), 0);
  return [
    "",
    tone(HEADLINES[forRuns]),
    ...mine.map((each) => `  ${SIGNS[each.kind]} ${padEnd(printableLine(each.path), widest)}  ${paint.faint(printableLine(each.says))}`),
  ];
}

const SIGNS: Readonly<Record<PlanDifference["kind"], string>> = { added: "+", removed: "-", changed: "~", "code-changed": "~" };
