/** Freezes plain data all the way down, and gives it back. What is frozen already is not looked into again. */
export function deepFreeze<T>(value: T): T {
  const open: unknown[] = [value];
  for (let next = open.pop(); next !== undefined || open.length > 0; next = open.pop()) {
    if (typeof next !== "object" || next === null || Object.isFrozen(next) || ArrayBuffer.isView(next)) continue;
    Object.freeze(next);
    for (const inner of Object.values(next)) open.push(inner); // one by one: a list may be longer than a call may have arguments
  }
  return value;
}
