/**
 * A small story through the public APIs only: three people and one app. Each step can be asked for again with the same keys, so the
 * story may be interrupted anywhere, the server killed and started again, and the story told to its end: nothing missing, nothing twice.
 */
import { createHash, createHmac } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { v5, v7 } from 'uuid';
import { ask, openSocket, Unexpected, type Addresses, type Ask, type Answer, type Frame, type Socket } from './client.ts';

export type Tour = {
  /** Asked for again before every request: a server that was killed comes back on other ports. */
  readonly addresses: () => Promise<Addresses>;
  readonly adminToken: string;
  /** Names the people and the keys of this telling. */
  readonly run: string;
  readonly say: (line: string) => void;
  /** Between steps; a test kills the server here and there. */
  readonly pause?: (step: number) => Promise<void>;
};

/** What the story left behind, for whoever wants to count. */
export type Told = {
  readonly steps: number;
  readonly channel: string;
  readonly messages: readonly string[];
  readonly post: string;
  readonly people: Readonly<Record<string, string>>;
};

type Person = { readonly name: string; readonly login: string; id: string; token: string };
type App = { id: string; secret: string };

const PASSWORD = 'correct horse battery staple';
/** A message sent to a person who is connected arrives well within this. */
const RECEIVED_WITHIN_MS = 5_000;
const RUN_NAMESPACE = '0b7a9e0a-94f6-5d39-8f0c-2f1d7c4d9a55';

