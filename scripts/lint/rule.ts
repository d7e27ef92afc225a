/** The fields of a syntax node that our rules read; which of them a node has depends on its type. */
export interface SyntaxNode {
  readonly type: string;
  readonly parent: SyntaxNode | null;
  readonly name?: string;
  readonly value?: unknown;
  readonly key?: SyntaxNode;
  readonly object?: SyntaxNode;
  readonly property?: SyntaxNode;
  readonly computed?: boolean;
  readonly callee?: SyntaxNode;
  readonly arguments?: readonly SyntaxNode[];
  readonly source?: SyntaxNode;
  readonly specifiers?: readonly SyntaxNode[];
  readonly imported?: SyntaxNode;
}

/** A rule as oxlint loads it: oxlint exports no types for what its plugins get. */
export interface Rule {
  create(context: { report(finding: { node: SyntaxNode; message: string }): void }): Readonly<Record<string, (node: SyntaxNode) => void>>;
}
