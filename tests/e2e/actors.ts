/** Who there is in a load: people in a graph of friends, with devices, channels and wishes, and one app. All of it made through the public API. */
import { createHash, createHmac } from 'node:crypto';
import { v5 } from 'uuid';
import { expectStatus, write, type Site } from './installation.ts';

export type Person = {
  readonly number: number;
  readonly name: string;
  readonly id: string;
  readonly token: string;
  readonly pushToken: string;
  readonly email: string;
};
export type Channel = { readonly id: string; readonly members: readonly Person[] };
export type App = { readonly id: string; readonly secret: string };

export type Cast = {
  readonly run: string;
  readonly people: readonly Person[];
  readonly friends: ReadonlyMap<string, ReadonlySet<string>>;
  /** By the person's id: whose posts are in the feed, oneself apart. */
  readonly reads: ReadonlyMap<string, ReadonlySet<string>>;
  readonly channels: readonly Channel[];
  readonly app: App;
  /** Told of every post of a friend. */
  readonly curious: ReadonlySet<string>;
  /** Want no offers. */
  readonly declining: ReadonlySet<string>;
};

/** Every fourth has none with a socket, and says things over HTTP. */
export const hasPhone = ({ number }: Pick<Person, 'number'>): boolean => number % 4 !== 3;

const PASSWORD = 'correct horse battery staple';
const RUN_NAMESPACE = '6f3ec1b8-2f0e-5c53-9d0d-0c1b7e1f6a11';
const DONE = [200, 201];

/** The same name names the same thing, however often it is asked for. */
export const keyIn = (run: string, name: string): string => v5(name, v5(run, RUN_NAMESPACE));
export const as = ({ token }: Pick<Person, 'token'>) => ({ authorization: `Bearer ${token}` });

export async function gather(site: Site, { run, size }: { readonly run: string; readonly size: number }): Promise<Cast> {
  const people: Person[] = [];
  for (let number = 0; number < size; number++) people.push(await person(site, run, number));
  const at = (number: number) => people[number % size] as Person;
  const put = async (who: Person, path: string, body?: unknown) =>
    expectStatus(DONE, await write(site, path, { method: 'PUT', headers: as(who), key: keyIn(run, `${who.number} ${path}`), body }));

  const friends = new Map(people.map(({ id }) => [id, new Set<string>()]));
  for (const one of people) {
    for (const other of [at(one.number + 1), at(one.number + 2)]) {
      await befriend(site, run, one, other);
      friends.get(one.id)?.add(other.id);
      friends.get(other.id)?.add(one.id);
    }
  }
  const reads = new Map([...friends].map(([id, its]) => [id, new Set(its)]));
  for (const one of people) {
    const followed = at(one.number + 4);
    await put(one, `/v1/me/follows/${followed.id}`);
    reads.get(one.id)?.add(followed.id);
  }
  const muting = at(0);
  const muted = at(1);
  await put(muting, `/v1/me/mutes/${muted.id}`);
  reads.get(muting.id)?.delete(muted.id);

  const app = await register(site, run);
  const curious = people.filter(({ number }) => number % 3 === 0 && number !== muting.number);
  const declining = people.filter(({ number }) => number % 3 === 1);
  for (const one of people) {
    await put(one, '/v1/me/devices/phone', { platform: 'fcm', token: one.pushToken });
    await put(one, '/v1/me/contacts/email', { address: one.email });
    await put(one, `/v1/me/apps/${app.id}`);
  }
  for (const one of curious) await put(one, '/v1/me/preferences', { choices: [{ category: 'friend-posted', channel: 'push', wanted: true }] });
  for (const one of declining) await put(one, '/v1/me/preferences', { choices: [{ category: 'offers', channel: '*', wanted: false }] });

  return {
    run,
    people,
    friends,
    reads,
    channels: await openChannels(site, run, people),
    app,
    curious: new Set(curious.map(({ id }) => id)),
    declining: new Set(declining.map(({ id }) => id)),
  };
}

async function person(site: Site, run: string, number: number): Promise<Person> {
  const name = `Person ${number}`;
  const loginName = `person-${number}-${run}`;
  const signedUp = await write(site, '/v1/people', { method: 'POST', key: keyIn(run, `sign-up ${number}`), body: { loginName, name, password: PASSWORD } });
  const id = String(expectStatus([201], signedUp).body['id']);
  const session = expectStatus([201], await write(site, '/v1/sessions', { method: 'POST', body: { loginName, password: PASSWORD } }));
  return { number, name, id, token: String(session.body['token']), pushToken: `push-token-${number}-${run}`, email: `person-${number}-${run}@example.org` };
}

async function befriend(site: Site, run: string, one: Person, other: Person): Promise<void> {
  const named = `${one.number} ${other.number}`;
  const asked = await write(site, '/v1/friend-requests', { method: 'POST', headers: as(one), key: keyIn(run, `ask ${named}`), body: { person: other.id } });
  const request = encodeURIComponent(String(expectStatus(DONE, asked).body['id']));
  expectStatus(DONE, await write(site, `/v1/friend-requests/${request}/accept`, { method: 'POST', headers: as(other), key: keyIn(run, `accept ${named}`) }));
}

async function register(site: Site, run: string): Promise<App> {
  const headers = { authorization: `Bearer ${site.adminToken}` };
  const { body } = expectStatus([201], await write(site, '/v1/apps', { method: 'POST', headers, key: keyIn(run, 'app'), body: { name: `App of ${run}` } }));
  return { id: String(body['id']), secret: String(body['secret']) };
}

/** A direct channel between neighbours, one group of all, and one of the even. */
async function openChannels(site: Site, run: string, people: readonly Person[]): Promise<readonly Channel[]> {
  const open = async (owner: Person, others: readonly Person[], body: object): Promise<Channel> => {
    const name = `channel ${owner.number} ${others.map(({ number }) => number).join(' ')}`;
    const asked = await write(site, '/v1/channels', { method: 'POST', headers: as(owner), key: keyIn(run, name), body });
    return { id: String(expectStatus(DONE, asked).body['id']), members: [owner, ...others] };
  };
  const channels: Channel[] = [];
  for (const [number, one] of people.entries()) {
    const other = people[(number + 1) % people.length] as Person;
    channels.push(await open(one, [other], { kind: 'direct', members: [other.id] }));
  }
  const ids = (members: readonly Person[]) => members.map(({ id }) => id);
  const [first, ...others] = people as [Person, ...Person[]];
  const even = others.filter(({ number }) => number % 2 === 0);
  channels.push(await open(first, others, { kind: 'group', members: ids(others), title: 'All' }));
  channels.push(await open(first, even, { kind: 'group', members: ids(even), title: 'The even' }));
  return channels;
}

/** As an app signs a request; good for this one. */
export function signatureOf(
  { id, secret }: App,
  method: string,
  path: string,
  { body, key }: { readonly body?: unknown; readonly key?: string } = {},
): Readonly<Record<string, string>> {
  const timestamp = new Date().toISOString();
  const digest = createHash('sha256')
    .update(body === undefined ? '' : JSON.stringify(body))
    .digest('hex');
  const lines = [timestamp, method, path, digest, ...(key === undefined ? [] : [key])];
  const signature = createHmac('sha256', secret).update(lines.join('\n')).digest('hex');
  return { 'tidings-app': id, 'tidings-timestamp': timestamp, 'tidings-signature': signature };
}
