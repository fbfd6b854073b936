/** Creates the actors of a load through the public API: people with friends, devices, channels and preferences, and one app. */
import { v5 } from 'uuid';
import { confirmContact } from '../client/confirm-contact.ts';
import { expectStatus } from '../client/expectations.ts';
import type { AppCredentials } from '../client/sign-request.ts';
import { callWriteApi, type SystemUnderTest } from './system-under-test.ts';

export type Person = {
  readonly number: number;
  readonly name: string;
  readonly id: string;
  readonly token: string;
  readonly pushToken: string;
  readonly email: string;
};
/** `guests`: those of the members who come and go. */
export type Channel = { readonly id: string; readonly members: readonly Person[]; readonly isGroup: boolean; readonly guests: readonly Person[] };

export type Actors = {
  readonly run: string;
  readonly people: readonly Person[];
  /** Friends by the person's id. */
  readonly friends: ReadonlyMap<string, ReadonlySet<string>>;
  /** By the person's id: the authors, other than the person, whose posts are in the person's feed. */
  readonly feedAuthors: ReadonlyMap<string, ReadonlySet<string>>;
  readonly channels: readonly Channel[];
  readonly app: AppCredentials;
  /** Ids of people who are notified of every post of a friend. */
  readonly wantFriendPosts: ReadonlySet<string>;
  /** Ids of people who have opted out of offers. */
  readonly optedOutOfOffers: ReadonlySet<string>;
};

/** Every fourth person has no device at the gateway and sends messages over HTTP. */
export const usesGateway = ({ number }: Pick<Person, 'number'>): boolean => number % 4 !== 3;

export const PASSWORD = 'correct horse battery staple';
/** Statuses of a command that was carried out, the second time too. */
export const DONE = [200, 201];
const RUN_NAMESPACE = '6f3ec1b8-2f0e-5c53-9d0d-0c1b7e1f6a11';

/** The same name gives the same idempotency key throughout a run. */
export const deriveKey = (run: string, name: string): string => v5(name, v5(run, RUN_NAMESPACE));
export const authorizationOf = ({ token }: Pick<Person, 'token'>) => ({ authorization: `Bearer ${token}` });

export async function createActors(system: SystemUnderTest, { run, size }: { readonly run: string; readonly size: number }): Promise<Actors> {
  const people: Person[] = [];
  for (let number = 0; number < size; number++) people.push(await signUpPerson(system, run, number));
  const put = putAs(system, run);

  const { friends, feedAuthors } = await createRelationships(system, run, people);
  const app = await registerApp(system, run);
  for (const person of people) {
    await put(person, '/v1/me/devices/phone', { platform: 'fcm', token: person.pushToken });
    await confirmContact(system.addresses, {
      kind: 'email',
      address: person.email,
      headers: authorizationOf(person),
      key: deriveKey(run, `email ${person.number}`),
    });
    await put(person, `/v1/me/apps/${app.id}`);
  }
  const wantFriendPosts = people.filter(({ number }) => number % 3 === 0 && number !== MUTING_PERSON);
  const optedOutOfOffers = people.filter(({ number }) => number % 3 === 1);
  for (const person of wantFriendPosts) await put(person, '/v1/me/preferences', { choices: [{ category: 'friend-posted', channel: '*', wanted: true }] });
  for (const person of optedOutOfOffers) await put(person, '/v1/me/preferences', { choices: [{ category: 'offers', channel: '*', wanted: false }] });

  return {
    run,
    people,
    friends,
    feedAuthors,
    channels: await openChannels(system, run, people),
    app,
    wantFriendPosts: new Set(wantFriendPosts.map(({ id }) => id)),
    optedOutOfOffers: new Set(optedOutOfOffers.map(({ id }) => id)),
  };
}

const putAs =
  (system: SystemUnderTest, run: string) =>
  async (person: Person, path: string, body?: unknown): Promise<unknown> => {
    const options = { headers: authorizationOf(person), key: deriveKey(run, `${person.number} ${path}`), body };
    return expectStatus(DONE, await callWriteApi(system, path, { method: 'PUT', ...options }));
  };

async function signUpPerson(system: SystemUnderTest, run: string, number: number): Promise<Person> {
  const name = `Person ${number}`;
  const loginName = `person-${number}-${run}`;
  const body = { loginName, name, password: PASSWORD };
  const signedUp = await callWriteApi(system, '/v1/people', { method: 'POST', key: deriveKey(run, `sign-up ${number}`), body });
  const id = String(expectStatus([201], signedUp).body['id']);
  const session = expectStatus([201], await callWriteApi(system, '/v1/sessions', { method: 'POST', body: { loginName, password: PASSWORD } }));
  return { number, name, id, token: String(session.body['token']), pushToken: `push-token-${number}-${run}`, email: `person-${number}-${run}@example.org` };
}

