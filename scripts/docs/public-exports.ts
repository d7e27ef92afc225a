import { fileURLToPath } from "node:url";
import ts from "typescript";
import type { CodeBlock } from "./code-blocks.ts";
import { codeBlocksOf } from "./code-blocks.ts";

/** A name that a user of the package can import. */
export interface PublicExport {
  readonly name: string;
  /** The entry point: `flujo`, `flujo/recipes`, `flujo/testing` or `flujo/web`. */
  readonly from: string;
  /** Where it is declared: `src/dsl/agent.ts`. */
  readonly file: string;
  readonly isDocumented: boolean;
  /** If it is a class: its public methods that have no comment of their own. */
  readonly undocumentedMethods: readonly string[];
  /** The code in its comments, those of its members included. */
  readonly blocks: readonly CodeBlock[];
}

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const ENTRIES = {
  flujo: "src/index.ts",
  "flujo/recipes": "src/recipes/index.ts",
  "flujo/testing": "src/testing/index.ts",
  "flujo/web": "src/web/index.ts",
} as const;

/** The options of the repository's own tsconfig. */
export function compilerOptions(): ts.CompilerOptions {
  const read: { readonly config?: unknown; readonly error?: ts.Diagnostic } = ts.readConfigFile(`${ROOT}tsconfig.base.json`, (path) =>
    ts.sys.readFile(path),
  );
  if (read.error !== undefined) throw new Error(ts.flattenDiagnosticMessageText(read.error.messageText, "\n"));
  return { ...ts.parseJsonConfigFileContent(read.config, ts.sys, ROOT).options, noEmit: true };
}

/** Everything that the package exports. */
export function publicExports(): readonly PublicExport[] {
  const program = ts.createProgram(
    Object.values(ENTRIES).map((file) => ROOT + file),
    compilerOptions(),
  );
  const checker = program.getTypeChecker();
  return Object.entries(ENTRIES).flatMap(([from, file]) => {
    const source = program.getSourceFile(ROOT + file);
    const module = source === undefined ? undefined : checker.getSymbolAtLocation(source);
    if (module === undefined) throw new Error(`${file} exports nothing.`);
    return checker.getExportsOfModule(module).map((symbol) => describe(symbol, from, checker));
  });
}

function describe(exported: ts.Symbol, from: string, checker: ts.TypeChecker): PublicExport {
  const symbol = (exported.flags & ts.SymbolFlags.Alias) === 0 ? exported : checker.getAliasedSymbol(exported);
  const declarations = symbol.declarations ?? [];
  const [first] = declarations;
  return {
    name: exported.name,
    from,
    file: first === undefined ? "" : fileOf(first.getSourceFile()),
    isDocumented: symbol.getDocumentationComment(checker).length > 0,
    undocumentedMethods: declarations.filter(ts.isClassDeclaration).flatMap((declaration) => undocumentedMethodsOf(declaration, checker)),
    blocks: declarations.flatMap((declaration) => [...commentsIn(declaration)].flatMap(blocksOf)),
  };
}

/** A method that an interface describes needs no words of its own. */
function undocumentedMethodsOf(declaration: ts.ClassDeclaration, checker: ts.TypeChecker): readonly string[] {
  return declaration.members.flatMap((member) => {
    if (!ts.isMethodDeclaration(member) || !ts.isIdentifier(member.name)) return [];
    const isDocumented = (checker.getSymbolAtLocation(member.name)?.getDocumentationComment(checker) ?? []).length > 0;
    const isHidden = (ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Private) !== 0;
    return isDocumented || isHidden ? [] : [member.name.text];
  });
}

/** The comments of a declaration and of everything in it, each once. */
function commentsIn(declaration: ts.Node): ReadonlySet<ts.JSDoc> {
  const found = new Set<ts.JSDoc>();
  const visit = (node: ts.Node): void => {
    for (const comment of ts.getJSDocCommentsAndTags(node)) if (ts.isJSDoc(comment)) found.add(comment);
    ts.forEachChild(node, visit);
  };
  visit(declaration);
  return found;
}

/** By the comment's own letters: the compiler's reading of it would lose what looks like a tag. */
function blocksOf(comment: ts.JSDoc): readonly CodeBlock[] {
  const source = comment.getSourceFile();
  const text = source.text.slice(comment.pos, comment.end).replace(/^[ \t]*(?:\/\*\*|\*\/|\*) ?/gm, "");
  return codeBlocksOf(text, { file: fileOf(source), line: source.getLineAndCharacterOfPosition(comment.pos).line + 1 });
}

function fileOf(source: ts.SourceFile): string {
  return source.fileName.slice(ROOT.length);
}
