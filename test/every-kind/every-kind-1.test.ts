import { testAround, testCoverage } from "./support/matrix.ts";
import { compositeKinds } from "./support/tree.ts";

// One half of the matrix; the other is beside it, so that two processes share the work.

const outers = compositeKinds.filter((_, index) => index % 2 === 0);
const coverage = new Map<string, number>();

testAround(outers, coverage);
testCoverage(outers, coverage);
