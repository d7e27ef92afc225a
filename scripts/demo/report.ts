import type { Cost, Flujo, RunSucceeded } from "../../src/index.ts";
import { estimateCost } from "../../src/agents/price.ts";
import { viewOf } from "../../src/model/run-view.ts";
import { count, duration, money, printable, table } from "../../src/cli/terminal/index.ts";
import type { TriageResult } from "../../examples/triage/ticket.ts";
import { resultsOf } from "./job.ts";
import { agreementOf } from "./labels.ts";
import { REAL_MODEL } from "./models.ts";
import type { Output } from "./output.ts";
import type { Showing } from "./showing.ts";
import { STATE } from "./state.ts";

type Done = RunSucceeded<readonly TriageResult[] | TriageResult>;

interface Told extends Showing {
  readonly flujo: Flujo;
  readonly tookMs: number;
}

/** Everything worth knowing about a run that succeeded. */
export async function reportOn(came: Done, { flujo, output, job, tookMs }: Told): Promise<void> {
  const operations = viewOf(await flujo.entries(came.runId), came.runId).recorded;
  const estimate = await estimateCost(came.usage, REAL_MODEL);
  const results = resultsOf(came.output);
  const { runId, status, usage, cost, context } = came;
  const isBatch = job.size > 1;
  if (output.isJson) {
    const labels = isBatch ? { labels: agreementOf(results) } : {};
    process.stdout.write(
      `${JSON.stringify({ runId, status, output: came.output, usage, cost, context, estimate: { model: REAL_MODEL, cost: estimate }, operations, ...labels }, null, 2)}\n`,
    );
    return;
  }
  output.say("", ...ticketTable(results, output));
  if (!isBatch) output.say("", ...results.flatMap(({ draft }) => wrapped(printable(draft), output.width)));
  output.say("", ...factsOf(came, { output, estimate, operations, tookMs }), "", ...nextSteps(runId, output));
}

function ticketTable(results: readonly TriageResult[], { paint, width }: Output): readonly string[] {
  const rows = results.map(({ id, subject, area, urgency, outcome }) => [String(id), subject, area, String(urgency), outcome]);
  return table(rows, {
    columns: [
      { title: "#", align: "right" },
      { title: "subject", isFlexible: true },
      { title: "area" },
      { title: "urgency", align: "right" },
      { title: "outcome" },
    ],
    width,
    paintTitle: paint.faint,
    paint: (text, { row, column }) =>
      column === 3 && (results[row]?.urgency ?? 0) >= 4 ? paint.bad(text) : column === 2 ? paint.busy(text) : text,
  });
}

/** Lines broken between words. */
function wrapped(text: string, width: number): readonly string[] {
  const lines = [""];
  for (const word of text.split(" ")) {
    const last = lines.at(-1) ?? "";
    if (last !== "" && last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = last === "" ? word : `${last} ${word}`;
  }
  return lines;
}

interface Facts {
  readonly output: Output;
  readonly estimate: Cost;
  readonly operations: number;
  readonly tookMs: number;
}

function factsOf(came: Done, { output, estimate, operations, tookMs }: Facts): readonly string[] {
  const { strong } = output.paint;
  const { usage, cost } = came;
  const results = resultsOf(came.output);
  const type = Array.isArray(came.output) ? `typed TriageResult[]   (--json prints it)` : `a typed TriageResult   (--json prints it)`;
  const { right, of } = agreementOf(results);
  const lines = [
    `${strong("Result")}   ${results.length} ${results.length === 1 ? "ticket" : "tickets"} done in ${duration(tookMs)}, ${type}`,
    `${strong("Usage")}    ${count(usage.inputTokens + usage.outputTokens)} tokens in ${usage.modelCalls} model calls · ${operations} operations, each journalled`,
    `${strong("Cost")}     ${cost.kind === "free" ? "$0.00 (free: the model runs here)" : money(cost)}`,
    `         at ${REAL_MODEL} prices: ${money(estimate)}`,
  ];
  return results.length === 1
    ? lines
    : [...lines, `${strong("Labels")}   ${right} of ${of} as labelled beforehand (area, and urgency within 1)`];
}

function nextSteps(runId: string, { paint, width }: Output): readonly string[] {
  const steps = [
    [`npm run demo -- --input "I was charged twice for order 4471"`, "your own text"],
    [`npm run demo -- --crash`, "kill it in the middle, resume: 0 calls repeated"],
    [`npx flujo trace ${runId.slice(0, 13)} --state ${STATE}`, "every step, token and cent"],
    [`OPENAI_API_KEY=… npm run demo`, "the same pipeline on a real model"],
  ] as const;
  const widest = Math.max(...steps.map(([command]) => command.length));
  const isWide = width >= widest + 4 + Math.max(...steps.map(([, what]) => what.length));
  const lines = steps.flatMap(([command, what]) =>
    isWide ? [`  ${command.padEnd(widest)}  ${paint.faint(what)}`] : [`  ${command}`, `    ${paint.faint(what)}`],
  );
  return [paint.strong("Try next"), ...lines];
}