export async function tellTour(tour: Tour): Promise<Told> {
  const { say, run } = tour;
  let steps = 0;
  const step = async <Result>(line: string, act: () => Promise<Result>): Promise<Result> => {
    await tour.pause?.(steps);
    const result = await act();
    steps++;
    say(`${String(steps).padStart(2)}. ${line}`);
    return result;
  };

  const write = (path: string, options: Ask) => ask(async () => (await tour.addresses()).write, path, { method: 'POST', ...options });
  const read = (path: string, options: Ask = {}) => ask(async () => (await tour.addresses()).read, path, options);
  const key = (name: string) => v5(name, v5(run, RUN_NAMESPACE));
  const as = (person: Person) => ({ authorization: `Bearer ${person.token}` });

  const [ann, bob, cleo] = ['Ann', 'Bob', 'Cleo'].map((name): Person => ({ name, login: `${name.toLowerCase()}-${run}`, id: '', token: '' })) as [
    Person,
    Person,
    Person,
  ];

  for (const person of [ann, bob, cleo]) {
    await step(`${person.name} signs up and logs in`, async () => {
      const signedUp = expectStatus(
        201,
        await write('/v1/people', { key: key(`sign-up-${person.name}`), body: { loginName: person.login, name: person.name, password: PASSWORD } }),
      );
      person.id = String(signedUp.body['id']);
      const session = expectStatus(201, await write('/v1/sessions', { body: { loginName: person.login, password: PASSWORD } }));
      person.token = String(session.body['token']);
    });
  }

  for (const friend of [bob, cleo]) {
    await step(`Ann asks ${friend.name} to be friends, and ${friend.name} accepts`, async () => {
      const asked = await write('/v1/friend-requests', { key: key(`ask-${friend.name}`), headers: as(ann), body: { person: friend.id } });
      expectStatus([200, 201], asked);
      const request = encodeURIComponent(String(asked.body['id']));
      expectStatus([200, 201], await write(`/v1/friend-requests/${request}/accept`, { key: key(`accept-${friend.name}`), headers: as(friend) }));
    });
  }

  await step('Bob registers his phone, and an address for emails', async () => {
    expectStatus(
      [200, 201],
      await write('/v1/me/devices/bobs-phone', {
        method: 'PUT',
        key: key('device'),
        headers: as(bob),
        body: { platform: 'fcm', token: `token-of-bobs-phone-${run}` },
      }),
    );
    expectStatus(
      [200, 201],
      await write('/v1/me/contacts/email', { method: 'PUT', key: key('email'), headers: as(bob), body: { address: `bob-${run}@example.org` } }),
    );
  });

  const post = await step('Ann posts, and sees her own post in her feed at once', async () => {
    const posted = expectStatus(201, await write('/v1/me/feed', { key: key('post'), headers: as(ann), body: { text: 'Good morning from the harbour!' } }));
    const feed = expectStatus(200, await read('/v1/me/feed?limit=20', { headers: { ...as(ann), ...minPosition(posted) } }));
    expect(postsOf(feed).filter((id) => id === posted.body['id']).length === 1, 'Ann’s feed has her post once', feed);
    return String(posted.body['id']);
  });

  await step('Bob and Cleo find it in theirs; Bob likes it', async () => {
    for (const friend of [bob, cleo]) {
      await until(
        `${friend.name}’s feed has the post once`,
        async () => postsOf(await read('/v1/me/feed', { headers: as(friend) })).filter((id) => id === post).length === 1,
      );
    }
    expectStatus([200, 201], await write(`/v1/posts/${post}/like`, { method: 'PUT', key: key('like'), headers: as(bob) }));
  });

  const channel = await step('Ann opens a direct channel with Bob', async () => {
    const opened = await write('/v1/channels', { key: key('channel'), headers: as(ann), body: { kind: 'direct', members: [bob.id] } });
    expectStatus([200, 201], opened);
    return String(opened.body['id']);
  });

  const gateway = async (person: Person) => {
    const session = expectStatus(201, await write('/v1/sessions', { body: { loginName: person.login, password: PASSWORD } }));
    return String(session.body['gateway']);
  };
  const connect = async (person: Person, device: string, cursors: Readonly<Record<string, number>> = {}): Promise<{ socket: Socket; welcome: Frame }> => {
    const giveUpAt = Date.now() + 60_000;
    for (;;) {
      try {
        const socket = await openSocket(await gateway(person));
        socket.send({ type: 'hello', token: person.token, device, cursors });
        const welcome = await socket.next((frame) => frame.type === 'welcome');
        if (welcome !== undefined) return { socket, welcome };
      } catch (error) {
        if (Date.now() > giveUpAt) throw error;
      }
      await sleep(150);
    }
  };
  /** Sends under one id until it is acknowledged, over as many connections as it takes. */
  const send = async (person: Person, device: string, id: string, text: string): Promise<number> => {
    for (;;) {
      const { socket } = await connect(person, device);
      await using _ = socket;
      socket.send({ type: 'send', channel, id, text });
      const answer = await socket.next((frame) => (frame.type === 'ack' || frame.type === 'refused') && frame['id'] === id);
      if (answer?.type === 'refused') throw new Unexpected(`refused: ${JSON.stringify(answer)}`);
      if (answer !== undefined) return Number(answer['seq']);
    }
  };
  const said = ['Are you awake?', 'The boat leaves at nine.', 'Bring the red jacket.'];
  const ids = said.map(() => v7());

  const first = await step('Ann writes while Bob is there; he receives it live and says so', async () => {
    for (;;) {
      const { socket } = await connect(bob, 'bobs-phone');
      await using _ = socket;
      const seq = await send(ann, 'anns-laptop', ids[0] ?? '', said[0] ?? '');
      // Cut off before it arrived: the same message is asked for again, and is the same message.
      const arrived = await Promise.race([socket.next((frame) => frame.type === 'message' && frame['seq'] === seq), sleep(RECEIVED_WITHIN_MS, undefined)]);
      if (arrived === undefined) continue;
      socket.send({ type: 'received', channel, seq });
      return seq;
    }
  });

  const second = await step('Bob goes offline; Ann writes two more messages', async () => {
    const seq = await send(ann, 'anns-laptop', ids[1] ?? '', said[1] ?? '');
    const last = await send(ann, 'anns-laptop', ids[2] ?? '', said[2] ?? '');
    expect(last > seq && seq > first, 'the messages are in order', { first, seq, last });
    return seq;
  });

  await step('Nobody has received them, so one push lands on Bob’s phone', async () => {
    await until('one push about the channel was accepted', async () => {
      const listed = await read('/v1/me/notifications', { headers: as(bob) });
      const pushes = listOf(listed, 'notifications').filter(({ source, status }) => source === 'chat' && status !== 'suppressed');
      expect(pushes.length <= 1, 'there is at most one unread push a channel', pushes);
      return pushes.some((notification) => notification['status'] === 'accepted');
    });
  });

  await step('Bob comes back with his cursor and gets just what he missed', async () => {
    const { socket, welcome } = await connect(bob, 'bobs-phone', { [channel]: first });
    await using _ = socket;
    expect(welcome['recovered'] === true, 'what he missed was recovered', welcome);
    await socket.next((frame) => frame.type === 'message' && frame['seq'] === second + 1);
    const seqs = socket.frames.filter((frame) => frame.type === 'message').map((frame) => Number(frame['seq']));
    expect(JSON.stringify(seqs) === JSON.stringify([second, second + 1]), 'he gets the two, in order, once', seqs);
    socket.send({ type: 'read', channel, seq: second + 1 });
  });

  const app: App = { id: '', secret: '' };
  await step('The operator registers the app Ferry; Bob enrols with it', async () => {
    const registered = expectStatus(
      201,
      await write('/v1/apps', { key: key('app'), headers: { authorization: `Bearer ${tour.adminToken}` }, body: { name: 'Ferry' } }),
    );
    app.id = String(registered.body['id']);
    app.secret = String(registered.body['secret']);
    expectStatus([200, 201], await write(`/v1/me/apps/${app.id}`, { method: 'PUT', key: key('enrol'), headers: as(bob) }));
  });

  const signed =
    (method: string, path: string, more: Signed = {}) =>
    () =>
      signatureOf(app, method, path, more);
  const request = async (name: string) => {
    const body = { recipients: [bob.id], category: 'departures', channels: ['push', 'email'], content: { title: 'Ferry', body: 'Boarding at gate 3.' } };
    const asked = { key: key(name), body };
    return expectStatus(201, await write('/v1/notifications', { headers: signed('POST', '/v1/notifications', asked), ...asked }));
  };
  const deliveriesOf = async (notification: string) => {
    const path = `/v1/notifications/${notification}`;
    return listOf(await read(path, { headers: signed('GET', path) }), 'deliveries');
  };

  await step('Ferry notifies Bob: a push and an email land in the outbox', async () => {
    const notification = String((await request('notify')).body['id']);
    await until('both deliveries were accepted', async () => {
      const deliveries = await deliveriesOf(notification);
      return deliveries.length === 2 && deliveries.every((delivery) => delivery['status'] === 'accepted');
    });
  });

  await step('Bob opts out of departures; the next one is suppressed, and says why', async () => {
    expectStatus(
      [200, 201],
      await write('/v1/me/preferences', {
        method: 'PUT',
        key: key('opt-out'),
        headers: as(bob),
        body: { choices: [{ category: 'departures', channel: '*', wanted: false }] },
      }),
    );
    const notification = String((await request('notify-again')).body['id']);
    await until('both deliveries were suppressed', async () => {
      const deliveries = await deliveriesOf(notification);
      return deliveries.length === 2 && deliveries.every((delivery) => delivery['status'] === 'suppressed' && delivery['reason'] === 'opted-out');
    });
  });

  return { steps, channel, messages: said, post, people: { ann: ann.token, bob: bob.token, cleo: cleo.token } };
}

