/** What a Redis says of itself, and what is refused for it; the servers of other versions are played, for a machine has one. */
import test from 'ava';
import { assertVersion } from './checks.ts';

const nodesOf = (...versions: readonly string[]) => ({
  everywhere: async () => versions.map((version) => `# Server\r\nredis_version:${version}\r\nos:Linux\r\n`),
});

test('a Redis of version 7 or later is taken', async (t) => {
  await t.notThrowsAsync(assertVersion(nodesOf('7.0.15', '10.2.0')));
});

test('a node of an older version is refused, and the version named', async (t) => {
  await t.throwsAsync(assertVersion(nodesOf('7.0.15', '6.2.14')), { message: 'This Redis is of version 6.2.14; it must be 7 or later.' });
});
