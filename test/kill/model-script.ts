import type { ModelServerScript } from "../../src/testing/index.ts";

/** Answers by what was asked alone, so that the same question always gets the same answer, in whatever process it is asked. */
export const journeyScript: ModelServerScript = ({ tools, turn, lastUserText }) => {
  if (tools.includes("reserve")) {
    if (turn === 0)
      return {
        calls: [
          { tool: "search", input: { name: "bolt" } },
          { tool: "search", input: { name: "gear" } },
        ],
        usage: { inputTokens: 40, outputTokens: 10 },
      };
    if (turn === 1)
      return {
        calls: [
          { tool: "reserve", input: { name: "bolt" } },
          { tool: "reserve", input: { name: "gear" } },
          { tool: "reserve", input: { name: "nut" } },
        ],
      };
    if (turn === 2) return { json: { parts: "bolt, gear" }, usage: { inputTokens: 90, outputTokens: 7 } }; // not a list: it is told so
    return { json: { parts: ["bolt", "gear", "nut"], urgent: true }, usage: { inputTokens: 110, outputTokens: 9 } };
  }
  return { json: { grade: lastUserText.length }, usage: { inputTokens: 5, outputTokens: 1 } };
};

/** Three calls in one turn, then a text. */
export const threeToolsScript: ModelServerScript = ({ turn }) =>
  turn === 0 ? { calls: ["t1", "t2", "t3"].map((tool) => ({ tool, input: {} })) } : "all three are done";

/** The clerk of the program with all kinds: a tool that fails, one that needs approval, then the answer. */
export const clerkScript: ModelServerScript = ({ turn }) => {
  if (turn === 0) return { calls: [{ tool: "lookUp", input: { name: "gear" } }], usage: { inputTokens: 30, outputTokens: 5 } };
  if (turn === 1) return { calls: [{ tool: "file", input: { name: "gear" } }], usage: { inputTokens: 60, outputTokens: 5 } };
  return { json: { title: "a gear" }, usage: { inputTokens: 80, outputTokens: 3 } };
};
