import { FlujoError } from "../../../base/errors.ts";
import { readGolden } from "../../../golden/file/read-golden.ts";
import type { Golden } from "../../../golden/golden.ts";
import { goldensMeant, goldensOfProject, shortNameOf } from "../../../golden/project/find-goldens.ts";
import type { Desk } from "../../desk.ts";
import { DONE } from "../../desk.ts";
import { goldenCommand, noteNext } from "../../hints.ts";
import { shown } from "../../shown-path.ts";
import { count } from "../../terminal/numbers.ts";
import { table } from "../../terminal/table.ts";
import { warnOfMisnamed } from "./misnamed.ts";

/** A golden, or why it cannot be read. */
interface Listed {
  readonly file: string;
  readonly golden: Golden | FlujoError;
}

/** Lists the goldens of the project, or those that are meant. */
export async function list(desk: Desk, wanted: readonly string[]): Promise<number> {
  const from = process.cwd();
  const files = wanted.length === 0 ? goldensOfProject(from) : goldensMeant(from, wanted);
  if (wanted.length === 0) warnOfMisnamed(desk, from);
  const listed: Listed[] = [];
  for (const file of files) listed.push({ file, golden: await read(file) });
  desk.output.document({ goldens: listed.map(documentOf) });
  if (listed.length === 0) {
    desk.output.print("There are no goldens yet.");
    noteNext(desk, [[goldenCommand("record", "FILE", "--input", "…"), "make the first"]]);
    return DONE;
  }
  desk.output.printAll(tableOf(desk, listed));
  const [first] = listed;
  if (first !== undefined) noteNext(desk, [[goldenCommand("show", shortNameOf(first.file)), "all that is in it"]]);
  return DONE;
}

async function read(file: string): Promise<Golden | FlujoError> {
  try {
    return await readGolden(shown(file), { foreign: "keep" });
  } catch (error) {
    if (FlujoError.is(error)) return error;
    throw error;
  }
}

function documentOf({ file, golden }: Listed): object {
  const about = { file: shown(file), name: shortNameOf(file) };
  if (golden instanceof Error) return { ...about, error: { code: golden.code, message: golden.summary, remedy: golden.remedy } };
  const { pipeline, version, source, operations, result } = golden;
  return { ...about, pipeline, version, source, operations: operations.length, models: modelsOf(golden), status: result.status };
}

/** The models that were asked. */
export function modelsOf({ agents, model }: Golden): readonly string[] {
  return [...new Set(Object.values(agents).map((agent) => model ?? agent.model))];
}

function tableOf({ output }: Desk, listed: readonly Listed[]): readonly string[] {
  const columns = [
    { title: "GOLDEN" }, // what one names it by is cut last
    { title: "OPS", align: "right" },
    { title: "MODELS", isFlexible: true },
    { title: "RESULT" },
    { title: "SOURCE", isFlexible: true },
  ] as const;
  const rows = listed.map(({ file, golden }): readonly string[] => {
    const name = shortNameOf(file);
    if (golden instanceof Error) return [name, "", "", "cannot be read", ""];
    const { operations, result, source } = golden;
    return [name, count(operations.length), modelsOf(golden).join(", "), result.status, source ?? ""];
  });
  const { paint } = output;
  return table(rows, {
    columns,
    ...(process.stdout.isTTY ? { width: process.stdout.columns } : {}),
    paintTitle: paint.faint,
    paint: (text, { row, column }) => (columns[column]?.title === "RESULT" ? toneOf(rows[row]?.[column], paint)(text) : text),
  });
}

function toneOf(result: string | undefined, paint: Desk["output"]["paint"]): (text: string) => string {
  if (result === "succeeded") return paint.good;
  return result === "failed" || result === "cannot be read" ? paint.bad : paint.asks;
}
