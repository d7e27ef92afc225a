declare const brand: unique symbol;
type Branded<T, Name extends string> = T & { readonly [brand]: Name };

/** A node's place in the plan: `triage/branch/billing`. Unique in the plan; the key of its bindings. */
export type NodePath = Branded<string, "NodePath">;

/** A node's place in one run: `triage/tickets[3]/classify#2`. An attempt and an index are in it; the key of its entries. */
export type InstancePath = Branded<string, "InstancePath">;

/** The path of the plan's root node. */
export function rootNodePath(segment: string): NodePath {
  return segment as NodePath;
}

/** The path of a node below another. */
export function childNodePath(parent: NodePath, segment: string): NodePath {
  return `${parent}/${segment}` as NodePath;
}

/** The path of what a map runs for every item: `triage/tickets[]`. At run time the brackets hold the index. */
export function eachNodePath(map: NodePath): NodePath {
  return `${map}[]` as NodePath;
}

/** The instance path a run begins at. */
export function rootPath(segment: string): InstancePath {
  return segment as InstancePath;
}

/** The instance path one level below: `parent/segment`. */
export function childPath(parent: InstancePath, segment: string): InstancePath {
  return `${parent}/${segment}` as InstancePath;
}

/** The instance path of one item of a map: `path[index]`. */
export function itemPath(path: InstancePath, index: number): InstancePath {
  return (path + `[${index}]`) as InstancePath; // in two pieces, not four: a path is kept as long as its entry
}

/** The instance path of one attempt: the first is the path itself, the second `path#2`. */
export function attemptPath(path: InstancePath, attempt: number): InstancePath {
  return attempt === 1 ? path : (`${path}#${attempt}` as InstancePath);
}

/** An instance path that comes from outside (a store, a command line); any text is taken, no entry has to be there. */
export function parseInstancePath(text: string): InstancePath {
  return text as InstancePath;
}

/** The path without its last attempt, which is what stays the same over retries. */
export function withoutAttempt(path: InstancePath): string {
  return path.replace(/#\d+$/, "");
}

/** The path without any attempt, which is what stays the same however often it, or what is around it, is tried. */
export function withoutAttempts(path: InstancePath): string {
  return path.includes("#") ? path.replace(/#\d+/g, "") : path;
}

/** The key of a node's decision: `path/?key`. No node can be called that. */
export function decisionPath(path: InstancePath, about: string): InstancePath {
  return (path + `/?${about}`) as InstancePath;
}

/** Whether a name may be a segment of a path: no `/ [ ] # ?`, no white space at its ends, no control characters, no half characters (a store makes others of them), 1 to 100 characters. */
export function isSegment(name: string): boolean {
  return name.isWellFormed() && name.length <= 100 && name === name.trim() && /^[^/[\]#?\p{Cc}]+$/u.test(name);
}

/** The node an instance path is an instance of: indices and attempts left out. */
export function nodePathOf(path: InstancePath): NodePath {
  return path.replace(/\[\d+\]/g, "[]").replace(/#\d+/g, "") as NodePath;
}
