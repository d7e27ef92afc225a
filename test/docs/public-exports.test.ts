import { expect, test } from "vitest";
import { publicExports } from "../../scripts/docs/public-exports.ts";

const exported = publicExports();

test("the package exports what it is known for", () => {
  const names = exported.map(({ from, name }) => `${from} ${name}`);
  expect(names).toEqual(
    expect.arrayContaining(["flujo Flujo", "flujo agent", "flujo pipeline", "flujo step", "flujo/testing journalStoreContract"]),
  );
});

test("every public name has a comment that says what it is", () => {
  const silent = exported.filter(({ isDocumented }) => !isDocumented).map(({ from, name, file }) => `${from}: ${name} (${file})`);
  expect(silent).toEqual([]);
});

test("every method of a public class has one too", () => {
  const silent = exported.flatMap(({ name, undocumentedMethods }) => undocumentedMethods.map((method) => `${name}.${method}`));
  expect(silent).toEqual([]);
});
