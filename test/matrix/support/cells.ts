import { describe, expect, test } from "vitest";
import { PROVIDERS, type Provider, SCENARIOS, type Scenario } from "../wire/answers.ts";

/** One cell of the matrix: a provider and a scenario, under the fault of the file that asks. */
export interface Cell {
  readonly provider: Provider;
  readonly scenario: Scenario;
}

const TITLES: Readonly<Record<Scenario, string>> = {
  text: "text",
  structured: "structured",
  tools: "tools",
  parallel: "parallel tools",
  reasoning: "reasoning",
  stream: "stream",
};

/** The 24 cells of one fault. */
const CELLS: readonly Cell[] = PROVIDERS.flatMap((provider) => SCENARIOS.map((scenario) => ({ provider, scenario })));

/** One test for each of the 24 cells of a fault. */
export function testCells(fault: string, check: (cell: Cell) => Promise<void>): void {
  describe("the matrix", () => {
    test(`has 24 cells x ${fault}`, () => expect(CELLS).toHaveLength(24));
    for (const cell of CELLS) test(`${cell.provider} x ${TITLES[cell.scenario]} x ${fault}`, { timeout: 60_000 }, () => check(cell));
  });
}
