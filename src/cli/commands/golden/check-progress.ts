import type { GoldenReport } from "../../../golden/report/golden-report.ts";
import { systemClock } from "../../../index.ts";
import type { Desk } from "../../desk.ts";
import { plural } from "../../terminal/numbers.ts";
import { printableLine } from "../../terminal/printable.ts";
import { Screen } from "../../terminal/screen.ts";
import { fit } from "../../terminal/text-width.ts";

/** Goldens are checked in a moment: only where there are many is it worth a line that says how far it is. */
const MANY = 20;
/** So often it is drawn, in milliseconds. */
const FRAME_MS = 100;

/** Says of one golden after the other what came of it, and at a terminal how many are left. */
export class CheckProgress {
  readonly #desk: Desk;
  readonly #all: number;
  readonly #screen: Screen | null;
  #done = 0;
  #drawnAtMs = 0;

  constructor(desk: Desk, all: number) {
    this.#desk = desk;
    this.#all = all;
    const isSeen = desk.output.showsProgress && process.stderr.isTTY && process.stdout.isTTY;
    this.#screen = all > MANY && isSeen ? new Screen(process.stderr) : null;
  }

  say(report: GoldenReport, lines: readonly string[]): void {
    this.#done++;
    if (lines.length > 0) this.#print(lines);
    const nowMs = systemClock.now();
    if (this.#screen === null || nowMs - this.#drawnAtMs < FRAME_MS) return;
    this.#drawnAtMs = nowMs;
    const line = `${this.#done} of ${plural(this.#all, "golden", "goldens")}  ${printableLine(report.name)}`;
    this.#screen.draw([this.#desk.output.notePaint.faint(fit(line, this.#screen.width - 1))]);
  }

  close(): void {
    this.#screen?.close("erase");
  }

  #print(lines: readonly string[]): void {
    this.#screen?.close("erase");
    this.#desk.output.printAll(lines);
  }
}
