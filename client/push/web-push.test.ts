/** What a browser's subscription comes to, by what the server and the browser have. */
import test from 'ava';
import { turnOnPush, type PushOptions } from './web-push.ts';

const KEYS = { first: 'BAAA', second: 'BBBB' } as const;
const bytesOf = (key: string): ArrayBuffer => new Uint8Array(Buffer.from(key, 'base64url')).buffer;

function givenBrowser(subscribedWith?: string) {
  const done: string[] = [];
  const made = (key: string) => ({
    options: { applicationServerKey: bytesOf(key) },
    toJSON: () => ({ endpoint: `https://push.example.org/${key}` }),
    unsubscribe: async () => done.push('unsubscribe') > 0,
  });
  const subscriptions = {
    getSubscription: async () => (subscribedWith === undefined ? null : made(subscribedWith)),
    subscribe: async ({ applicationServerKey: key }: { readonly applicationServerKey: string }) => {
      done.push(`subscribe ${key}`);
      return made(key);
    },
  };
  return { done, registration: { pushManager: subscriptions } };
}

async function turnedOn(serverKey: string | null, registration: PushOptions['registration']) {
  const registered: unknown[] = [];
  const api = {
    read: { GET: async () => ({ data: { publicKey: serverKey } }) },
    write: { PUT: async (...command: readonly unknown[]) => registered.push(command) },
  } as unknown as Parameters<typeof turnOnPush>[0];
  return { key: await turnOnPush(api, { registration, device: 'laptop' }), registered };
}

test('registers a new subscription, one that is there again, and another one in place of one with another key', async (t) => {
  for (const [before, done] of [
    [undefined, [`subscribe ${KEYS.first}`]],
    [KEYS.first, []],
    [KEYS.second, ['unsubscribe', `subscribe ${KEYS.first}`]],
  ] as const) {
    const browser = givenBrowser(before);
    const { key, registered } = await turnedOn(KEYS.first, browser.registration);
    t.is(key, KEYS.first);
    t.deepEqual(browser.done, [...done]);
    const body = { platform: 'web', token: `{"endpoint":"https://push.example.org/${KEYS.first}"}` };
    t.deepEqual(registered, [['/v1/me/devices/{device}', { params: { path: { device: 'laptop' } }, body }]]);
  }
});

test('does nothing where the installation sends no pushes to browsers', async (t) => {
  const browser = givenBrowser();
  t.deepEqual(await turnedOn(null, browser.registration), { key: undefined, registered: [] });
  t.deepEqual(browser.done, []);
});
