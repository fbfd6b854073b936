/** docker-compose.yml: what docker-compose makes of it, and what Tidings makes of the settings and secrets in it. */
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { configFrom } from '../../app/config/config.ts';
import { ROLES } from '../../app/config/settings.ts';
import { parseSealingKeys } from '../../ports/vault/sealing-keys.ts';
import { testWith } from '../servers/availability.ts';
import { freePort } from '../servers/free-port.ts';
import { ask } from '../servers/redis.ts';
import { startServerProcess } from '../servers/server-process.ts';
import { temporaryFolder } from '../start-for-test.ts';
import { documentsIn, makeSecrets, run, textOf } from './deployment.ts';

type Container = {
  readonly image: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly secrets?: readonly { readonly source: string }[];
  readonly networks: Readonly<Record<string, { readonly aliases?: readonly string[]; readonly ipv4_address?: string } | null>>;
  readonly depends_on?: Readonly<Record<string, unknown>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly restart?: string;
  readonly mem_limit?: string;
  readonly stop_grace_period?: string;
  readonly read_only?: boolean;
  readonly entrypoint?: readonly string[];
};
type Composition = { readonly services: Readonly<Record<string, Container>>; readonly secrets: Readonly<Record<string, { readonly file: string }>> };

/** As docker-compose understands it, with everything that is merged in. */
let composed: Composition | undefined;
const composition = (): Composition => (composed ??= compose());

function compose(): Composition {
  const { status, output } = run('docker-compose', ['--profile', 'monitoring', 'config']);
  if (status !== 0) throw new Error(output);
  const [first] = documentsIn<Composition>(output);
  if (first === undefined) throw new Error('docker-compose prints nothing.');
  return first;
}
const withRoles = ({ services }: Composition) =>
  Object.entries(services).flatMap(([name, service]) => (service.environment?.['TIDINGS_ROLES'] === undefined ? [] : [{ name, service }]));
const isFront = ({ environment }: Container): boolean => environment?.['TIDINGS_ROLES'] === 'front';
const processesIn = (all: Composition) => withRoles(all).filter(({ service }) => !isFront(service));

const folder = mkdtempSync(join(tmpdir(), 'tidings-compose-'));
const secrets = makeSecrets(folder);
test.after.always(() => rmSync(folder, { recursive: true, force: true }));
const configOf = ({ environment = {} }: Container) =>
  configFrom(Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, value.replace('/run/secrets', secrets)])));
const seconds = (period = '') =>
  Array.from(period.matchAll(/(\d+)([ms])/g), ([, count, unit]) => Number(count) * (unit === 'm' ? 60 : 1)).reduce((a, b) => a + b, 0);

testWith('docker-compose', 'kubernetes-validate')('docker-compose takes the composition, with and without monitoring, as old as it may be', async (t) => {
  for (const profile of [[], ['--profile', 'monitoring']]) t.like(run('docker-compose', [...profile, 'config', '--quiet']), { status: 0 });
  t.notRegex(textOf('docker-compose.yml'), /^(name|version):/m);
});

testWith('docker-compose', 'kubernetes-validate')('every role but the event store, whose place EventStoreDB takes, is there twice', async (t) => {
  const roles = processesIn(composition()).flatMap(({ service }) => configOf(service).roles);
  const twice = ROLES.filter((role) => role !== 'event-store').flatMap((role) => [role, role]);
  t.deepEqual(roles.toSorted(), twice.toSorted());
});

testWith('docker-compose', 'kubernetes-validate')('every process has settings that Tidings takes, with the secrets that the script makes', async (t) => {
  for (const { name, service } of processesIn(composition())) {
    const { servers, eventStoreUrls, host, adminToken } = configOf({
      ...service,
      environment: { TIDINGS_HOST: imageSetting('TIDINGS_HOST'), ...service.environment },
    });
    t.is(host, '0.0.0.0', name);
    t.deepEqual(eventStoreUrls, ['esdb://eventstore:2113?tls=false'], name);
    t.regex(servers?.mongodb.url ?? '', /^mongodb:\/\/tidings:\w+@mongodb-1,mongodb-2,mongodb-3\/tidings\?replicaSet=rs0/, name);
    t.is(parseSealingKeys(readFileSync(servers?.vaultKeyFile ?? '', 'utf8')).length, 1);
    t.regex(adminToken ?? '', /^\w{48}$/);
  }
});

test('a second run of the script for the secrets changes none', (t) => {
  const read = () => Object.fromEntries(readdirSync(secrets).map((name) => [name, readFileSync(join(secrets, name), 'utf8')]));
  const before = read();
  makeSecrets(folder);
  t.deepEqual(read(), before);
  t.is(new Set(Object.values(before)).size, Object.keys(before).length, 'no two are the same');
});

