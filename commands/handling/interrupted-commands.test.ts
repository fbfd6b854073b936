/** A command that is interrupted between one stream and the next goes on when it is repeated. */
import test from 'ava';
import { app as appDecider } from '../../domain/notifications/apps/app.ts';
import { relationships, friendReservationOf } from '../../domain/people/relationships.ts';
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import { HOUR_MS, MINUTE_MS, plus, type Instant } from '../../domain/shared/instant.ts';
import { appStream, loginStream, messagesStream, relationshipsStream } from '../../domain/shared/streams.ts';
import { LogUnavailable, type EventLog, type StoredEvent } from '../../ports/event-log/port.ts';
import { codeOf, eventsIn, givenCommands, signUp, type Process } from '../test-fixture.ts';

/** The same log, which refuses appends to streams of one category: a command that writes there is interrupted. */
const interruptedAt = (log: EventLog, category: string): EventLog => ({
  ...log,
  append: (stream, events, expected) =>
    stream.startsWith(`${category}-`) ? Promise.reject(new LogUnavailable('It was interrupted.')) : log.append(stream, events, expected),
});

test('a friend request that was interrupted after its reservation succeeds when it is repeated, even if the reservation was released', async (t) => {
  await using given = await givenCommands();
  const one = given.process();
  const [ann, bob] = [await signUp(given, one, 'ann'), await signUp(given, one, 'bob')];
  const ask = ({ commands }: Process, at = given.now) => commands.requestFriend({ person: ann, other: bob }, given.context(ann, { key: 'ask', at }));
  const reservation = async () => friendReservationOf((await one.loadState(relationships, relationshipsStream(ann))).state, bob);
  const sweep = (at: Instant) => one.commands.releaseAbandonedReservation({ person: ann, friend: bob }, given.context('system:slots', { at }));

  await t.throwsAsync(ask(given.process(interruptedAt(given.log, 'friendship'))), { instanceOf: LogUnavailable });
  await t.throwsAsync(ask(given.process(interruptedAt(given.log, 'friendship')), plus(given.now, 9 * MINUTE_MS)), { instanceOf: LogUnavailable });
  await sweep(plus(given.now, 11 * MINUTE_MS));
  t.truthy(await reservation(), 'the second try has renewed it');
  await sweep(plus(given.now, 30 * MINUTE_MS));
  t.is(await reservation(), undefined);
  t.is(codeOf((await ask(given.process(), plus(given.now, HOUR_MS))).handled), 'appended');
  t.truthy(await reservation());
});

test('a sign-up that was interrupted succeeds when it is repeated, even if its claim was freed', async (t) => {
  await using given = await givenCommands();
  const ask = ({ commands }: Process, at = given.now) =>
    commands.signUp({ loginName: 'ann', name: 'Ann', password: 'a long password' }, given.context('login:ann', { key: 'sign-up', at }));
  await t.throwsAsync(ask(given.process(interruptedAt(given.log, 'user'))), { instanceOf: LogUnavailable });
  const one = given.process();
  const login = one.commands.loginOf('ann');
  const [claim] = await eventsIn(given, loginStream(login));
  const { person } = (await given.codec.decode(claim as StoredEvent)).data as { readonly person: PersonId };
  const at = plus(given.now, 11 * MINUTE_MS);
  t.is(codeOf(await one.commands.freeAbandonedLogin({ login, person }, given.context('system:logins', { at }))), 'appended');
  t.is(codeOf((await ask(given.process(), plus(given.now, HOUR_MS))).handled), 'appended');
  t.is((await one.commands.logIn({ loginName: 'ann', password: 'a long password' }, at)).outcome, 'accepted');
});

test('a sign-up that was refused, or told to try again, does not keep the login name from a sign-up under another key', async (t) => {
  await using given = await givenCommands();
  const ask = ({ commands }: Process, name = 'Ann') => commands.signUp({ loginName: 'ann', name, password: 'a long password' }, given.context('login:ann'));
  const busy = { hash: () => Promise.reject(new Error('Too many wait.')), verify: () => Promise.resolve(false) };
  await t.throwsAsync(ask(given.process(given.log, { passwords: busy })), { message: 'Too many wait.' });
  t.is(codeOf((await ask(given.process(), ' ')).handled), 'name-empty');
  const { id, handled } = await ask(given.process());
  t.is(codeOf(handled), 'appended');
  t.is(codeOf((await ask(given.process(given.log, { passwords: busy }))).handled), 'login-taken', 'no password is hashed for a name that is taken');
  t.like(await given.process().commands.logIn({ loginName: 'ann', password: 'a long password' }, given.now), { person: id });
});

test('a secret that is rotated through two processes at once is rotated once, and both return the valid one', async (t) => {
  await using given = await givenCommands();
  const { id: app } = await given.process().commands.registerApp({ name: 'Ferry' }, given.context('admin-token'));
  const rotate = ({ commands }: Process) => commands.rotateSecret({ app }, given.context('admin-token', { key: 'rotate' }));
  const [one, other] = await Promise.all([rotate(given.process()), rotate(given.process())]);
  t.is(one.secret, other.secret);
  t.is((await given.vault.get('app-secret', app))?.secrets[0]?.secret, one.secret);
});

