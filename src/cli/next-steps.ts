import { type Pause, systemClock } from "../index.ts";
import { isLate } from "../model/in-time.ts";
import type { Desk } from "./desk.ts";
import { command, goOnCommand } from "./hints.ts";
import { isForPeople } from "./open-pauses.ts";
import { callText, isApprovalRequest } from "./terminal/call-text.ts";
import { count } from "./terminal/numbers.ts";
import { printableLine } from "./terminal/printable.ts";

/** A command, and what it is for. */
export type NextStep = readonly [what: string, why: string];

/** A run that waits, and where its program is, as far as that is known. */
export interface Resting {
  readonly id: string;
  readonly pauses: readonly Pause[];
  /** When it can go on by itself; null where it waits for answers and signals alone. */
  readonly wakeAtMs: number | null;
  /** Whether it does not rest for what it waits for, but was parked, or lost its process: it goes on at once. @defaultValue `false` */
  readonly isLeft?: boolean;
  /** Null where it was not started from a file. */
  readonly file: string | null;
}

const MOST_ANSWERS = 3;

/** The commands that answer what a run waits for, send it that, or go on with it when it is time. What is over nobody can answer. */
export function stepsFrom(desk: Desk, resting: Resting): readonly NextStep[] {
  const { id } = resting;
  const nowMs = systemClock.now();
  const pauses = resting.pauses.filter((pause) => !isLate(nowMs, pause));
  const people = pauses.filter(isForPeople);
  const signals = pauses.filter(({ waitsFor }) => waitsFor === "signal");
  const steps = [...answersTo(desk, id, people), ...signals.map((signal) => signalStep(desk, id, { signal, among: signals }))];
  const shown = steps.slice(0, MOST_ANSWERS);
  const rest: readonly NextStep[] =
    people.length + signals.length > MOST_ANSWERS
      ? [[command(desk, "show", id), `all ${count(people.length + signals.length)} it waits for`]]
      : [];
  return [...shown, ...rest, ...goingOn(desk, resting, signals.length > 0)];
}

function answersTo(desk: Desk, id: string, people: readonly Pause[]): readonly NextStep[] {
  const [only, second] = people;
  if (only === undefined) return [];
  if (second !== undefined) return people.map((pause) => [goOnCommand(desk, "answer", id, "--pause", pause.id), answerWords(pause)]);
  if (only.waitsFor !== "approval") return [[goOnCommand(desk, "answer", id), "answer it"]];
  return [
    [goOnCommand(desk, "answer", id), "look at the call, then approve, change or reject it"],
    [goOnCommand(desk, "answer", id, "--approve"), "let it run"],
    [goOnCommand(desk, "answer", id, "--reject", "WHY"), "do not let it run; the model reads why"],
  ];
}

function answerWords(pause: Pause): string {
  if (pause.waitsFor !== "approval") return `answer ${printableLine(pause.name)}`;
  const input = isApprovalRequest(pause.show) ? pause.show.input : undefined;
  return `approve, change or reject ${callText(pause.name, input, 48)}`;
}

/** A signal is sent by its name; by its id where several are waited for under that name. */
function signalStep(desk: Desk, id: string, { signal, among }: { readonly signal: Pause; readonly among: readonly Pause[] }): NextStep {
  const isUnique = among.filter(({ name }) => name === signal.name).length === 1;
  return [command(desk, "signal", id, isUnique ? signal.name : signal.id, "--value", "…"), "send it what it waits for"];
}

/** What can go on does so where somebody works, or when it is resumed then. */
function goingOn(desk: Desk, resting: Resting, awaitsSignal: boolean): readonly NextStep[] {
  const { id, wakeAtMs, file, isLeft = false } = resting;
  if (wakeAtMs === null && !awaitsSignal && !isLeft) return [];
  const work: readonly NextStep[] = file === null ? [] : [[command(desk, "work", file), "goes on with it by itself"]];
  return [...work, [goOnCommand(desk, "resume", id), `go on with it ${whenOf(resting, awaitsSignal)}`]];
}

function whenOf({ wakeAtMs, isLeft = false }: Resting, awaitsSignal: boolean): string {
  if (isLeft) return "from there";
  if (wakeAtMs === null) return "when it was sent that";
  if (wakeAtMs <= systemClock.now()) return "now: it is time";
  return awaitsSignal ? "when it can" : "when it is time";
}
