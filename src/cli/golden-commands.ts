import type { Command } from "commander";
import type { Desk } from "./desk.ts";

/** Makes an action of what a command does, as the command line does for its own. */
type Acting = (act: (desk: Desk, args: readonly string[], flags: object) => Promise<number>) => (...given: unknown[]) => Promise<void>;

/** Adds `flujo golden` with all that it can. */
export function addGoldenCommands(program: Command, acting: Acting): void {
  const golden = program
    .command("golden")
    .description("regression tests of whole pipelines: record a run once, check it offline ever after")
    .addHelpText("after", GOLDEN_EXAMPLES);
  addMaking(golden, acting);
  addChecking(golden, acting);
}

function addMaking(golden: Command, acting: Acting): void {
  golden
    .command("record <program>")
    .description("run a program for real, and keep all it asked and was answered: FILE or FILE#export")
    .option("-i, --input <value>", "the input: JSON or text, - for stdin, @FILE for a file")
    .option("--name <name>", "what to call the golden (default: the first words of the input)")
    .option("--context <json>", "the context to begin with, as JSON")
    .option("-m, --model <model>", "the model every agent uses, for example offline:extract")
    .option("--thread <name>", "the conversation it is part of")
    .option("--answer <name=value>", "what a person answers or a signal brings; may be given several times", gather)
    .option("--at <date>", "when its time begins (default: 2030-01-01)")
    .option("--seed <text>", 'what random numbers are drawn from (default: "golden")')
    .option("--force", "write over a golden of this name")
    .addHelpText("after", RECORD_EXAMPLES)
    .action(acting(async (desk, [file = ""], flags) => (await import("./commands/golden/record.ts")).record(desk, file, flags)));
  golden
    .command("from-run <run>")
    .description("make a golden of a run of the past: nothing is asked again")
    .option("--name <name>", "what to call the golden (default: the first words of the input)")
    .option("--file <where>", "where its program is now: FILE#export")
    .option("--force", "write over a golden of this name")
    .action(acting(async (desk, [run = ""], flags) => (await import("./commands/golden/from-run.ts")).fromRun(desk, run, flags)));
  golden
    .command("update [goldens...]")
    .description("take over what the code does otherwise now; models and tools are asked only where what they are asked has changed")
    .option("--step <path>", "ask nothing for real but at or below this path; may be given several times", gather)
    .option("--answer <name=value>", "what a person answers or a signal brings that is new; may be given several times", gather)
    .option("--accept-failures", "take over, too, real calls that failed for want of a key, a network or a server")
    .addHelpText("after", UPDATE_EXAMPLES)
    .action(acting(async (desk, files, flags) => (await import("./commands/golden/update.ts")).update(desk, files, flags)));
}

function addChecking(golden: Command, acting: Acting): void {
  golden
    .command("check [goldens...]")
    .description("run the code as it is now against what was recorded, offline, and say what differs")
    .option("--junit <file>", "write a report in the form of JUnit, for CI")
    .addHelpText("after", CHECK_EXAMPLES)
    .action(acting(async (desk, files, flags) => (await import("./commands/golden/check.ts")).check(desk, files, flags)));
  golden
    .command("list [goldens...]")
    .description("list the goldens of the project")
    .action(acting(async (desk, files) => (await import("./commands/golden/list.ts")).list(desk, files)));
  golden
    .command("show <golden>")
    .description("show one golden: every operation, what was asked and what came of it")
    .action(acting(async (desk, [file = ""]) => (await import("./commands/golden/show.ts")).show(desk, file)));
}

/** An option that may be given several times. */
function gather(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

const GOLDEN_EXAMPLES = `
A golden is a file, goldens/<pipeline>/<name>.golden.yaml, that holds all that a run asked and was answered. Keep it in
version control.

Examples:
  flujo golden record triage.ts --input @ticket.json
  flujo golden from-run 0199a4c2 --name charged-twice
  flujo golden check
  flujo golden update triage/charged-twice

Goldens are named by file or folder, or as the list has them: triage/charged-twice, or triage for all of it; by pattern, too:
'triage/*'. What is there goes before names, if there is a golden in it.

Rules for all of a project are in its package.json:
  "flujo": { "golden": { "levels": { "usage": "warn" }, "usageTolerance": 0.05, "redact": { "fields": ["customer.phone"] } } }`;

const RECORD_EXAMPLES = `
Examples:
  flujo golden record triage.ts --input @ticket.json --name charged-twice
  flujo golden record triage.ts --input @ticket.json --model offline:extract
  flujo golden record refund.ts -i "Order 17" --answer 'refund={"decision": "approve"}'

Models, tools and steps with an effect are asked for real, once. Keys, e-mail addresses, card numbers and what the rules of
the project say are redacted before anything is written. Then the recording checks itself: functions without an effect,
compensations too, run a second time, and a third where they gave something else. Nothing but models, tools and effects reaches
the network. Give what must run once an effect: step({ …, effect: "once" }).`;

const UPDATE_EXAMPLES = `
Examples:
  flujo golden update                          all goldens of the project
  flujo golden update triage/charged-twice --step triage/classify

Shows what it has changed; version control shows the rest. Refuses where CI is set.`;

const CHECK_EXAMPLES = `
Examples:
  flujo golden check                           all goldens of the project
  flujo golden check triage/charged-twice
  flujo golden check 'triage/*' --junit golden.xml

Needs no key, and reaches no network. Exits with 0 where nothing differs, or there is no golden; with 1 where something
does; with 4 where a golden cannot be read, or its program cannot be found or run.`;