test('a rotation that was interrupted after its event is finished when it is repeated, and never undoes a later one', async (t) => {
  await using given = await givenCommands();
  const { id: app, secret: old } = await given.process().commands.registerApp({ name: 'Ferry' }, given.context('admin-token'));
  const secrets = async () => (await given.vault.get('app-secret', app))?.secrets.map(({ secret }) => secret);
  const rotate = (key: string) => given.process().commands.rotateSecret({ app }, given.context('admin-token', { key }));
  await given.process().handle(appDecider, appStream(app), { type: 'rotate-secret', app }, given.context('admin-token', { key: 'first' }));
  t.deepEqual(await secrets(), [old]);
  const { secret: first } = await rotate('first');
  t.deepEqual(await secrets(), [first, old]);
  const { secret: second } = await rotate('second');
  await rotate('third');
  t.is((await rotate('first')).secret, first);
  t.is((await secrets())?.[1], second);
});

/** The next append arrives, but its answer is lost, and the log is away from then on until it comes back. */
function losingTheNextAnswer(log: EventLog) {
  let state: 'there' | 'about to go' | 'away' = 'there';
  const seen: EventLog = {
    ...log,
    append: async (stream, events, expected) => {
      const appended = await log.append(stream, events, expected);
      if (state === 'there') return appended;
      state = 'away';
      throw new LogUnavailable('The answer was lost.');
    },
    readStream: (stream, options) => {
      if (state === 'away') throw new LogUnavailable('The log is away.');
      return log.readStream(stream, options);
    },
  };
  return { log: seen, lose: () => (state = 'about to go'), comeBack: () => (state = 'there') };
}

test('a post whose answer was lost keeps its first id when it is repeated later', async (t) => {
  await using given = await givenCommands();
  const ann = await signUp(given, given.process(), 'ann');
  const losing = losingTheNextAnswer(given.log);
  const one = given.process(losing.log);
  const publish = ({ commands }: Process, at = given.now, text = 'hello') =>
    commands.publishPost({ author: ann, text }, given.context(ann, { key: 'post', at, body: { text } }));
  losing.lose();
  await t.throwsAsync(publish(one), { instanceOf: LogUnavailable });
  losing.comeBack();
  const later = plus(given.now, MINUTE_MS);
  const repeated = await publish(one, later);
  const [published] = await eventsIn(given, repeated.handled.outcome === 'appended' ? repeated.handled.stream : '');
  t.is(repeated.id, ((await given.codec.decode(published as StoredEvent)).data as { readonly post: PostId }).post);
  t.is((await publish(given.process(), plus(later, MINUTE_MS))).id, repeated.id);
  t.is(codeOf((await publish(one, later, 'something else')).handled), 'idempotency-key-reused');
});

test('two processes that publish under one key at different times make one post with one id', async (t) => {
  await using given = await givenCommands();
  const ann = await signUp(given, given.process(), 'ann');
  const publish = ({ commands }: Process, at: Instant) => commands.publishPost({ author: ann, text: 'hello' }, given.context(ann, { key: 'post', at }));
  const results = await Promise.all([0, 1, 2].map((n) => publish(given.process(), plus(given.now, n * MINUTE_MS))));
  t.is(new Set(results.map(({ id }) => id)).size, 1);
});

for (const [how, fresh] of Object.entries({ 'a key of the client': false, 'a new key': true })) {
  test(`a message under ${how} whose answer was lost is not appended twice to a log that forgets, though others posted meanwhile`, async (t) => {
    await using given = await givenCommands({ idempotency: 'eventstoredb' });
    const one = given.process();
    const [ann, bob] = [await signUp(given, one, 'ann'), await signUp(given, one, 'bob')];
    const { id: channel } = await one.commands.openDirectChannel({ person: ann, other: bob }, given.context(ann));
    const post = ({ commands }: Process, sender: PersonId, context = given.context(sender)) =>
      commands.postMessage({ channel, sender, text: 'hello', clientId: 'hello' }, context);
    let lost = 0;
    const losing: EventLog = {
      ...given.log,
      append: async (stream, events, expected) => {
        const appended = await given.log.append(stream, events, expected);
        if (!stream.startsWith('messages-') || lost++ > 0) return appended;
        await post(one, bob, given.context(bob, { at: plus(given.now, -MINUTE_MS) }));
        throw new LogUnavailable('The answer was lost.');
      },
    };
    const context = given.context(ann);
    const result = await post(given.process(losing), ann, fresh ? { ...context, since: undefined } : context);
    t.like(result, { outcome: 'appended', revision: 0, repeated: true });
    t.is((await eventsIn(given, messagesStream(channel))).length, 2);
  });
}
