/** Somebody sets the clock back by an hour under a running system: whatever is measured in seconds goes on within seconds. */
import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import { HOUR_MS } from '../../domain/shared/instant.ts';
import { expectStatus } from '../client/expectations.ts';
import { openGatewaySocket } from '../client/gateway-socket.ts';
import { signRequest } from '../client/sign-request.ts';
import { ADMIN_TOKEN, startTidingsForTest, temporaryFolder } from '../start-for-test.ts';
import { authorizationOf, createActors, type Person } from './actors.ts';
import { callWriteApi, TEST_TIMEOUT_MS, waitUntil, type SystemUnderTest } from './system-under-test.ts';

const SETTINGS = {
  TIDINGS_RATE_LIMITS: 'posts=1/2',
  TIDINGS_GATEWAY_HEARTBEAT_SECONDS: '1',
  TIDINGS_GATEWAY_PRESENCE_TTL_SECONDS: '3',
};

test('deliveries, rate limits, presence and commands without a key go on after the clock was set back by an hour', async (t) => {
  t.timeout(TEST_TIMEOUT_MS);
  await using folder = await temporaryFolder();
  await using tidings = await startTidingsForTest(folder.path, SETTINGS);
  const system: SystemUnderTest = { addresses: () => Promise.resolve(tidings.addresses), adminToken: ADMIN_TOKEN };
  const { people, app } = await createActors(system, { run: 'set-clock', size: 5 });
  const [ann, bob] = people as [Person, Person];
  const notify = async () => {
    const path = '/v1/notifications';
    const body = { recipients: [ann.id], category: 'news', channels: ['push'], content: { body: 'news' } };
    expectStatus([201], await callWriteApi(system, path, { method: 'POST', headers: () => signRequest(app, 'POST', path, { body }), body }));
  };
  const pushes = async () => (await tidings.adapters.outbox.list({ channel: 'push', limit: 100 })).filter(({ body }) => body === 'news').length;
  const post = async () =>
    (
      await fetch(`${tidings.addresses.write}/v1/me/feed`, {
        method: 'POST',
        headers: { ...authorizationOf(bob), 'content-type': 'application/json' },
        body: '{"text":"Hello."}',
      })
    ).status;
  const isOnline = async () => {
    const response = await fetch(`${tidings.addresses.read}/v1/people/${bob.id}/presence`, { headers: authorizationOf(ann) });
    return ((await response.json()) as { readonly status: string }).status === 'online';
  };
  const socket = await openGatewaySocket(tidings.urls.gateway ?? '');
  socket.send({ type: 'hello', token: bob.token, device: 'laptop', cursors: {} });
  await waitUntil('bob is online', isOnline);
  await notify();
  await waitUntil('the first push is sent', async () => (await pushes()) === 1);
  t.is(await post(), 201);
  t.is(await post(), 429);

  t.teardown(setClockBy(-HOUR_MS));
  const setAt = performance.now();
  await notify();
  await waitUntil('the second push is sent', async () => (await pushes()) === 2);
  await delay(2_000);
  t.is(await post(), 201, 'the limit’s window has ended, and the key that the server makes is none from the future');
  await using another = await openGatewaySocket(tidings.urls.gateway ?? '');
  another.send({ type: 'hello', token: ann.token, device: 'laptop', cursors: {} });
  await another.waitForFrame(({ type }) => type === 'welcome');
  await waitUntil('bob, who sends no heartbeat, is offline', async () => !(await isOnline()));
  const tookMs = performance.now() - setAt;
  t.true(tookMs < 60_000, `${tookMs} ms`);
  await socket[Symbol.asyncDispose]();
});

/** For this process, the clients of the test included. Returns what undoes it. */
function setClockBy(ms: number): () => void {
  const RealDate = Date;
  globalThis.Date = class extends RealDate {
    constructor(...values: [] | ConstructorParameters<typeof Date>) {
      super(...((values.length === 0 ? [RealDate.now() + ms] : values) as [number]));
    }
    static override now(): number {
      return RealDate.now() + ms;
    }
  } as DateConstructor;
  return () => {
    globalThis.Date = RealDate;
  };
}