/** The person with this number mutes the next one. */
const MUTING_PERSON = 0;

/** Everyone is friends with the next two people and follows the fourth after; one person mutes a friend. */
async function createRelationships(system: SystemUnderTest, run: string, people: readonly Person[]): Promise<Pick<Actors, 'friends' | 'feedAuthors'>> {
  const at = (number: number) => people[number % people.length] as Person;
  const put = putAs(system, run);
  const friends = new Map(people.map(({ id }) => [id, new Set<string>()]));
  for (const person of people) {
    for (const friend of [at(person.number + 1), at(person.number + 2)]) {
      await makeFriends(system, run, [person, friend]);
      friends.get(person.id)?.add(friend.id);
      friends.get(friend.id)?.add(person.id);
    }
  }
  const feedAuthors = new Map([...friends].map(([id, ids]) => [id, new Set(ids)]));
  for (const person of people) {
    const followed = at(person.number + 4);
    await put(person, `/v1/me/follows/${followed.id}`);
    feedAuthors.get(person.id)?.add(followed.id);
  }
  const [muting, muted] = [at(MUTING_PERSON), at(MUTING_PERSON + 1)];
  await put(muting, `/v1/me/mutes/${muted.id}`);
  feedAuthors.get(muting.id)?.delete(muted.id);
  return { friends, feedAuthors };
}

async function makeFriends(system: SystemUnderTest, run: string, [one, other]: readonly [Person, Person]): Promise<void> {
  const pair = `${one.number} ${other.number}`;
  const request = { headers: authorizationOf(one), key: deriveKey(run, `ask ${pair}`), body: { person: other.id } };
  const requested = expectStatus(DONE, await callWriteApi(system, '/v1/friend-requests', { method: 'POST', ...request }));
  const acceptPath = `/v1/friend-requests/${encodeURIComponent(String(requested.body['id']))}/accept`;
  const accept = { headers: authorizationOf(other), key: deriveKey(run, `accept ${pair}`) };
  expectStatus(DONE, await callWriteApi(system, acceptPath, { method: 'POST', ...accept }));
}

async function registerApp(system: SystemUnderTest, run: string): Promise<AppCredentials> {
  const request = { headers: { authorization: `Bearer ${system.adminToken}` }, key: deriveKey(run, 'app'), body: { name: `App of ${run}` } };
  const { body } = expectStatus([201], await callWriteApi(system, '/v1/apps', { method: 'POST', ...request }));
  return { id: String(body['id']), secret: String(body['secret']) };
}

/** A direct channel between neighbours, one group of everyone, one of the people with even numbers, and one in which people come and go. */
async function openChannels(system: SystemUnderTest, run: string, people: readonly Person[]): Promise<readonly Channel[]> {
  const open = async (owner: Person, others: readonly Person[], body: object): Promise<Channel> => {
    const name = `channel ${owner.number} ${others.map(({ number }) => number).join(' ')}`;
    const opened = await callWriteApi(system, '/v1/channels', { method: 'POST', headers: authorizationOf(owner), key: deriveKey(run, name), body });
    return { id: String(expectStatus(DONE, opened).body['id']), members: [owner, ...others], isGroup: others.length > 1 || 'title' in body, guests: [] };
  };
  /** The others are friends of the owner or were invited; accepting changes nothing for a member. */
  const accept = async (channel: Channel): Promise<Channel> => {
    const { id, members } = channel;
    for (const person of members.slice(1)) {
      const request = { headers: authorizationOf(person), key: deriveKey(run, `accept ${id} ${person.number}`) };
      expectStatus(DONE, await callWriteApi(system, `/v1/me/invitations/${id}/accept`, { method: 'POST', ...request }));
    }
    return channel;
  };
  const channels: Channel[] = [];
  for (const [number, person] of people.entries()) {
    const neighbour = people[(number + 1) % people.length] as Person;
    channels.push(await open(person, [neighbour], { kind: 'direct', members: [neighbour.id] }));
  }
  const ids = (members: readonly Person[]) => members.map(({ id }) => id);
  const [first, ...others] = people as [Person, ...Person[]];
  const even = others.filter(({ number }) => number % 2 === 0);
  channels.push(await accept(await open(first, others, { kind: 'group', members: ids(others), title: 'All' })));
  channels.push(await accept(await open(first, even, { kind: 'group', members: ids(even), title: 'The even' })));
  // Of those without a device, for a device follows a channel without a gap.
  const guests = others.filter((person) => !usesGateway(person));
  const some = [...others.slice(0, 2), ...guests].filter((person, at, all) => all.indexOf(person) === at);
  channels.push({ ...(await accept(await open(first, some, { kind: 'group', members: ids(some), title: 'Coming and going' }))), guests });
  return channels;
}