type Signed = { readonly body?: unknown; readonly key?: string };

function signatureOf(app: App, method: string, path: string, { body, key }: Signed) {
  const timestamp = new Date().toISOString();
  const digest = createHash('sha256')
    .update(body === undefined ? '' : JSON.stringify(body))
    .digest('hex');
  const lines = [timestamp, method, path, digest, ...(key === undefined ? [] : [key])];
  const signature = createHmac('sha256', app.secret).update(lines.join('\n')).digest('hex');
  return { 'tidings-app': app.id, 'tidings-timestamp': timestamp, 'tidings-signature': signature };
}

const minPosition = (answer: Answer) => (answer.position === undefined ? {} : { 'min-position': answer.position });

function expectStatus(status: number | readonly number[], answer: Answer): Answer {
  expect([status].flat().includes(answer.status), `the answer is ${[status].flat().join(' or ')}`, answer);
  return answer;
}

function expect(holds: boolean, what: string, seen: unknown): void {
  if (!holds) throw new Unexpected(`expected that ${what}; saw ${JSON.stringify(seen)}`);
}

const listOf = (answer: Answer, name: string) => (answer.body[name] ?? []) as readonly Readonly<Record<string, unknown>>[];
const postsOf = (answer: Answer) => listOf(answer, 'posts').map((post) => post['id']);

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const giveUpAt = Date.now() + 60_000;
  while (!(await holds())) {
    if (Date.now() > giveUpAt) throw new Unexpected(`not within 60 s: ${what}`);
    await sleep(50);
  }
}
