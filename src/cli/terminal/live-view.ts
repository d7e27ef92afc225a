import { systemClock } from "../../index.ts";
import type { RunEvent } from "../../model/run-event.ts";
import { ProgressFold } from "../../model/live-progress.ts";
import { EMPTY_VIEW, type RunView } from "../../model/run-view.ts";
import type { LiveParts, LiveView, LiveViewOptions } from "./live.ts";
import type { Paint } from "./paint.ts";
import { paintFor } from "./paint.ts";
import { divert } from "./divert.ts";
import { every } from "./every.ts";
import { NO_PLAN } from "./plan-facts.ts";
import { PlainProgress } from "./plain-progress.ts";
import { RunFollower } from "./run-follower.ts";
import { saidLines } from "./said-lines.ts";
import { Screen } from "./screen.ts";
import { summaryRows } from "./summary-rows.ts";
import { drawRows, limitRows } from "./tree-rows.ts";

const FRAME_MS = 120;
const SPINNER = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
/** Drawing takes at most about one part in so many of the time, as long as a frame a second allows that. */
const DRAWING_SHARE = 5;
/** Between two frames there are at most so many ticks without one, so that a busy event loop still shows one a second. */
const MOST_REST_FRAMES = 3;

/** Lines for what is being said, where the terminal is at least so high. */
const SAID_LINES = 2;
const LEAST_HEIGHT = 8;

/** At a terminal a tree that moves; elsewhere lines, one for each thing that has ended. */
export function liveView(options: LiveViewOptions): LiveView {
  const { stream, clock = systemClock } = options;
  const { from = EMPTY_VIEW, plan = NO_PLAN, now = () => clock.now() } = options;
  const parts: LiveParts = { stream, clock, now, from, plan };
  const isLive = stream.isTTY && process.env["TERM"] !== "dumb";
  return isLive ? new LiveTree(parts) : new PlainProgress(parts);
}

class LiveTree implements LiveView {
  readonly #options: LiveParts;
  readonly #run: RunFollower;
  readonly #said = new ProgressFold();
  readonly #screen: Screen;
  readonly #paint: Paint;
  readonly #stops: readonly (() => void)[];
  #frame = 0;
  #restFrames = 0;

  constructor(options: LiveParts) {
    this.#options = options;
    this.#run = new RunFollower(options.from);
    const { stream, clock } = options;
    this.#paint = paintFor(stream);
    this.#screen = new Screen(stream);
    const others = [stream, process.stdout].filter((each, index, all) => each.isTTY && all.indexOf(each) === index);
    this.#stops = [every(clock, FRAME_MS, () => this.#tick()), ...others.map((each) => divert(each, (text) => this.print(text)))];
  }

  get view(): RunView {
    return this.#run.view;
  }

  event(event: RunEvent): void {
    const change = this.#run.apply(event);
    if (change !== null) this.print(change);
    this.#said.apply(event);
  }

  print(text: string): void {
    this.#screen.printAbove(text);
  }

  close(): void {
    for (const stop of this.#stops) stop();
    this.#draw("over");
    this.#screen.close();
  }

  /** Runs with a great many items take long to draw; then there are fewer frames, but at least one a second. */
  #tick(): void {
    if (this.#restFrames > 0) {
      this.#restFrames--;
      return;
    }
    const { clock } = this.#options;
    const before = clock.ticks();
    this.#draw("live");
    const tookMs = clock.ticks() - before;
    this.#restFrames = Math.min(MOST_REST_FRAMES, Math.floor((tookMs * DRAWING_SHARE) / FRAME_MS));
  }

  /** What is being said stands below the tree as long as it is said; what came of it is in the tree, and in the result. */
  #draw(when: "live" | "over"): void {
    const rows = summaryRows(this.#run.view, this.#options.now(), { plan: this.#options.plan });
    if (rows.length === 0) return;
    const { height } = this.#screen;
    const width = this.#screen.width - 1;
    const spinner = SPINNER[this.#frame++ % SPINNER.length] ?? "";
    const room = when === "live" && height >= LEAST_HEIGHT ? SAID_LINES : 0;
    const said = saidLines(this.#said.progress, { width, lines: room }).map((line) => this.#paint.faint(line));
    const tree = drawRows(limitRows(rows, height - 2 - said.length), { paint: this.#paint, width, spinner });
    this.#screen.draw([...tree, ...said]);
  }
}
