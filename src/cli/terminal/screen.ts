import { widthOf } from "./text-width.ts";

const HIDE_CURSOR = "\u001B[?25l";
const SHOW_CURSOR = "\u001B[?25h";
const BEGIN_FRAME = "\u001B[?2026h"; // terminals that know it show a frame only when it is whole; others ignore it
const END_FRAME = "\u001B[?2026l";
const ERASE_LINE_END = "\u001B[K";
const ERASE_BELOW = "\u001B[J";

/** What a {@link Screen} draws on: a terminal. */
export interface TerminalStream {
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

/**
 * The bottom of a terminal, redrawn in place: a frame is one write, lines are overwritten and not erased first, and the
 * cursor comes back at the end, however the process ends.
 */
export class Screen {
  readonly #stream: TerminalStream;
  /** Taken at once: what others write to the stream may be diverted while the screen is open. */
  readonly #write: (text: string) => unknown;
  #lines: readonly string[] = [];
  #isOpen = false;
  readonly #restore = (): void => {
    if (this.#isOpen) this.#write(SHOW_CURSOR);
  };

  constructor(stream: TerminalStream) {
    this.#stream = stream;
    this.#write = stream.write.bind(stream);
  }

  get width(): number {
    return Math.max(20, this.#stream.columns ?? 80);
  }

  get height(): number {
    return Math.max(4, this.#stream.rows ?? 24);
  }

  /** Shows these lines in place of those before. Each must fit the width. */
  draw(lines: readonly string[]): void {
    if (!this.#isOpen) process.on("exit", this.#restore);
    const start = this.#isOpen ? "" : HIDE_CURSOR;
    this.#isOpen = true;
    const body = lines.map((line) => `${line}${ERASE_LINE_END}\n`).join("");
    this.#write(`${BEGIN_FRAME}${start}${this.#goUp()}${body}${ERASE_BELOW}${END_FRAME}`);
    this.#lines = lines;
  }

  /** Writes text above the frame: it scrolls away, the frame stays. */
  printAbove(text: string): void {
    const lines = this.#lines;
    const whole = text.endsWith("\n") ? text : `${text}\n`;
    if (!this.#isOpen) return void this.#write(whole);
    this.#write(`${this.#goUp()}${ERASE_BELOW}${whole}`);
    this.#lines = [];
    this.draw(lines);
  }

  /** Leaves the last frame where it is, or takes it away, and gives the cursor back. */
  close(keep: "keep" | "erase" = "keep"): void {
    if (!this.#isOpen) return;
    if (keep === "erase") this.#write(this.#goUp() + ERASE_BELOW);
    this.#write(SHOW_CURSOR);
    this.#isOpen = false;
    this.#lines = [];
    process.off("exit", this.#restore);
  }

  /** A terminal that was made narrower has broken our lines into several. */
  #goUp(): string {
    const rows = this.#lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(widthOf(line) / this.width)), 0);
    return rows === 0 ? "\r" : `\r\u001B[${rows}A`;
  }
}
