/**
 * Closes a `switch` over a union: a new member of the union fails to compile where it is not handled.
 *
 * @throws {Error} When it is reached at run time all the same, because a value lied about its type.
 */
export function assertNever(value: never): never {
  throw new Error(`A case is missing for ${JSON.stringify(value)}.`);
}
