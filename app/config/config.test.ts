import { spawnSync } from 'node:child_process';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import test from 'ava';
import { configFrom } from './config.ts';
import { ConfigFaults } from './read-settings.ts';
import { ROLES } from './settings.ts';

test('without settings all roles run in one process, on the documented ports', (t) => {
  const config = configFrom({});
  t.is(config.servers, undefined);
  t.deepEqual(
    config.roles,
    ROLES.filter((role) => role !== 'event-store'),
  );
  t.deepEqual(config.ports, { front: 8080, write: 8081, read: 8082, gateway: 8083, ops: 8084, eventStore: 2113 });
});

test('names all faults at once, each with what was expected and the value given', (t) => {
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

test('ignores the variables of other programs, and empty settings', (t) => {
  t.notThrows(() => configFrom({ PATH: '/bin', TIDINGS_TEST_REDIS_URL: 'redis://somewhere', TIDINGS_WRITE_PORT: '' }));
});

test('a process with faults in its configuration prints them all and exits with 2', (t) => {
  const { status, stderr } = spawnSync(process.execPath, ['app/main.ts'], {
    cwd: resolve(import.meta.dirname, '..', '..'),
    env: { ...process.env, TIDINGS_WRITE_PORT: 'eighty', TIDINGS_COLOUR: 'red' },
    encoding: 'utf8',
  });
  t.is(status, 2);
  t.true(stderr.includes('TIDINGS_WRITE_PORT') && stderr.includes('TIDINGS_COLOUR'), stderr);
});

test('does not print the value of a setting that is or contains a secret', (t) => {
  const error = t.throws(() => configFrom({ TIDINGS_ADMIN_TOKEN: 'hush', TIDINGS_EVENTSTORE_URLS: 'http://admin:hush@somewhere' }), {
    instanceOf: ConfigFaults,
  });
  t.is(error.faults.length, 2);
  t.false(error.message.includes('hush'), error.message);
});

test('a gateway’s address has its name where it says {id}: the one that is set, or that of the host', (t) => {
  const publicUrl = (settings: Readonly<Record<string, string>>) => configFrom(settings).gateway.publicUrl;
  const TIDINGS_GATEWAY_URL = 'wss://chat.example.org/gateway/{id}';
  t.is(publicUrl({ TIDINGS_GATEWAY_URL, TIDINGS_GATEWAY_ID: 'gateway-1' }), 'wss://chat.example.org/gateway/gateway-1');
  t.is(publicUrl({ TIDINGS_GATEWAY_URL }), `wss://chat.example.org/gateway/${hostname()}`);
  t.is(publicUrl({ TIDINGS_GATEWAY_URL: 'wss://{id}.chat.example.org', TIDINGS_GATEWAY_ID: 'one' }), 'wss://one.chat.example.org');
});

for (const [name, value] of [
  ['TIDINGS_READ_PORT', '0x10'],
  ['TIDINGS_READ_PORT', '1e3'],
  ['TIDINGS_STOP_DEADLINE_SECONDS', '2147484'], // longer than a timer can be set for, which would be over at once
  ['TIDINGS_ANNOUNCEMENT_MEMBERS_MAX', '100001'],
  ['TIDINGS_CHAT_PUSH_AFTER_MS', '0'],
  ['TIDINGS_CHAT_PUSH_AFTER_MS', '600001'], // longer than a job may be delayed
  ['TIDINGS_GATEWAY_URL', 'http://chat.example.org'],
  ['TIDINGS_GATEWAY_URL', 'wss://chat.example.org/gateway {id}'],
  ['TIDINGS_GATEWAY_ID', 'one/two'],
  ['TIDINGS_EVENT_STORE_ADVERTISED_URL', 'store.example.org'],
  ['TIDINGS_EVENT_STORE_ADVERTISED_URL', 'esdb://store.example.org:65536'],
  ['TIDINGS_EVENT_STORE_SYSTEM_PROJECTIONS', 'yes'],
  ['TIDINGS_TRUSTED_PROXIES', 'balancer.example.org'],
  ['TIDINGS_TRUSTED_PROXIES', '10.0.0.0/8,10.0.0.0/33'],
  ['TIDINGS_OUTBOUND_PRIVATE_NETWORKS', '10.0.0.0'],
  ['TIDINGS_LINK_PREVIEWS', 'yes'],
  ['TIDINGS_MEDIA_PURGE_URL', 'https://cdn.example/purge'], // without its secret
  ['TIDINGS_MEDIA_PURGE_SECRET', 'hush'],
  ['TIDINGS_PUBLIC_URL', 'https://example.org/?a=1'],
  ['TIDINGS_ALLOWED_ORIGINS', 'example.org'],
  ['TIDINGS_ALLOWED_ORIGINS', 'https://example.org/'],
  ['TIDINGS_ALLOWED_ORIGINS', 'https://*.example.org'],
  ['TIDINGS_ALLOWED_ORIGINS', '*'],
  ['TIDINGS_TLS_CERT_FILE', 'tls.crt'], // without its key
  ['TIDINGS_TLS_KEY_FILE', 'tls.key'],
  ['TIDINGS_GATEWAY_PING_SECONDS', '41'], // sockets of an ended session would stay open for more than a minute
  ['TIDINGS_GATEWAY_PRESENCE_TTL_SECONDS', '10'], // no longer than the interval of heartbeats
  ['TIDINGS_GATEWAY_SEND_QUEUE_MAX_BYTES', '1048575'], // the longest message would not fit
  ['TIDINGS_WARM_FEEDS_MAX', '1'.repeat(16)],
  ['TIDINGS_RECENT_DOCUMENTS_MAX_BYTES', '-1'],
  ['TIDINGS_WRITTEN_DOCUMENTS_MAX_BYTES', '-1'],
  ['TIDINGS_FEED_PUSH_UP_TO_FOLLOWERS', '10000'], // no less than from where they are pulled
  ['TIDINGS_LOG_FORMAT', 'xml'],
  ['TIDINGS_RATE_LIMITS', 'posts'],
  ['TIDINGS_RATE_LIMITS', 'posts=0/60'],
  ['TIDINGS_NOTIFICATIONS_KEPT_DAYS', '29'],
  ['TIDINGS_NOTIFICATIONS_KEPT_DAYS', 'forever'],
  ['TIDINGS_NOTIFICATIONS_KEPT_DAYS_BY_CATEGORY', 'offers'],
  ['TIDINGS_NOTIFICATIONS_KEPT_DAYS_BY_CATEGORY', 'offers=7'],
  ['TIDINGS_NOTIFICATIONS_KEPT_DAYS_BY_CATEGORY', 'offers=30,Offers=60'],
  ['TIDINGS_MESSAGES_KEPT_DAYS', '0'],
  ['TIDINGS_RATE_LIMITS', 'posts=1/60,'],
  ['TIDINGS_RATE_LIMITS', 'posts=1/60,likes=1/60'],
  ['TIDINGS_RATE_LIMITS', 'posts=1/86401'],
  ['TIDINGS_WEBAUTHN_RP_ID', 'https://example.org'],
] as const) {
  test(`${name} can't be ${value}`, (t) => {
    const error = t.throws(() => configFrom({ [name]: value }), { instanceOf: ConfigFaults });
    t.is(error.faults.length, 1);
  });
}

test('takes proxies and origins, separated by commas', (t) => {
  const config = configFrom({ TIDINGS_TRUSTED_PROXIES: '127.0.0.1, 10.0.0.0/8,2001:db8::/32', TIDINGS_ALLOWED_ORIGINS: 'https://example.org, localhost' });
  t.deepEqual(config.trustedProxies, ['127.0.0.1', '10.0.0.0/8', '2001:db8::/32']);
  t.deepEqual(config.allowedOrigins, ['https://example.org', 'localhost']);
});

test('keys are for the pages that may call, unless others are named, which are of their domain', (t) => {
  t.deepEqual(configFrom({}).webAuthn, { rpId: 'localhost', origins: ['localhost'] });
  t.deepEqual(configFrom({ TIDINGS_WEBAUTHN_RP_ID: 'example.org', TIDINGS_ALLOWED_ORIGINS: 'https://example.org' }).webAuthn, {
    rpId: 'example.org',
    origins: ['https://example.org'],
  });
  const named = { TIDINGS_WEBAUTHN_RP_ID: 'example.org', TIDINGS_WEBAUTHN_ORIGINS: 'https://example.org,https://app.example.org:8443' };
  t.deepEqual(configFrom(named).webAuthn.origins, ['https://example.org', 'https://app.example.org:8443']);
  const error = t.throws(() => configFrom({ ...named, TIDINGS_WEBAUTHN_ORIGINS: 'https://example.org,https://notexample.org,localhost' }), {
    instanceOf: ConfigFaults,
  });
  t.deepEqual(
    error.faults.map((fault) => fault.split(' got ')[1]),
    ['"https://notexample.org"', '"localhost"'],
  );
});

test('keeps everything for ever, unless days are named, for a category in whatever spelling', (t) => {
  t.deepEqual(configFrom({}).retention, { notifications: { days: undefined, daysByCategory: {} }, messagesSeconds: undefined });
  const named = {
    TIDINGS_NOTIFICATIONS_KEPT_DAYS: '90',
    TIDINGS_NOTIFICATIONS_KEPT_DAYS_BY_CATEGORY: ' Special Offers=30 ,receipts=forever',
    TIDINGS_MESSAGES_KEPT_DAYS: '1',
  };
  t.deepEqual(configFrom(named).retention, {
    notifications: { days: 90, daysByCategory: { 'special offers': 30, receipts: null } },
    messagesSeconds: 86_400,
  });
});

test('takes rate limits by their names', (t) => {
  t.deepEqual(configFrom({ TIDINGS_RATE_LIMITS: 'posts=60/60, gateway-frames=300/1' }).rateLimits, {
    posts: { points: 60, windowSeconds: 60 },
    'gateway-frames': { points: 300, windowSeconds: 1 },
  });
});

test('a rate limit without such a name is a fault that names those there are', (t) => {
  const error = t.throws(() => configFrom({ TIDINGS_RATE_LIMITS: 'likes=1/60' }), { instanceOf: ConfigFaults });
  t.regex(error.message, /TIDINGS_RATE_LIMITS: expected .*of sign-ups, .*posts.*gateway-hellos.*same-text, got "likes=1\/60"/);
});

test('the front listens on its port, on another, or not at all', (t) => {
  for (const [given, port] of [
    [undefined, 8080],
    ['0', 0],
    ['9000', 9000],
    ['off', undefined],
  ] as const)
    t.is(configFrom(given === undefined ? {} : { TIDINGS_FRONT_PORT: given }).ports.front, port);
});
