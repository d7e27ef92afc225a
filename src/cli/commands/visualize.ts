import { writeFileSync } from "node:fs";
import { extname } from "node:path";
import { FlujoError, messageOf } from "../../base/errors.ts";
import { drawPlan } from "../../drawing/draw-plan.ts";
import { mermaidOf } from "../../drawing/mermaid.ts";
import { svgOf } from "../../drawing/svg.ts";
import type { Desk } from "../desk.ts";
import { DONE } from "../desk.ts";
import { planMeant } from "../plan-meant.ts";
import { shown } from "../shown-path.ts";
import type { PlanNode } from "../../index.ts";
import { fit } from "../terminal/text-width.ts";
import { aboutOf } from "../terminal/plan-tree.ts";

/** What `flujo visualize` can be told. */
export interface VisualizeFlags {
  readonly format?: string;
  readonly output?: string;
  readonly fold?: boolean;
}

type Format = "mermaid" | "svg";

/** Draws a program, or what a run was started with: as text for Mermaid, or as a picture. Runs nothing. */
export async function visualize(desk: Desk, where: string, flags: VisualizeFlags): Promise<number> {
  const format = formatOf(flags);
  const { plan, label } = await planMeant(desk, where);
  const drawing = drawPlan(plan, { noteOf, isFolded: flags.fold ?? false });
  const drawn = format === "svg" ? await svgOf(drawing) : mermaidOf(drawing);
  const { output } = desk;
  if (flags.output === undefined) {
    output.document({ of: label, format, drawn });
    output.print(drawn.trimEnd());
    return DONE;
  }
  writeTo(flags.output, drawn);
  output.document({ of: label, format, file: flags.output });
  output.print(`${output.paint.good("✔")} Drew ${label} to ${shown(flags.output)}${format === "mermaid" ? ", as text for Mermaid" : ""}`);
  return DONE;
}

const LONGEST_NOTE = 36;
const LONGEST_TOOLS = 54;

/** As much of what a node was told as a box has room for; what an agent may call has a line of its own. */
function noteOf(node: PlanNode): string {
  const [first = "", ...others] = aboutOf(node, null).split(" · ");
  const tools = node.kind === "agent" && node.tools.length > 0 ? others.find((each) => each.startsWith("tools ")) : undefined;
  let note = first;
  for (const more of others) if (more !== tools && note.length + more.length < LONGEST_NOTE) note = `${note} · ${more}`;
  return fit(note, LONGEST_NOTE) + (tools === undefined ? "" : `\n${fit(tools, LONGEST_TOOLS)}`);
}

/** What nobody would look for Mermaid in. */
const PICTURES: ReadonlySet<string> = new Set([".png", ".jpg", ".jpeg", ".gif", ".webp", ".pdf"]);

function formatOf({ format, output }: VisualizeFlags): Format {
  const ending = output === undefined ? "" : extname(output).toLowerCase();
  if (format === undefined && PICTURES.has(ending))
    throw new FlujoError("usage_invalid", `A picture is drawn as SVG, and ${shown(output ?? "")} would be none.`, {
      remedy: `Write -o ${shown((output ?? "").slice(0, -ending.length))}.svg; browsers and editors show it, and other programs make other pictures of it.`,
    });
  const asked = format ?? (ending === ".svg" ? "svg" : "mermaid");
  if (asked === "mermaid" || asked === "svg") return asked;
  throw new FlujoError("usage_invalid", `Nothing is drawn as "${asked}".`, { remedy: "Write --format mermaid or --format svg." });
}

function writeTo(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new FlujoError("usage_invalid", `${shown(file)} cannot be written: ${messageOf(error)}`, {
      cause: error,
      remedy: "Name a file in a folder that is there and may be written to.",
    });
  }
}
