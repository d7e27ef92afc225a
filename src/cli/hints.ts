import { shellWord } from "../base/shell-word.ts";
import type { Desk } from "./desk.ts";

const UUID_V7 = "([0-9a-f]{8}-[0-9a-f]{4})-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}";
const LONG_ID = new RegExp(`^${UUID_V7}((?:\\.\\d+|-(?:fork|retry)-\\d+)*)$`);
const SHORT_ID = /^([0-9a-f]{8}-[0-9a-f]{4})((?:\.\d+|-(?:fork|retry)-\d+)+)$/;

/** As much of a run id as names it: of a UUID version 7 its time, to the millisecond, and which run of its line it is. */
export function shortId(runId: string): string {
  const [, time, which] = LONG_ID.exec(runId) ?? [];
  return time === undefined || which === undefined ? runId : time + which;
}

/** The two parts of a short id that names a run by its line: how the line's id begins, and which run of it; null where it is none. */
export function partsOfShortId(text: string): { readonly line: string; readonly which: string } | null {
  const [, line, which] = SHORT_ID.exec(text) ?? [];
  return line === undefined || which === undefined ? null : { line, which };
}

/** A command to copy, the way this one was called: through npx or not, and with the same state. */
export function command(desk: Desk, ...words: readonly string[]): string {
  const state = desk.state === null ? [] : ["--state", desk.state];
  return shellLine(...program(), ...words, ...state);
}

/** The same for `flujo golden`, which has no state: goldens are files. */
export function goldenCommand(...words: readonly string[]): string {
  return shellLine(...program(), "golden", ...words);
}

/** A text that names a command, as `flujo …`, the way this one was called. */
export function calledHere(text: string): string {
  return text.replace(/(?<!npx )\bflujo(?= golden\b)/g, program().join(" "));
}

/** Words as a line for the shell. */
export function shellLine(...words: readonly string[]): string {
  return words.map(shellWord).join(" ");
}

/** What it is called by: of what is installed in a project, `npx` knows where it is, and the shell does not. */
function program(): readonly string[] {
  const isOfProject = process.env["npm_command"] === "exec" || /[\\/]node_modules[\\/]\.bin[\\/]/.test(process.argv[1] ?? "");
  return isOfProject ? ["npx", "flujo"] : ["flujo"];
}

/** A command that goes on with the run at hand: it says where the program is, should the run not know. */
export function goOnCommand(desk: Desk, ...words: readonly string[]): string {
  return command(desk, ...words, ...(desk.run?.where ?? []));
}

/** A remedy for whoever called us this way: a command in it that names no run names the one at hand, and its state. */
export function remedyHere(desk: Desk, remedy: string): string {
  const { run } = desk;
  return calledHere(remedy).replace(/`flujo (\w+)( RUN)?`/g, (whole, what: string, named: string | undefined) => {
    const isAboutRun = named !== undefined || what === "trace";
    if (isAboutRun && run === null) return whole;
    const words = isAboutRun && run !== null ? [what, shortId(run.id)] : [what];
    const goesOn = what === "resume" || what === "answer" || what === "retry";
    if (what === "help") return whole;
    return `\`${goesOn ? goOnCommand(desk, ...words) : command(desk, ...words)}\``;
  });
}

/** What can be done next, one command a line, each with what it is for. */
export function noteNext(desk: Desk, steps: readonly (readonly [what: string, why: string])[]): void {
  const { output } = desk;
  const width = steps.reduce((most, [what]) => Math.max(most, what.length), 0);
  for (const [index, [what, why]] of steps.entries()) {
    output.note(`${index === 0 ? "Next  " : "      "}${output.notePaint.strong(what.padEnd(width))}  ${output.notePaint.faint(why)}`);
  }
}
