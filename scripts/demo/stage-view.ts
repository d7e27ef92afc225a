import type { RunEvent } from "../../src/index.ts";
import { EMPTY_VIEW, ViewFold } from "../../src/model/run-view.ts";
import { paintFor } from "../../src/cli/terminal/index.ts";
import { Screen } from "../../src/cli/terminal/screen.ts";
import { summaryRows } from "../../src/cli/terminal/summary-rows.ts";
import { drawRows, type TreeRow } from "../../src/cli/terminal/tree-rows.ts";
import { every } from "./every.ts";
import type { Progress } from "./showing.ts";

const FRAME_MS = 100;
const SPINNER = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

/** What is worth a line at first sight. `flujo trace` shows the whole tree, which is three times as long. */
const STAGES: ReadonlySet<string> = new Set(["tickets", "classify", "lookUpCustomer", "billing", "bug", "other", "approve"]);

/** The run as a few lines that move: one for each stage, whatever the number of tickets. */
export class StageView implements Progress {
  readonly #fold = new ViewFold(EMPTY_VIEW);
  readonly #screen: Screen;
  readonly #stream: NodeJS.WriteStream;
  readonly #stop: () => void;
  #frame = 0;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
    this.#screen = new Screen(stream);
    this.#stop = every(FRAME_MS, () => this.#draw());
  }

  readonly event = (event: RunEvent): void => void this.#fold.apply(event);

  readonly close = (): void => {
    this.#stop();
    this.#draw();
    this.#screen.close();
  };

  #draw(): void {
    const rows = stagesOf(summaryRows(this.#fold.view, Date.now())).slice(0, this.#screen.height - 1);
    const spinner = SPINNER[this.#frame++ % SPINNER.length] ?? "";
    if (rows.length > 0) this.#screen.draw(drawRows(rows, { paint: paintFor(this.#stream), width: this.#screen.width - 1, spinner }));
  }
}

/** The rows of the stages, and of whatever failed, indented by the stages above them. What is free needs no column to say so. */
function stagesOf(rows: readonly TreeRow[]): readonly TreeRow[] {
  const kept: TreeRow[] = [];
  const above: { readonly depth: number; readonly isKept: boolean }[] = [];
  for (const row of rows) {
    while ((above.at(-1)?.depth ?? -1) >= row.depth) above.pop();
    const name = row.name.split(": ").at(-1) ?? ""; // in a parallel a row is called `place: name`
    const isKept = row.depth === 0 || STAGES.has(name) || row.status === "failed";
    const cost = row.cost === "free" ? "" : row.cost;
    if (isKept) kept.push({ ...row, name, cost, prefix: "  ".repeat(above.filter((one) => one.isKept).length) });
    above.push({ depth: row.depth, isKept });
  }
  return kept;
}
