import type { Mutant } from "../mutant.ts";

const file = "src/core/agent/processors.ts";

export const PROCESSOR: readonly Mutant[] = [
  {
    id: "processor-of-the-prompt-is-not-asked",
    file,
    find: "if (processors === undefined) return { ok: true, value: { instructions, prompt: null } };",
    replace: "if (processors !== null) return { ok: true, value: { instructions, prompt: null } };",
    says: "prompt processors are not asked",
    prefixes: ["PROC"],
  },
  {
    id: "processor-of-the-output-is-not-asked",
    file,
    find: "if (processors === undefined) return { ok: true, value: output };",
    replace: "if (processors !== null) return { ok: true, value: output };",
    says: "output processors are not asked",
    prefixes: ["PROC"],
  },
  {
    id: "processor-is-asked-of-nothing",
    file,
    find: "if (processors === undefined) return { ok: true, value: output };",
    replace: "",
    says: "agents without output processors ask for what they make",
    prefixes: ["PROC"],
  },
  {
    id: "processor-of-the-prompt-reaches-no-model",
    file: "src/core/agent/ask-model.ts",
    find: "      ...(prompt === null ? {} : { prompt }),\n",
    replace: "",
    says: "the model is told the input as it was",
    prefixes: ["PROC"],
  },
  {
    id: "processor-of-the-prompt-is-unknown-to-the-thread",
    file: "src/core/agent/begin.ts",
    find: "prompt === null ? { input: frame.input } : { input: frame.input, prompt }",
    replace: "prompt === null ? { input: frame.input } : { input: frame.input }",
    says: "the thread keeps the input as it was",
    prefixes: ["PROC"],
  },
  {
    id: "processor-fails-after-it-is-remembered",
    file: "src/core/handlers/agent.ts",
    find: "  if (!processed.ok) return conversation.tally.failed(processed.failure);\n",
    replace: "  if (!processed.ok) {\n    yield* remember(conversation);\n    return conversation.tally.failed(processed.failure);\n  }\n",
    says: "what an agent said that failed stays in the thread",
    prefixes: ["PROC"],
  },
];
