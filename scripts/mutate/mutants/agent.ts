import type { Mutant } from "../mutant.ts";

const file = "src/core/handlers/agent.ts";

export const AGENT: readonly Mutant[] = [
  {
    id: "agent-drops-the-writes",
    file,
    find: "conversation.tally.succeeded(output, conversation.writes)",
    replace: "conversation.tally.succeeded(output)",
    says: "what its programs wrote is lost",
    prefixes: ["AGENT"],
  },
  {
    id: "agent-goes-on-after-a-fatal-tool",
    file,
    find: "      if (stopped !== null) return tally.failed(stopped);\n",
    replace: "      void stopped;\n",
    says: "the failure of a tool with onError: fail does not end it",
    prefixes: ["AGENT"],
  },
  {
    id: "agent-turns-the-answers",
    file,
    find: "conversation.answer(known.map(({ answer }) => answer));",
    replace: "conversation.answer(known.map(({ answer }) => answer).toReversed());",
    says: "results go back last first",
    prefixes: ["AGENT"],
  },
  {
    id: "agent-forgets-what-was-said",
    file,
    find: "    conversation.said(key, asked.value);\n",
    replace: "",
    says: "the model is not told what it said itself",
    prefixes: ["AGENT"],
  },
  {
    id: "agent-keeps-the-tool-choice",
    file,
    find: 'number === 0 || node.toolChoice === "none"',
    replace: "number >= 0",
    says: "a tool that must be called must be called in every turn",
    prefixes: ["AGENT"],
  },
  {
    id: "agent-takes-any-ending",
    file,
    find: '      if (node.endings[output.ending] === "fail") return tally.failed(endedBadly(key, output));\n',
    replace: "",
    says: "an ending that is to fail it is told to the model",
    prefixes: ["AGENT"],
  },
  {
    id: "agent-hides-the-notes",
    file,
    find: '  if (notes.length > 0) conversation.tell(notes.join("\\n"));\n',
    replace: "",
    says: "the model is not told that a person changed its arguments",
    prefixes: ["AGENT"],
  },
  {
    id: "agent-keeps-nothing",
    file,
    find: "const kept = yield* remember(conversation);",
    replace: "const kept = { ok: true, failure: null };",
    says: "what was said is not kept in the thread",
    prefixes: ["AGENT"],
  },
];
