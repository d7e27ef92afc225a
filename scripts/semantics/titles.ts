import ts from "typescript";

/** Tests that never run, or need not pass, prove nothing. */
const PROVES_NOTHING = new Set(["skip", "todo", "fails", "skipIf", "runIf"]);

/**
 * The titles of the tests in a source text: the first argument of each call of `it` or `test`, with whatever hangs on it
 * (`test.each(rows)("…")`, `test.concurrent("…")`). Of a template the text before its first value counts. What is skipped, and
 * what stands in a comment or a text, is no test.
 */
export function titlesIn(source: string): readonly string[] {
  const titles: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && isTestCall(node.expression)) titles.push(...titleOf(node.arguments[0]));
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile("test.ts", source, ts.ScriptTarget.Latest));
  return titles;
}

function isTestCall(callee: ts.Expression): boolean {
  if (ts.isIdentifier(callee)) return callee.text === "it" || callee.text === "test";
  if (ts.isCallExpression(callee) || ts.isTaggedTemplateExpression(callee))
    return isTestCall(ts.isCallExpression(callee) ? callee.expression : callee.tag);
  return ts.isPropertyAccessExpression(callee) && !PROVES_NOTHING.has(callee.name.text) && isTestCall(callee.expression);
}

function titleOf(argument: ts.Expression | undefined): readonly string[] {
  if (argument === undefined) return [];
  if (ts.isStringLiteralLike(argument)) return [argument.text];
  return ts.isTemplateExpression(argument) ? [argument.head.text] : [];
}
