import { agenticLoop, step } from "../../../src/dsl/index.ts";

const planner = step("planner", () => "search");
const search = step("search", (text: string) => text);

export const wrong = agenticLoop({
  name: "loop",
  planner,
  agents: { search: { program: search, description: "Searches." } },
  maxCommands: 3,
});