testWith('docker-compose', 'kubernetes-validate')('every secret is made by the script, and each service has those that it names', async (t) => {
  const { services, secrets: declared } = composition();
  t.deepEqual(Object.keys(declared).toSorted(), readdirSync(secrets).toSorted());
  for (const [name, { file }] of Object.entries(declared)) t.true(file.endsWith(`/secrets/${name}`), file);
  for (const [name, service] of Object.entries(services)) {
    const given = new Set((service.secrets ?? []).map(({ source }) => source));
    const named = new Set(Array.from(JSON.stringify(service).matchAll(/\/run\/secrets\/([\w-]+)/g), ([, secret = '']) => secret));
    t.deepEqual(named.difference(given), new Set(), name);
  }
  for (const [, secret = ''] of textOf('deploy/mongodb/initiate.js').matchAll(/secret\('([\w-]+)'\)/g))
    t.true(
      services['mongodb-initiate']?.secrets?.some(({ source }) => source === secret),
      secret,
    );
});

testWith('docker-compose', 'kubernetes-validate')(
  'every service has a limit, a policy, a check and a version, and waits for those that it needs',
  async (t) => {
    const { services } = composition();
    for (const [name, { image, restart, mem_limit: memory, healthcheck, depends_on: needs = {} }] of Object.entries(services)) {
      t.truthy(restart, name);
      t.truthy(memory, name);
      if (!['mongodb-initiate', 'prometheus', 'grafana'].includes(name)) t.truthy(healthcheck, name);
      if (image !== 'tidings') t.regex(image, /:v?\d+\.\d+/, name);
      for (const needed of Object.keys(needs)) t.true(needed in services, `${name} waits for ${needed}`);
    }
    for (const { name, service } of processesIn({ services, secrets: {} })) {
      t.true(seconds(service.stop_grace_period) * 1_000 > configOf(service).stopDeadlineMs, name);
      t.true(service.read_only, name);
    }
  },
);

testWith('docker-compose', 'kubernetes-validate')('there are two fronts, which know the APIs by their names, reach no server and have no secret', async (t) => {
  const { services } = composition();
  const fronts = withRoles(composition()).filter(({ service }) => isFront(service));
  t.is(fronts.length, 2);
  for (const { name, service } of fronts) {
    const { frontUpstreams, ports, servers, adminToken } = configOf(service);
    t.deepEqual(frontUpstreams, { 'write-api': 'http://write-api:8081', 'read-api': 'http://read-api:8082', gateway: 'ws://gateway:8083' }, name);
    t.deepEqual([ports.front, servers, adminToken], [8080, undefined, undefined]);
    t.deepEqual(Object.keys(service.networks), ['site']);
    t.deepEqual(service.networks['site']?.aliases, ['front']);
    t.deepEqual(service.secrets ?? [], []);
    t.deepEqual(Object.keys(service.depends_on ?? {}), []);
    t.true(service.read_only);
  }
  for (const upstream of ['write-api', 'read-api', 'gateway'])
    t.is(Object.values(services).filter(({ networks }) => networks['site']?.aliases?.includes(upstream)).length, 2, upstream);
});

testWith('docker-compose', 'kubernetes-validate')('nginx and the fronts alone are believed, and find each role and each gateway by its name', async (t) => {
  const { services } = composition();
  const addresses = ['nginx', 'front-1', 'front-2'].map((name) => services[name]?.networks['site']?.ipv4_address);
  for (const { name, service } of processesIn({ services, secrets: {} })) {
    const { trustedProxies, roles, gateway } = configOf(service);
    t.deepEqual(trustedProxies, addresses, name);
    const [role = ''] = roles;
    t.deepEqual(service.networks['servers']?.aliases, [role], 'monitoring finds it');
    if (role === 'write-api' || role === 'read-api' || role === 'gateway') t.deepEqual(service.networks['site']?.aliases, [role]);
    else t.false('site' in service.networks, name);
    if (role === 'gateway') t.true(gateway.publicUrl?.endsWith(`/gateway/${name}`), gateway.publicUrl);
  }
});

testWith('redis-server')('each Redis takes its configuration: one evicts nothing and persists, one evicts and keeps feeds small', async (t) => {
  const expected = {
    'redis.conf': { 'maxmemory-policy': 'noeviction', appendonly: 'yes', save: '', maxmemory: String(512 * 2 ** 20) },
    'feed-cache.conf': { 'maxmemory-policy': 'allkeys-lru', appendonly: 'no', save: '', maxmemory: String(256 * 2 ** 20), 'zset-max-listpack-entries': '1024' },
  };
  for (const [file, settings] of Object.entries(expected)) {
    await using data = await temporaryFolder();
    const port = await freePort();
    const url = `redis://127.0.0.1:${port}`;
    await using _ = await startServerProcess({
      command: 'redis-server',
      args: [join('deploy/redis', file), '--port', String(port), '--dir', data.path],
      port,
      url,
      isReady: () => ask(url, ['PING']).then(() => undefined),
      onDispose: async () => undefined,
    });
    for (const [name, value] of Object.entries(settings))
      t.deepEqual(await ask(url, ['CONFIG', 'GET', name]), Object.assign(Object.create(null), { [name]: value }), file);
  }
});

const imageSetting = (name: string): string => new RegExp(`${name}=(\\S+)`).exec(textOf('Dockerfile'))?.[1] ?? '';
