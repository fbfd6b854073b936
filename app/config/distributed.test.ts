/** The settings of the distributed profile: what it needs, what contradicts it, and secrets from files. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { configFrom } from './config.ts';
import { controlTargetFrom } from './control-target.ts';
import { ConfigFaults } from './read-settings.ts';
import { SECRET_SETTINGS } from './settings.ts';

const DISTRIBUTED = {
  TIDINGS_PROFILE: 'distributed',
  TIDINGS_EVENTSTORE_URLS: 'esdb://log.example.org',
  TIDINGS_MONGODB_URL: 'mongodb://tidings:hush@views.example.org/?replicaSet=rs0',
  TIDINGS_REDIS_URL: 'redis://one.example.org,redis://two.example.org',
  TIDINGS_FEED_CACHE_REDIS_URL: 'rediss://:hush@cache.example.org',
  TIDINGS_VAULT_KEY_FILE: '/run/secrets/vault-keys',
  TIDINGS_ADMIN_TOKEN: 'the-operator-of-a-test',
};

const faultsOf = (t: ExecutionContext, environment: Readonly<Record<string, string>>) =>
  t.throws(() => configFrom(environment), { instanceOf: ConfigFaults }).faults;

function fileWith(t: ExecutionContext, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'tidings-secrets-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'secret'), text);
  return join(folder, 'secret');
}

test('several addresses of a Redis are the nodes of a cluster', (t) => {
  const { servers } = configFrom(DISTRIBUTED);
  t.deepEqual(servers?.redis.urls, ['redis://one.example.org', 'redis://two.example.org']);
  t.is(servers?.mongodb.database, undefined);
});

test('the distributed profile names everything at once that it lacks, beside what is wrong', (t) => {
  const faults = faultsOf(t, { TIDINGS_PROFILE: 'distributed', TIDINGS_MONGODB_URL: 'http://hush@somewhere', TIDINGS_READ_PORT: 'x' });
  const named = faults.map((fault) => fault.slice(0, fault.indexOf(':')));
  t.deepEqual(named.toSorted(), [
    'TIDINGS_ADMIN_TOKEN',
    'TIDINGS_EVENTSTORE_URLS',
    'TIDINGS_FEED_CACHE_REDIS_URL',
    'TIDINGS_MONGODB_URL',
    'TIDINGS_READ_PORT',
    'TIDINGS_REDIS_URL',
    'TIDINGS_VAULT_KEY_FILE',
  ]);
  t.false(faults.join().includes('hush'));
});

test('the embedded profile takes no servers but those of the log', (t) => {
  const { TIDINGS_PROFILE: _, ...urls } = DISTRIBUTED;
  const faults = faultsOf(t, urls);
  t.is(faults.length, 4);
  t.false(faults.some((fault) => fault.startsWith('TIDINGS_EVENTSTORE_URLS')));
});

test('in the distributed profile the event store has a process of its own, which needs no servers', (t) => {
  t.is(faultsOf(t, { ...DISTRIBUTED, TIDINGS_ROLES: 'event-store,gateway' }).length, 1);
  t.deepEqual(configFrom({ TIDINGS_PROFILE: 'distributed', TIDINGS_ROLES: 'event-store' }).roles, ['event-store']);
});

test('the front has a process of its own, which needs nothing but what it is before', (t) => {
  const front = {
    TIDINGS_ROLES: 'front',
    TIDINGS_FRONT_WRITE_URL: 'http://write-api:8081',
    TIDINGS_FRONT_READ_URL: 'http://read-api:8082/',
    TIDINGS_FRONT_GATEWAY_URL: 'ws://gateway:8083',
  };
  const upstreams = { 'write-api': 'http://write-api:8081', 'read-api': 'http://read-api:8082', gateway: 'ws://gateway:8083' };
  for (const profile of ['embedded', 'distributed']) t.like(configFrom({ ...front, TIDINGS_PROFILE: profile }), { roles: [], frontUpstreams: upstreams });
  t.is(configFrom({}).frontUpstreams, undefined);
  const { TIDINGS_FRONT_READ_URL: _, ...withoutReads } = front;
  for (const [wrong, named] of [
    [withoutReads, 'TIDINGS_FRONT_READ_URL'],
    [{ ...front, TIDINGS_FRONT_GATEWAY_URL: 'http://gateway' }, 'TIDINGS_FRONT_GATEWAY_URL'],
    [{ ...front, TIDINGS_FRONT_PORT: 'off' }, 'TIDINGS_FRONT_PORT'],
    [{ ...front, TIDINGS_ROLES: 'front,read-api' }, 'TIDINGS_ROLES'],
    [{ TIDINGS_FRONT_WRITE_URL: front.TIDINGS_FRONT_WRITE_URL }, 'TIDINGS_FRONT_WRITE_URL'],
  ] as const) {
    const [fault, ...others] = faultsOf(t, wrong);
    t.deepEqual([fault?.split(':')[0], others.length], [named, 0]);
  }
});

test('workers are all of their roles, and each role counts once', (t) => {
  t.deepEqual(configFrom({ TIDINGS_ROLES: 'delivery,workers,gateway' }).roles, ['delivery', 'fan-out', 'planning', 'schedules', 'gateway']);
});

test('queues of deliveries need the role that consumes them', (t) => {
  t.regex(faultsOf(t, { TIDINGS_ROLES: 'planning', TIDINGS_DELIVERY_QUEUES: 'deliver-sms-*' }).join(), /expected the role delivery/);
  t.notThrows(() => configFrom({ TIDINGS_ROLES: 'workers', TIDINGS_DELIVERY_QUEUES: 'deliver-sms-*' }));
  t.is(faultsOf(t, { TIDINGS_DELIVERY_QUEUES: 'deliver sms' }).length, 1);
});

test('every secret may be the first line of a file', (t) => {
  const token = fileWith(t, 'the-operator-in-a-file\n');
  t.is(configFrom({ TIDINGS_ADMIN_TOKEN_FILE: token }).adminToken, 'the-operator-in-a-file');
  const { TIDINGS_MONGODB_URL: url, ...others } = DISTRIBUTED;
  t.is(configFrom({ ...others, TIDINGS_MONGODB_URL_FILE: fileWith(t, url) }).servers?.mongodb.url, url);
  for (const name of SECRET_SETTINGS)
    t.regex(faultsOf(t, { [`${name}_FILE`]: '/nowhere/at/all' }).join('\n'), new RegExp(`^${name}_FILE: .*there is none`, 'm'), name);
});

test('a secret and its file, an empty file and a file of what is no secret are faults', (t) => {
  const file = fileWith(t, '\nhush');
  t.regex(faultsOf(t, { TIDINGS_ADMIN_TOKEN: 'the-operator-of-a-test', TIDINGS_ADMIN_TOKEN_FILE: file }).join(), /got both/);
  t.regex(faultsOf(t, { TIDINGS_ADMIN_TOKEN_FILE: file }).join(), /empty/);
  t.deepEqual(faultsOf(t, { TIDINGS_REGION_FILE: file }), ['TIDINGS_REGION_FILE: there is no such setting']);
  const short = faultsOf(t, { TIDINGS_ADMIN_TOKEN_FILE: fileWith(t, 'hush') }).join();
  t.regex(short, /^TIDINGS_ADMIN_TOKEN: expected at least 16/);
  t.false(short.includes('hush'));
});

test('the command line needs the address of a process and the token, and none of the servers', (t) => {
  const url = 'http://127.0.0.1:8084';
  t.deepEqual(controlTargetFrom({ TIDINGS_PROFILE: 'distributed', TIDINGS_OPS_URL: url, TIDINGS_ADMIN_TOKEN: 'the-operator-of-a-test' }), {
    kind: 'process',
    url,
    token: 'the-operator-of-a-test',
  });
  const own = { TIDINGS_ADMIN_TOKEN: 'the-operator-of-a-test', TIDINGS_OPERATOR_TOKEN: 'tidings-operator_anns' };
  t.like(controlTargetFrom({ TIDINGS_OPS_URL: url, ...own }), { token: 'tidings-operator_anns' }, 'one’s own goes before the installation’s');
  t.throws(() => controlTargetFrom({ TIDINGS_OPS_URL: url }), { instanceOf: ConfigFaults, message: /^TIDINGS_OPERATOR_TOKEN/ });
  t.throws(() => controlTargetFrom({ TIDINGS_PROFILE: 'distributed' }), { instanceOf: ConfigFaults, message: /^TIDINGS_OPS_URL.*--url/ });
  t.is(controlTargetFrom({}).kind, 'folder');
});
