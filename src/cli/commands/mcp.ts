import { Writable } from "node:stream";
import { FlujoError } from "../../base/errors.ts";
import { newInstanceId, nextTurn } from "../../base/system.ts";
import type { Flujo } from "../../index.ts";
import type { Serving } from "../../mcp/server/serve-stdio.ts";
import type { Desk } from "../desk.ts";
import { DONE, INTERRUPTED } from "../desk.ts";
import type { LoadedProgram } from "../load-program.ts";
import { loadPrograms } from "../load-program.ts";
import { ServedRuns } from "../served-runs.ts";
import { openFlujo } from "../state.ts";
import { ownVersion } from "./version.ts";

/** What `flujo mcp` can be told. */
export interface McpFlags {
  readonly export?: readonly string[];
  readonly http?: string;
  readonly token?: string;
  readonly wait?: string;
  readonly model?: string;
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const PATIENCE_SECONDS = 5;

/** Serves the programs of a file as tools of the Model Context Protocol, until nobody can ask any more. */
export async function mcp(desk: Desk, where: string, flags: McpFlags): Promise<number> {
  const patienceMs = 1_000 * numberOf("--wait", flags.wait ?? `${PATIENCE_SECONDS}`, 3_600);
  const port = flags.http === undefined ? null : wholeNumberOf("--http", flags.http, 65_535);
  if (port === null && flags.token !== undefined)
    throw new FlujoError("usage_invalid", "A --token is for --http only.", { remedy: "Add --http PORT, or leave the token out." });
  const output = port === null ? takeStdout() : null; // before any code of the user's runs
  desk.busyWith = `the file ${where}, whose top-level await never comes to an end`;
  const programs = await loadPrograms(where, flags.export ?? []);
  desk.busyWith = null;
  await using flujo = openFlujo(desk);
  await checkAll(desk, flujo, { programs, model: flags.model ?? null });
  const runs = new ServedRuns({ flujo, programs, model: flags.model ?? null, patienceMs, warn: (line) => desk.output.warn(line) });
  const stop = new Stop(desk);
  if (output !== null) return await serveOverStdio(desk, { flujo, runs, stop, output });
  return await serveOverHttp(desk, { flujo, runs, stop, port: port ?? 0, token: flags.token ?? null });
}

interface ToServe {
  readonly flujo: Flujo;
  readonly runs: ServedRuns;
  readonly stop: Stop;
}

async function serveOverStdio(desk: Desk, { flujo, runs, stop, output }: ToServe & { readonly output: Writable }): Promise<number> {
  const { serveStdio } = await import("../../mcp/server/serve-stdio.ts");
  const serving = await serveStdio(runs, { input: process.stdin, output, version: ownVersion() });
  desk.output.note(`Serving ${toolList(runs)} over stdin and stdout.`);
  await stop.asked(serving.ended.then(() => runs.allAtRest())); // who has gone away may come back for what was begun
  return close(serving, { flujo, stop });
}

async function serveOverHttp(
  desk: Desk,
  { flujo, runs, stop, port, token }: ToServe & { readonly port: number; readonly token: string | null },
): Promise<number> {
  const { output } = desk;
  const { serveHttp } = await import("../../mcp/server/serve-http.ts");
  const secret = token ?? newInstanceId().replaceAll("-", "");
  const serving = await serveHttp(runs, { port, token: secret, version: ownVersion() });
  const shown = token === null ? { token: secret } : {}; // who gave one knows it
  output.document({ url: serving.url, ...shown, tools: runs.programs.map(({ name }) => `${name}_start`) });
  output.print(serving.url);
  if (token === null) output.print(`Authorization: Bearer ${secret}`);
  output.note(`Serving ${toolList(runs)}. Ctrl-C ends it and parks what is still running.`);
  await stop.asked(serving.ended);
  return close(serving, { flujo, stop });
}

/** Parks the runs first, so that a client which still waits for one is told. */
async function close(serving: Serving, { flujo, stop }: { readonly flujo: Flujo; readonly stop: Stop }): Promise<number> {
  await flujo.close();
  await nextTurn();
  await serving.close();
  return stop.isAsked ? INTERRUPTED : DONE;
}

function toolList({ programs }: ServedRuns): string {
  return programs.map(({ name }) => `${name}_start`).join(", ");
}

/** What cannot run at all is refused; what only wants a key is said, since others of the file may not. */
async function checkAll(
  { output }: Desk,
  flujo: Flujo,
  { programs, model }: { readonly programs: readonly LoadedProgram[]; readonly model: string | null },
): Promise<void> {
  for (const { program, label } of programs) {
    try {
      await flujo.check(program, model === null ? {} : { model });
    } catch (error) {
      if (!FlujoError.is(error, "api_key_missing") && !FlujoError.is(error, "package_missing")) throw error;
      output.warn(`${label} cannot run yet: ${error.summary} ${error.remedy}`);
    }
  }
}

/** Stdout, for the protocol alone: what anything else prints goes to stderr from here on. */
function takeStdout(): Writable {
  const own = Object.getPrototypeOf(process.stdout) as { write: (this: unknown, chunk: Buffer, done: WriteDone) => boolean };
  process.stdout.write = process.stderr.write.bind(process.stderr); // with --json it was another one already
  return new Writable({ write: (chunk: Buffer, _encoding, done) => void own.write.call(process.stdout, chunk, done) });
}

type WriteDone = (error?: Error | null) => void;

/** Being told to stop: the first signal does it in good order, the second at once. */
class Stop {
  readonly #told = Promise.withResolvers<void>();
  isAsked = false;

  constructor({ output }: Desk) {
    for (const signal of SIGNALS)
      process.on(signal, () => {
        if (this.isAsked) process.exit(INTERRUPTED);
        this.isAsked = true;
        output.note("Parking what is still running … (again ends it at once)");
        this.#told.resolve();
      });
  }

  /** Resolves when it is told to stop, or when there is nothing left to do. */
  asked(orDone: Promise<void>): Promise<void> {
    return Promise.race([this.#told.promise, orDone]);
  }
}

function numberOf(option: string, text: string, most: number): number {
  const number = Number(text);
  if (text.trim() !== "" && number >= 0 && number <= most) return number;
  throw new FlujoError("usage_invalid", `What ${option} gives is no number: ${text}.`, { remedy: `Give a number from 0 to ${most}.` });
}

function wholeNumberOf(option: string, text: string, most: number): number {
  const number = numberOf(option, text, most);
  if (Number.isInteger(number)) return number;
  throw new FlujoError("usage_invalid", `What ${option} gives is no whole number: ${text}.`, {
    remedy: `Give a whole number from 0 to ${most}.`,
  });
}
