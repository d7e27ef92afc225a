import { z } from "zod";
import { agent, asTool, pipeline, tool } from "../../../src/index.ts";
import { scriptedModel } from "../../../src/testing/index.ts";
import type { Call, Piece } from "./pieces.ts";
import { either, inner, text, work } from "./pieces.ts";

/** The code of agents and their tools. */
export const AGENT_PIECES: readonly Piece[] = [
  {
    what: "the instructions of an agent",
    make: (version, call) =>
      inner().step(
        agent({
          name: "x",
          model: model(call),
          instructions: either(
            version,
            () => call("instructions", "Answer."),
            () => (call("instructions", 0), "Answer."),
          ),
          tools: [note(call)],
        }),
      ),
    at: "x:instructions",
    says: "the code of its instructions changed",
    calls: ["instructions", "model", "tool", "model"],
    again: ["instructions", "model", "tool", "model"],
  },
  {
    what: "a tool of an agent",
    make: (version, call) =>
      inner().step(agent({ name: "x", model: model(call), instructions: "Answer.", tools: [note(call, String(version))] })),
    at: "x:note",
    says: "the code of the tool changed",
    calls: ["model", "tool", "model"],
    again: ["tool", "model"],
  },
  {
    what: "what says whether a tool call needs approval",
    make: (version, call) =>
      inner().step(
        agent({
          name: "x",
          model: model(call),
          instructions: "Answer.",
          tools: [
            note(
              call,
              "1",
              either(
                version,
                () => call("approval", false),
                () => (call("approval", 0), false),
              ),
            ),
          ],
        }),
      ),
    at: "x:note:approval",
    says: "the code of what says whether it needs approval changed",
    calls: ["model", "approval", "tool", "model"],
    again: ["approval", "tool", "model"],
  },
  {
    what: "the schema of an agent's output",
    make: (version, call) =>
      inner()
        .step(
          agent({
            name: "x",
            model: json(call),
            instructions: "Answer.",
            output: version === 1 ? z.object({ a: text }) : z.object({ a: text, b: text.optional() }),
          }),
        )
        .step("take", ({ a }: { readonly a: string }) => a),
    at: "x",
    says: "the schema of its output changed",
    calls: ["model"],
    again: ["model"],
  },
  {
    what: "a step in a pipeline that an agent calls as a tool",
    make: (version, call) => {
      const part = asTool(
        pipeline({ name: "note", input: z.object({ what: text }) })
          .step("take", ({ what }) => what)
          .step(work("s", call, String(version))),
        { description: "Notes it." },
      );
      return inner().step(agent({ name: "x", model: model(call), instructions: "Answer.", tools: [part] }));
    },
    at: "x/turn[]/tool[]/note/s",
    says: "the code of its function changed",
    calls: ["model", "s", "model"],
    again: ["s", "model"],
  },
];

function model(call: Call) {
  return scriptedModel(({ turn }) => call("model", turn === 0 ? { calls: [{ tool: "note", input: { what: "this" } }] } : "done"));
}

function json(call: Call) {
  return scriptedModel(() => call("model", { json: { a: "yes" } }));
}

function note(call: Call, version = "1", needsApproval: boolean | (() => boolean) = false) {
  return tool({
    name: "note",
    description: "Notes it.",
    version,
    input: z.object({ what: text }),
    needsApproval,
    run: ({ what }: { readonly what: string }) => call("tool", what),
  });
}
