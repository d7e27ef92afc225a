import type { DependencyType, IRegularForbiddenRuleType } from 'dependency-cruiser';
import { HEAVY_PACKAGES, NAMELESS_FOLDERS, type Room, ROOMS } from './rooms.ts';

type Rule = IRegularForbiddenRuleType;

/** Tests stand beside the code and may look into every room. */
const TESTS = String.raw`\.test(-d)?\.ts$`;
const TYPES_ONLY: DependencyType[] = ['type-only', 'type-import'];

/** The beginning of a path in `src/`: a folder, or one file. */
const place = (name: string): string => (name.endsWith('.ts') ? `^src/${name.replace('.', String.raw`\.`)}$` : `^src/${name}/`);
const inside = (name: string) => ({ path: place(name), pathNot: TESTS });
const outside = (name: string) => ({ path: '^src/', pathNot: [TESTS, place(name)] });
const npmPackage = (pattern: string): string => `(^|/)node_modules/${pattern}/`;

function oneWay(name: string, room: Room): Rule {
  return {
    name: `${name}-imports-down`,
    comment: `src/${name} may import ${room.mayImport.join(', ') || 'nothing'} besides itself.`,
    severity: 'error',
    from: inside(name),
    to: { path: '^src/', pathNot: [name, ...room.mayImport].map(place) },
  };
}

function withoutNode(name: string): Rule {
  return {
    name: `${name}-without-node`,
    comment: `src/${name} only decides; what it needs of the world comes in as data.`,
    severity: 'error',
    from: inside(name),
    to: { dependencyTypes: ['core'] },
  };
}

function loadedLate([pattern, home]: readonly [string, string]): readonly Rule[] {
  const to = { path: npmPackage(pattern), dependencyTypesNot: TYPES_ONLY };
  const name = pattern.startsWith('@ai-sdk/') ? '@ai-sdk' : pattern;
  return [
    { name: `${name}-only-in-${home}`, comment: `Only src/${home} may load ${name}.`, severity: 'error', from: outside(home), to },
    {
      name: `${name}-loaded-late`,
      comment: `${name} is loaded by \`await import()\` when it is first needed.`,
      severity: 'error',
      from: inside(home),
      to: { ...to, dynamic: false },
    },
  ];
}

const wall = (name: string, comment: string, from: Rule['from'], to: Rule['to']): Rule =>
  ({ name, comment, severity: 'error', from, to });

const ONE_OFFS: readonly Rule[] = [
  wall('no-cycle', 'Two files that need each other are one idea in two places; imports of types count too.', { path: '^src/' }, { circular: true }),
  wall('room-unknown', 'A folder of src/ must have a line in scripts/walls/rooms.ts.', {}, { path: '^src/[^/]+/', pathNot: Object.keys(ROOMS).map(place) }),
  wall('room-nameless', 'A folder is called after what is in it.', { path: '^src/' }, { path: `/(${NAMELESS_FOLDERS.join('|')})/`, pathNot: 'node_modules' }),
  wall('not-found', 'An import leads nowhere.', {}, { couldNotResolve: true }),
  wall('cli-is-the-top', 'Nothing imports the command line.', outside('cli'), { path: '^src/cli/' }),
  wall('public-face', 'The public face re-exports what stands below it, never the command line or the test kit.', inside('index.ts'), { path: '^src/(cli|testing)/' }),
  wall('core-without-packages', 'src/core loads no package: not ai, not zod, none.', inside('core'), { path: npmPackage('.+') }),
  wall('zod-never', 'Any Standard Schema will do; zod is what our users may choose.', { path: '^src/', pathNot: TESTS }, { path: npmPackage('(zod|valibot|arktype)') }),
  wall(
    'core-takes-types-of-plan',
    'src/core reads plans as data and compiles none.',
    inside('core'),
    { path: '^src/plan/', dependencyTypesNot: TYPES_ONLY },
  ),
  wall(
    'handlers-through-execute',
    'A handler is entered through ExecutorCore.execute(frame) and no other way.',
    { path: '^src/', pathNot: [TESTS, String.raw`^src/core/executor-core\.ts$`] },
    { path: String.raw`^src/core/handlers/index\.ts$` },
  ),
  wall(
    'handlers-behind-their-table',
    'Only the table of handlers knows the handlers.',
    { path: '^src/', pathNot: [TESTS, String.raw`^src/core/handlers/index\.ts$`] },
    { path: '^src/core/handlers/', pathNot: String.raw`^src/core/handlers/index\.ts$` },
  ),
  wall(
    'context-made-by-the-runner',
    'Only the runner makes a PipelineContext.',
    outside('runner'),
    { path: String.raw`^src/runner/pipeline-context\.ts$` },
  ),
  wall('memory-knows-no-sqlite', 'Stores stand side by side behind the port.', inside('journal/memory'), { path: '^src/journal/sqlite/' }),
  wall('sqlite-knows-no-memory', 'Stores stand side by side behind the port.', inside('journal/sqlite'), { path: '^src/journal/memory/' }),
  wall('sqlite-is-loaded-late', 'A program that keeps its runs in memory loads no SQLite.', outside('journal/sqlite'), {
    path: '^src/journal/sqlite/',
    dynamic: false,
    dependencyTypesNot: TYPES_ONLY,
  }),
];

/** Every wall of the house. Each has a test that plants a forbidden import and sees this rule's name. */
export const RULES: readonly Rule[] = [
  ...Object.entries(ROOMS).map(([name, room]) => oneWay(name, room)),
  ...Object.entries(ROOMS).filter(([, room]) => !room.mayUseNode).map(([name]) => withoutNode(name)),
  ...Object.entries(HEAVY_PACKAGES).flatMap(loadedLate),
  ...ONE_OFFS,
];
