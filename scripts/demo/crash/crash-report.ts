import type { Entry } from "../../../src/index.ts";
import { table } from "../../../src/cli/terminal/index.ts";
import type { Output } from "../output.ts";
import { STATE } from "../state.ts";
import type { CallFacts } from "./facts.ts";

/** All that was counted. */
export interface Verdict {
  readonly isGood: boolean;
  readonly runs: { readonly undisturbed: string; readonly killed: string };
  readonly boundary: { readonly entries: number; readonly of: number; readonly last: Entry | null };
  readonly models: CallFacts;
  readonly desk: CallFacts;
  /** Model calls with an outcome in the journal. */
  readonly recorded: { readonly undisturbed: number; readonly killed: number };
  /** The parts of the result that are not equal; null where they were not compared. */
  readonly differs: readonly string[] | null;
}

/** Prints it: as figures to people, or as JSON. */
export function reportCrash(verdict: Verdict, output: Output): void {
  const { isGood, boundary, models, desk, recorded, differs, runs } = verdict;
  const last = boundary.last === null ? null : { type: boundary.last.type, key: boundary.last.key };
  if (output.isJson) {
    const repeated = models.repeated + desk.repeated;
    process.stdout.write(
      `${JSON.stringify({ isGood, repeated, isResultEqual: differs === null ? null : differs.length === 0, differs, boundary: { ...boundary, last }, models, desk, recorded, runs }, null, 2)}\n`,
    );
    return;
  }
  const { strong, good, bad, faint } = output.paint;
  const verdictOf = (isOk: boolean, text: string): string => (isOk ? good(text) : bad(text));
  output.say(
    "",
    `${strong("Killed")}    after entry ${boundary.entries} of ${boundary.of}${last === null ? "" : `: ${last.type}`}`,
    `          ${faint(last?.key ?? "")}`,
    "",
    ...factsTable(verdict, output),
    "",
    `${strong("Result")}    ${comparison(differs, output)}`,
    `${strong("Journal")}   ${recorded.killed} model calls recorded, ${recorded.undisturbed} undisturbed`,
    `${strong("Repeated")}  ${verdictOf(models.repeated + desk.repeated === 0, `${models.repeated + desk.repeated} calls repeated`)}`,
    "",
    `${strong("Look")}      npx flujo trace ${runs.killed.slice(0, 13)} --state ${STATE}`,
  );
}

function comparison(differs: readonly string[] | null, { paint }: Output): string {
  if (differs === null) return "not compared: a language model does not answer alike twice";
  if (differs.length > 0) return paint.bad(`differs from the undisturbed run in ${differs.join(", ")}`);
  return paint.good("equal to the undisturbed run: output, context, usage and cost");
}

function factsTable({ models, desk }: Verdict, { width, paint }: Output): readonly string[] {
  const rows = [rowOf("the model", models), rowOf("the desk", desk)];
  const titles = ["counted calls to", "undisturbed", "before kill", "in flight", "after", "repeated"];
  return table(rows, {
    columns: titles.map((title, index) => ({ title, align: index === 0 ? "left" : "right" })),
    width,
    paintTitle: paint.faint,
  });
}

function rowOf(name: string, { undisturbed, beforeKill, inFlight, afterKill, repeated }: CallFacts): readonly string[] {
  return [name, ...[undisturbed, beforeKill, inFlight, afterKill, repeated].map(String)];
}
