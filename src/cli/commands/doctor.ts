import { ERRORS, FlujoError, messageOf } from "../../base/errors.ts";
import type { Complaint, Examination, Flujo } from "../../index.ts";
import type { Desk } from "../desk.ts";
import { DONE } from "../desk.ts";
import { aboutMachine, aboutState, type Machine, placeFromHere } from "../doctor/about-machine.ts";
import { aboutPackage, aboutPrograms, providerOf } from "../doctor/about-programs.ts";
import { aboutProvider } from "../doctor/about-providers.ts";
import { drawSections } from "../doctor/draw-findings.ts";
import { type Section, wrong } from "../doctor/finding.ts";
import { type LoadedProgram, loadPrograms } from "../load-program.ts";
import { openFlujo, stateOf } from "../state.ts";
import { plural } from "../terminal/numbers.ts";
import { ownVersion } from "./version.ts";

/** What `flujo doctor` can be told. */
export interface DoctorFlags {
  readonly ping?: boolean;
  readonly model?: string;
}

/** Something that is needed is wrong. */
const UNWELL = 2;

/** Looks whether everything is there that runs need, and says of each thing that is not what to do. Changes nothing. */
export async function doctor(desk: Desk, where: string | undefined, flags: DoctorFlags): Promise<number> {
  const { output } = desk;
  const loading = await load(desk, where);
  await using flujo = openFlujo(desk);
  if (process.stderr.isTTY && (flags.ping === true || loading.programs.length > 0)) output.note(output.notePaint.faint("Looking …"));
  const examination = await look(flujo, loading.programs, flags);
  const machine = machineNow();
  const sections = sectionsOf(examination, { machine, loading, where, isPinged: flags.ping === true, place: stateOf(desk) });
  const problems = sections.flatMap(({ findings }) => findings).filter(({ level }) => level === "problem");
  output.document({
    ok: problems.length === 0,
    problems: problems.length,
    machine,
    findings: sections.flatMap(({ title, findings }) => findings.map((finding) => ({ section: title, ...finding }))),
    ...examination,
  });
  const width = process.stdout.isTTY ? process.stdout.columns : Number.POSITIVE_INFINITY;
  output.printAll(drawSections(sections, { paint: output.paint, width }));
  output.print("");
  output.print(
    problems.length === 0
      ? `${output.paint.good("✔")} Nothing that is needed is wrong.`
      : `${output.paint.bad("✖")} ${plural(problems.length, "problem", "problems")}, marked ✖ above.`,
  );
  return problems.length === 0 ? DONE : UNWELL;
}

interface Loading {
  readonly programs: readonly LoadedProgram[];
  /** Why the file could not be loaded; null where it could, or none was named. */
  readonly problem: Complaint | null;
}

/** A file that cannot be loaded is a finding like any other: the rest is looked at all the same. */
async function load(desk: Desk, where: string | undefined): Promise<Loading> {
  if (where === undefined) return { programs: [], problem: null };
  desk.busyWith = `the file ${where}, whose top-level await never comes to an end`;
  try {
    return { programs: await loadPrograms(where, []), problem: null };
  } catch (error) {
    const known = FlujoError.is(error);
    const code = known ? error.code : "file_not_loadable";
    const message = known ? error.summary : messageOf(error);
    return { programs: [], problem: { code, message, remedy: known ? error.remedy : ERRORS[code].remedy } };
  } finally {
    desk.busyWith = null;
  }
}

function look(flujo: Flujo, loaded: readonly LoadedProgram[], { ping = false, model }: DoctorFlags): Promise<Examination> {
  return flujo.examine({ programs: loaded.map(({ program }) => program), ping, ...(model === undefined ? {} : { model }) });
}

function machineNow(): Machine {
  const { versions, platform, arch, features } = process;
  return { flujo: ownVersion(), node: versions.node, platform: `${platform}-${arch}`, loadsTypeScript: features.typescript !== false };
}

interface Found {
  readonly machine: Machine;
  readonly loading: Loading;
  readonly where: string | undefined;
  readonly isPinged: boolean;
  readonly place: string;
}

function sectionsOf(examination: Examination, { machine, loading, where, isPinged, place }: Found): readonly Section[] {
  const { state, providers, packages, models, toolServers } = examination;
  const needed = new Set(models.map(({ model }) => providerOf(model)));
  const usesServers = toolServers.length > 0;
  const file: Section = {
    title: where ?? "",
    findings: [...(loading.problem === null ? [] : [wrong("file", loading.problem)]), ...aboutPrograms(examination)],
  };
  return [
    { title: "", findings: [...aboutMachine(machine), aboutState(state, placeFromHere(state, place))] },
    {
      title: "Providers",
      findings: [
        ...providers.map((provider) => aboutProvider(provider, { isNeeded: needed.has(provider.name), isPinged })),
        ...packages.map((facts) => aboutPackage(facts, { isNeeded: usesServers, purpose: "for tool servers" })),
      ],
    },
    ...(where === undefined ? [] : [file]),
  ];
}
