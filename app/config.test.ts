import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import test from 'ava';
import { ConfigFaults, configFrom, ROLES } from './config.ts';

test('with nothing set everything runs in one process, on the ports of the documentation', (t) => {
  const config = configFrom({});
  t.is(config.profile, 'embedded');
  t.deepEqual(
    config.roles,
    ROLES.filter((role) => role !== 'event-store'),
  );
  t.deepEqual(config.ports, { write: 8081, read: 8082, gateway: 8083, ops: 8084, eventStore: 2113 });
});

test('every fault is named at once, with what was expected and what was there', (t) => {
  const error = t.throws(
    () => configFrom({ TIDINGS_WRITE_PORT: 'eighty', TIDINGS_ROLES: 'gateway,kitchen', TIDINGS_COLOUR: 'red', TIDINGS_ADMIN_TOKEN: 'short' }),
    {
      instanceOf: ConfigFaults,
    },
  );
  t.is(error.faults.length, 4);
  t.true(error.faults.some((fault) => fault.startsWith('TIDINGS_COLOUR: there is no such setting')));
  t.true(error.faults.some((fault) => fault.includes('TIDINGS_WRITE_PORT: expected a port number from 0 to 65535, got "eighty"')));
  t.true(error.faults.some((fault) => fault.includes('TIDINGS_ROLES: expected some of write-api')));
});

test('what others set in the environment is none of our business, and an empty setting is none', (t) => {
  t.notThrows(() => configFrom({ PATH: '/bin', TIDINGS_TEST_REDIS_URL: 'redis://somewhere', TIDINGS_WRITE_PORT: '' }));
});

test('a process with faults in its configuration says all of them and ends with 2', (t) => {
  const { status, stderr } = spawnSync(process.execPath, ['app/main.ts'], {
    cwd: resolve(import.meta.dirname, '..'),
    env: { ...process.env, TIDINGS_WRITE_PORT: 'eighty', TIDINGS_COLOUR: 'red' },
    encoding: 'utf8',
  });
  t.is(status, 2);
  t.true(stderr.includes('TIDINGS_WRITE_PORT') && stderr.includes('TIDINGS_COLOUR'), stderr);
});

test('a fault in a setting that is a secret, or has one in it, does not repeat it', (t) => {
  const error = t.throws(() => configFrom({ TIDINGS_ADMIN_TOKEN: 'hush', TIDINGS_EVENTSTORE_URLS: 'http://admin:hush@somewhere' }), {
    instanceOf: ConfigFaults,
  });
  t.is(error.faults.length, 2);
  t.false(error.message.includes('hush'), error.message);
});

for (const [name, value] of [
  ['TIDINGS_READ_PORT', '0x10'],
  ['TIDINGS_READ_PORT', '1e3'],
  ['TIDINGS_STOP_DEADLINE_SECONDS', '2147484'], // longer than a timer can be set for, which would be over at once
  ['TIDINGS_CHAT_PUSH_AFTER_MS', '0'],
  ['TIDINGS_CHAT_PUSH_AFTER_MS', '600001'], // longer than a job may be delayed
  ['TIDINGS_GATEWAY_URL', 'http://chat.example.org'],
] as const) {
  test(`${name} can't be ${value}`, (t) => {
    const error = t.throws(() => configFrom({ [name]: value }), { instanceOf: ConfigFaults });
    t.is(error.faults.length, 1);
  });
}
