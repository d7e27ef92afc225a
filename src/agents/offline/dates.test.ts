import { describe, expect, test } from "vitest";
import { datesIn, timesIn } from "./dates.ts";

describe("days", () => {
  test.each([
    ["2026-03-04", "2026-03-04"],
    ["2026/3/4", "2026-03-04"],
    ["4 March 2026", "2026-03-04"],
    ["4th of Mar. 2026", "2026-03-04"],
    ["March 4th, 2026", "2026-03-04"],
    ["4.3.2026", "2026-03-04"],
    ["23/02/26", "2026-02-23"],
    ["02/23/2026", "2026-02-23"],
    ["$5 on 02/03/2026", "2026-02-03"],
    ["€5 on 02/03/2026", "2026-03-02"],
    ["March 2026", "2026-03"],
  ])("%s is %s", (text, iso) => {
    expect(datesIn(text).map((day) => day.iso)).toEqual([iso]);
  });

  test.each(["31 February 2026", "version 3.2", "10:30", "2026", "13/13/2026"])("%s is no day", (text) => {
    expect(datesIn(text)).toEqual([]);
  });

  test("a day without a year takes it from the text, and one named by its distance counts from the day of writing", () => {
    const days = datesIn(
      "Date: 4 March 2026 (Wednesday). Born 1 May 1990. Due on Friday, at the latest 12 March; else tomorrow or within 10 days.",
    );
    expect(days.map((day) => day.iso)).toEqual(["2026-03-04", "1990-05-01", "2026-03-06", "2026-03-12", "2026-03-05", "2026-03-14"]);
  });
});

test.each([
  ["14:30", "14:30:00"],
  ["2:30 pm", "14:30:00"],
  ["12 am", "00:00:00"],
  ["noon", "12:00:00"],
  ["9-11", undefined],
  ["25:00", undefined],
])("the time %s is %s", (text, iso) => {
  expect(timesIn(text)[0]?.iso).toBe(iso);
});
