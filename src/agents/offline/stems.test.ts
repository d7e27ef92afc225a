import { expect, test } from "vitest";
import { root, stem } from "./stems.ts";

test.each([
  ["paint", "paints", "painted", "painting"],
  ["carry", "carries", "carried"],
  ["stop", "stops", "stopped", "stopping"],
  ["agree", "agreed"],
  ["take", "took", "taken"],
  ["box", "boxes"],
])("the forms of %s share a stem", (...forms) => {
  expect(new Set(forms.map(stem)).size).toBe(1);
});

test.each([
  ["bake", "baker", "bakery"],
  ["decide", "decision"],
  ["describe", "description"],
  ["govern", "government"],
  ["travel", "traveller"],
  ["dark", "darkness"],
  ["carry", "carrier"],
])("what is derived from %s shares its root", (...forms) => {
  expect(new Set(forms.map(root)).size).toBe(1);
});

test.each([
  ["general", "generous"],
  ["paint", "paper"],
  ["house", "hour"],
])("%s and %s stay apart", (a, b) => {
  expect(stem(a)).not.toBe(stem(b));
});
