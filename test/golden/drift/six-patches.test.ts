import { describe as group, expect, test } from "vitest";
import { compareGoldens } from "../../../src/golden/drift/compare.ts";
import { findCauses } from "../../../src/golden/drift/causes.ts";
import { causeToJson, describe } from "../../../src/golden/drift/describe.ts";
import { plainText } from "../../../src/golden/drift/description.ts";
import type { Patched } from "./support/triage.ts";
import { triage } from "./support/triage.ts";

const file = "goldens/triage/billing.golden.yaml";

const REWORDED =
  "Classify this support ticket. Billing is everything about money or contracts. A bug is something that does not work. " +
  "Everything else is other. If you are not sure, say other.";

const PATCHES: readonly (readonly [name: string, patched: Patched, of: string])[] = [
  ["a re-worded prompt", { instructions: REWORDED }, "request"],
  ["changed tool arguments", { roundsRefund: true, needsNobody: true }, "request"],
  ["two steps swapped", { signsFirst: true }, "order"],
  ["a lost context write", { forgetsOrder: true }, "context"],
  ["an extra model call with the same output", { hasReview: true, isAnswered: true }, "added"],
  ["an extra model call that has no recorded answer", { hasReview: true }, "added"],
  ["a removed approval", { needsNobody: true }, "missing"],
];

group("one patch of a pipeline is one cause, of its class, in words", () => {
  test.each(PATCHES)("%s", async (_name, patched, of) => {
    const recorded = triage(patched.roundsRefund === true ? { needsNobody: true } : {});
    const drifts = compareGoldens(recorded, triage(patched));
    const causes = findCauses(drifts);
    expect(causes.map(({ head }) => head.class)).toEqual([of]);
    const [cause] = causes;
    if (cause === undefined) throw new Error("There is no cause.");
    expect(plainText(await describe(cause, { file }))).toMatchSnapshot();
  });

  test("arguments that a schema changes behind an approval are one cause too", async () => {
    const [cause, ...others] = findCauses(compareGoldens(triage(), triage({ roundsRefund: true })));
    expect(others).toEqual([]);
    expect(cause?.head).toMatchObject({ class: "request", path: "triage/area/billing/refund/turn[0]/tool[0]/?arguments" });
    expect(cause?.follows.map(({ kind, about }) => `${kind} ${about}`)).toEqual(["human show", "tool input"]);
  });

  test("two patches that have nothing to do with each other are two causes", () => {
    const now = triage({ instructions: REWORDED, needsNobody: true });
    expect(findCauses(compareGoldens(triage(), now)).map(({ head }) => head.class)).toEqual(["request", "missing"]);
  });

  test("for programs there is the same as JSON", async () => {
    const [cause] = findCauses(compareGoldens(triage(), triage({ forgetsOrder: true })));
    if (cause === undefined) throw new Error("There is no cause.");
    const json = causeToJson(cause, await describe(cause));
    expect(JSON.parse(JSON.stringify(json))).toEqual(json);
    expect(json).toMatchSnapshot();
  });
});
