/**
 * A child process that inherits an output of its test keeps it open. Where the test is given up before it ends the child, whoever reads
 * the output of the tests through a pipe then waits for as long as the child lives: for ever, if it is a server.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';

const ROOT = join(import.meta.dirname, '..');
const INHERITS = /std(?:io|out|err): [^\n]*'inherit'/;

test('no child process of a test inherits its outputs', (t) => {
  const files = globSync(['**/*.test.ts', '**/{test-fixture,contract}.ts', 'tests/**/*.ts'], { cwd: ROOT, exclude: (name) => name === 'node_modules' });
  t.true(files.length > 100);
  t.deepEqual(
    files.filter((file) => INHERITS.test(readFileSync(join(ROOT, file), 'utf8'))),
    [],
  );
});
