import { Command, CommanderError } from "commander";
import { FlujoError } from "../base/errors.ts";
import { obeyEnvironment } from "../base/network/closed-network.ts";
import type { Desk } from "./desk.ts";
import { loadDotEnv } from "./dot-env.ts";
import { addGoldenCommands } from "./golden-commands.ts";
import { remedyHere } from "./hints.ts";
import { Output } from "./output.ts";

interface GlobalFlags {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly state?: string;
}

/** Runs one command and gives the exit code. Whatever goes wrong is said in one place, here. */
export async function runCommandLine(args: readonly string[], onDesk: (desk: Desk) => void): Promise<number> {
  // What people try first; it is a command here because it, too, answers with --json.
  const asCommand = args[0] === "--version" || args[0] === "-V" ? ["version", ...args.slice(1)] : args;
  const line = new CommandLine(asCommand, onDesk);
  return line.run();
}

class CommandLine {
  readonly #args: readonly string[];
  readonly #onDesk: (desk: Desk) => void;
  #exitCode = 0;
  #desk: Desk | null = null;

  constructor(args: readonly string[], onDesk: (desk: Desk) => void) {
    this.#args = args;
    this.#onDesk = onDesk;
  }

  async run(): Promise<number> {
    const program = this.#build();
    try {
      await program.parseAsync(this.#args, { from: "user" });
      return this.#exitCode;
    } catch (error) {
      if (error instanceof CommanderError && error.exitCode === 0) return 0; // help was asked for, and given
      if (error instanceof CommanderError && error.code === "commander.help") return help(program, this.#args); // no command at all
      return this.#outputForFailure().fail(error instanceof CommanderError ? misused(error) : error, this.#remedy);
    }
  }

  readonly #remedy = (text: string): string => (this.#desk === null ? text : remedyHere(this.#desk, text));

  /** Before the flags are read, nobody knows what they were; here they are looked for by hand. */
  #outputForFailure(): Output {
    const has = (...flags: readonly string[]): boolean => this.#args.some((arg) => flags.includes(arg));
    return this.#desk?.output ?? new Output({ isJson: has("--json"), isQuiet: has("--quiet", "-q"), isVerbose: has("--verbose") });
  }

  #build(): Command {
    const program = new Command("flujo")
      .description("Durable, typed AI-agent pipelines.")
      .option("--state <uri>", "where runs are kept: sqlite:FILE or memory (default: FLUJO_STATE, else sqlite:.flujo/state.db)")
      .option("--json", "one JSON document on stdout, errors too")
      .option("-q, --quiet", "results and errors only")
      .option("--verbose", "stacks of errors too")
      .configureHelp({ showGlobalOptions: true })
      .configureOutput({ writeErr: () => undefined }) // its errors come back as exceptions, and are said like all others
      .showSuggestionAfterError(true)
      .exitOverride()
      .addHelpText("after", EXAMPLES);
    this.#addRunning(program);
    this.#addTelling(program);
    this.#addServing(program);
    this.#addLooking(program);
    this.#addSeeing(program);
    addGoldenCommands(program, (act) => this.#command(act));
    return program;
  }

  #addRunning(program: Command): void {
    program
      .command("run <file>")
      .description("run a pipeline, agent or step from a TypeScript or JavaScript file: FILE or FILE#export")
      .option("-i, --input <value>", "the input: JSON or text, - for stdin, @FILE for a file")
      .option("--context <json>", "the context to begin with, as JSON")
      .option("-m, --model <model>", "the model every agent uses, for example offline:extract")
      .option("--thread <name>", "the conversation it is part of: agents with a history are given what was said in it")
      .option("--run-id <id>", "an id of your own for the run")
      .option("--dry-run", "check file, pipeline, input and models, show the plan, run nothing")
      .addHelpText("after", RUN_EXAMPLES)
      .action(this.#command(async (desk, [file = ""], flags) => (await import("./commands/run.ts")).run(desk, file, flags)));
    program
      .command("resume <run>")
      .description("go on with a run that was interrupted or parked")
      .option("--file <where>", "where its program is now: FILE#export")
      .option("--accept-changes", "go on with the code as it is now, although what the run is bound to has changed")
      .option("--fork", "go on as a new run of the program as it is now, which keeps what does not depend on the changes")
      .action(this.#command(async (desk, [run = ""], flags) => (await import("./commands/resume.ts")).resume(desk, run, flags)));
    program
      .command("retry <run>")
      .description("try a run again that failed or was cancelled, from what failed: what succeeded is kept")
      .option("--file <where>", "where its program is now: FILE#export")
      .option("--accept-changes", "keep what succeeded, although its code has changed since")
      .option("--fork", "do again what succeeded where the program is another now")
      .action(this.#command(async (desk, [run = ""], flags) => (await import("./commands/retry.ts")).retry(desk, run, flags)));
    program
      .command("answer <run>")
      .description("answer what a run waits for, and go on with it; asks at a terminal")
      .option("--pause <pause>", "which pause, where there are several: its id or name")
      .option("--value <value>", "the answer: JSON or text, - for stdin, @FILE for a file")
      .option("--approve", "of a tool call that waits for approval: let it run as it is")
      .option("--reject [why]", "of a tool call: do not let it run; the model reads why")
      .option("--edit <json>", "of a tool call: let it run with these arguments instead, - for stdin, @FILE for a file")
      .option("--note <why>", "with --edit or --reject: why; the model reads it")
      .option("--file <where>", "where its program is now: FILE#export")
      .addHelpText("after", ANSWER_EXAMPLES)
      .action(this.#command(async (desk, [run = ""], flags) => (await import("./commands/answer.ts")).answer(desk, run, flags)));
  }

  #addTelling(program: Command): void {
    program
      .command("cancel <run>")
      .description("call a run off, whoever runs it: what it does is told to stop, and it will not go on")
      .option("--reason <text>", "why; kept with the run")
      .action(this.#command(async (desk, [run = ""], flags) => (await import("./commands/cancel.ts")).cancel(desk, run, flags)));
    program
      .command("signal <run> <name>")
      .description("send a run what it waits for under a name, now or later; whoever runs it goes on with it")
      .option("--value <value>", "what comes with it: JSON or text, - for stdin, @FILE for a file")
      .addHelpText("after", SIGNAL_EXAMPLES)
      .action(
        this.#command(async (desk, [run = "", name = ""], flags) =>
          (await import("./commands/signal.ts")).signal(desk, run, { ...flags, name }),
        ),
      );
  }

  #addServing(program: Command): void {
    program
      .command("work <files...>")
      .description("go on with runs as they can go on: when their time comes, when something was sent, when their process is gone")
      .option("--poll <time>", "how often to look for them (default: 1s)")
      .option("--once", "take up what is ready now, wait until that rests, and end")
      .addHelpText("after", WORK_EXAMPLES)
      .action(this.#command(async (desk, files, flags) => (await import("./commands/work.ts")).work(desk, files, flags)));
    program
      .command("mcp <file>")
      .description("serve the programs of a file as MCP tools: start, status, answer, resume")
      .option("--export <name>", "a program to serve; may be given several times (default: all the file exports)", gather)
      .option("--http <port>", "over HTTP on this machine, 0 for any free port (default: over stdin and stdout)")
      .option("--token <token>", "what an HTTP client must show (default: a random one, which is printed)")
      .option("--wait <seconds>", "how long a client is kept waiting for a run to come to rest (default: 5)")
      .option("-m, --model <model>", "the model every agent uses, for example offline:extract")
      .addHelpText("after", MCP_EXAMPLES)
      .action(this.#command(async (desk, [file = ""], flags) => (await import("./commands/mcp.ts")).mcp(desk, file, flags)));
  }

  #addSeeing(program: Command): void {
    program
      .command("explain <what>")
      .description("show what a program does as a tree, with types, retries and limits: FILE#export, or a run")
      .option("-m, --model <model>", "the model every agent would use")
      .option("--fold", "kinds of your own (defineKind) as one line each, without what is in them")
      .action(this.#command(async (desk, [what = ""], flags) => (await import("./commands/explain.ts")).explain(desk, what, flags)));
    program
      .command("visualize <what>")
      .description("draw a program, for Mermaid or as a picture: FILE#export, a plan kept as JSON, or a run")
      .option("--format <format>", "mermaid or svg (default: svg where --output ends in .svg, else mermaid)")
      .option("-o, --output <file>", "where to write it (default: stdout)")
      .option("--fold", "kinds of your own (defineKind) as one box each, without what is in them")
      .action(this.#command(async (desk, [what = ""], flags) => (await import("./commands/visualize.ts")).visualize(desk, what, flags)));
    program
      .command("diff-plan <before> <after>")
      .description("in what two plans differ, and what that means for runs under way: each FILE#export, plan.json, or a run")
      .action(
        this.#command(async (desk, [before = "", after = ""]) => (await import("./commands/diff-plan.ts")).diffPlan(desk, before, after)),
      );
  }

  #addLooking(program: Command): void {
    program
      .command("list")
      .description("list runs, newest first")
      .option("--status <status>", "only those that are: running, interrupted, paused, parked, succeeded, failed, cancelled")
      .option("--pipeline <name>", "only runs of this pipeline, among the newest 10,000")
      .option("--parent <run>", "only runs that come of this one: started in its background, gone on as, forked, retried")
      .option("--limit <n>", "how many at most (default: 20)")
      .action(this.#command(async (desk, _args, flags) => (await import("./commands/list.ts")).list(desk, flags)));
    program
      .command("show <run>")
      .description("show one run: how it stands, what came of it, what it waits for")
      .option("--all", "input and result in full")
      .action(this.#command(async (desk, [run = ""], flags) => (await import("./commands/show.ts")).show(desk, run, flags)));
    program
      .command("query <run>")
      .description("how a run stands now, whoever runs it: where it is, what it waits for, its context, its cost")
      .action(this.#command(async (desk, [run = ""]) => (await import("./commands/query.ts")).query(desk, run)));
    program
      .command("trace <run>")
      .description("show every step, model call and tool call of a run, with tokens, cost and time")
      .addHelpText("after", TRACE_EXAMPLES)
      .action(this.#command(async (desk, [run = ""]) => (await import("./commands/trace.ts")).trace(desk, run)));
    program
      .command("doctor [file]")
      .description("look whether everything is there that runs need, and say what to do about what is not")
      .option("--ping", "ask every provider that is set up whether it answers and takes the key; costs nothing")
      .option("-m, --model <model>", "the model every agent of FILE would use")
      .addHelpText("after", DOCTOR_EXAMPLES)
      .action(this.#command(async (desk, [file], flags) => (await import("./commands/doctor.ts")).doctor(desk, file, flags)));
    program
      .command("version")
      .description("show the version")
      .action(this.#command(async (desk) => (await import("./commands/version.ts")).version(desk)));
  }

  /** An action of commander's: makes the desk, then lets the command, which loads only now, do its work. */
  #command(act: (desk: Desk, args: readonly string[], flags: object) => Promise<number>) {
    return async (...given: unknown[]): Promise<void> => {
      const command = given.at(-1) as Command;
      const flags = command.opts<object>();
      const { json = false, quiet = false, verbose = false, state } = command.optsWithGlobals<GlobalFlags>();
      const output = new Output({ isJson: json, isQuiet: quiet, isVerbose: verbose });
      if (command.name() !== "version") loadDotEnv(output);
      obeyEnvironment(); // before a program is loaded, which may do anything
      const desk: Desk = { output, state: state ?? null, busyWith: null, run: null };
      this.#desk = desk;
      this.#onDesk(desk);
      this.#exitCode = await act(desk, command.args, flags);
    };
  }
}

/** An option that may be given several times. */
function gather(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/** The help of the group that was named without one of its commands, or of everything. */
function help(program: Command, args: readonly string[]): number {
  const group = program.commands.find((command) => command.commands.length > 0 && args.includes(command.name()));
  (group ?? program).outputHelp();
  return 0;
}

/** What commander says of a wrong command line, as one of our errors; its "did you mean" comes along. */
function misused(error: CommanderError): FlujoError {
  const summary = error.message
    .replace(/^error: /, "")
    .replace(/\s*\n\s*/g, " ")
    .trim();
  return new FlujoError("usage_invalid", `${summary.charAt(0).toUpperCase()}${summary.slice(1)}${/[.?!)]$/.test(summary) ? "" : "."}`, {
    cause: error,
  });
}

const EXAMPLES = `
Examples:
  flujo run triage.ts --input @ticket.json     run the one pipeline of a file
  flujo run agents.ts#classify -i "Hello"      run one of several, with text
  flujo list                                   what ran here
  flujo trace 0199a4c2                         every step of one run; the beginning of an id is enough
  flujo doctor                                 what is set up, and what to do about what is not

Exit codes: 0 done, 1 the run failed, 2 usage or configuration, 3 waits: for an answer, a signal
or a moment, 4 invalid pipeline, input or changed plan, 5 limit, 130 interrupted.`;

const RUN_EXAMPLES = `
Examples:
  flujo run triage.ts --input '{"subject": "Charged twice", "body": "…"}'
  flujo run triage.ts --input @tickets.json --model offline:extract
  cat mail.txt | flujo run agents.ts#classify --input - --json
  flujo run triage.ts --input @ticket.json --dry-run
  flujo run agents.ts#helper -i "And the second one?" --thread customer-42

An agent takes text as it is, and an object as JSON; which of them, its input schema says.
Ctrl-C parks the run: "flujo resume RUN" goes on with it.`;

const TRACE_EXAMPLES = `
✔ done  ● under way  ⏸ waits for a person, a signal or a moment  ✖ failed  ↪ went on as another run
⊘ denied by a person, cancelled, or told to stop  ↻ tried again, and why
? had begun when its process ended; no outcome is on record
A cost that begins with "about" rests on tokens that were counted here.

Examples:
  flujo trace 0199a4c2
  flujo trace 0199a4c2 --json | jq '.models'`;

const DOCTOR_EXAMPLES = `
Looks at Node, the state, and how each provider is set up; with FILE also at the models and tool servers of its programs,
or of the one that FILE#export names. Changes nothing, shows no key, and asks nobody outside of this machine but the tool
servers of FILE, unless --ping says so.

Examples:
  flujo doctor
  flujo doctor --ping
  flujo doctor triage.ts --json

Exits with 2 where something that is needed is wrong.`;

const ANSWER_EXAMPLES = `
Examples:
  flujo answer 0199a4c2                        asks, field by field
  flujo answer 0199a4c2 --value '{"ok": true}'
  flujo answer 0199a4c2 --pause approve --value @answer.json
  flujo answer 0199a4c2 --approve              a tool call: it runs
  flujo answer 0199a4c2 --reject "too much"    it does not run; the model reads why
  flujo answer 0199a4c2 --edit '{"usd": 20, "to": "jane"}' --note "half of it"

At a terminal, with none of these, it shows the call and asks: approve, reject, or edit field by field.`;

const MCP_EXAMPLES = `
Examples:
  flujo mcp triage.ts                          for a client that starts it: { "command": "npx", "args": ["flujo", "mcp", "triage.ts"] }
  flujo mcp agents.ts --export classify --http 8080

Runs outlive their clients. Ctrl-C, or SIGTERM, parks what is still running.`;

const WORK_EXAMPLES = `
Works on the runs of all programs that the files export, or of the one that FILE#export names, until it is told to stop.
Several processes may work on one state. With --json it prints a line of JSON for each run that it takes up, and for each
that came to rest.

Examples:
  flujo work reminders.ts
  flujo work orders.ts#refund triage.ts --poll 5s
  flujo work reminders.ts --once               from a scheduler: takes up what is due, and ends

Ctrl-C, or SIGTERM, parks what is live.`;

const SIGNAL_EXAMPLES = `
The name is that of a wait for a signal, of a human step, or of a tool that needs approval. A run that is not going on
takes the signal when it is resumed, or by "flujo work". One that does not wait for it yet keeps it.

Examples:
  flujo signal 0199a4c2 approve --value '{"ok": true}'
  flujo signal 0199a4c2 sendMail --value '{"decision": "approve"}'`;
