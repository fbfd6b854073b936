import test from 'ava';
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import { DAY_MS, instant, plus } from '../../domain/shared/instant.ts';
import { postStreamOf } from '../../domain/feed/post-id.ts';
import { relationshipsStream, userStream } from '../../domain/shared/streams.ts';
import { CLAIM_LIFETIME_MS } from '../accounts/account-claims.ts';
import { contextWith } from '../handling/command-context.ts';
import { codeOf, eventsIn, givenCommands, signUp, type CommandsFixture } from '../test-fixture.ts';

const contextFor = contextWith(Buffer.from('the secret of a test'));
const LONG_AGO = instant(Date.UTC(2019, 4, 1));
const by = (given: CommandsFixture, actor: string, afterMs = 0) => ({ contextFor, actor, at: plus(given.now, afterMs) });
const source = (author: PersonId, key: string) => ({ author, source: 'elsewhere', key, happenedAt: LONG_AGO });

test('by two importers at once, and again a month later by a third, each thing is imported once', async (t) => {
  await using given = await givenCommands({ idempotency: 'eventstoredb' });
  const [one, other] = [given.process().commands, given.process().commands];
  const importers = [
    { commands: one, importing: by(given, 'local') },
    { commands: other, importing: by(given, 'operator:7') },
  ];
  const people = await Promise.all(
    importers.map(({ commands, importing }) => commands.importPerson({ loginName: 'Ada ', name: 'Ada', about: 'Engines' }, importing)),
  );
  const [ada] = people.map(({ id }) => id);
  t.is(new Set(people.map(({ id }) => id)).size, 1);
  const bob = await signUp(given, given.process(), 'bob');

  const author = ada as PersonId;
  const everything = async (commands: typeof one, importing: ReturnType<typeof by>) => {
    const first = await commands.importPost({ ...source(author, '1'), text: 'First' }, importing);
    const reply = await commands.importPost({ ...source(author, '2'), text: 'Second', replyToKey: '1' }, importing);
    const followed = await commands.importFollow({ person: author, other: bob }, importing);
    return { ids: [first.id, reply.id], codes: [first.handled, reply.handled, followed].map(codeOf) };
  };
  const both = await Promise.all(importers.map(({ commands, importing }) => everything(commands, importing)));
  const later = await everything(given.process().commands, by(given, 'admin-token', 30 * DAY_MS));
  t.deepEqual(new Set([...both, later].map(({ ids }) => ids.join())).size, 1);
  for (const { codes } of [...both, later])
    t.false(
      codes.some((code) => code !== 'appended' && code !== 'unchanged'),
      codes.join(),
    );
  for (const id of later.ids) {
    const events = await eventsIn(given, postStreamOf(id));
    t.is(events.length, 1);
    const [published] = await given.codec.decodeAll(events);
    const { data } = published as unknown as { readonly data: object };
    t.like(data, { author, at: LONG_AGO, imported: true, ...(id === later.ids[1] && { replyTo: later.ids[0] }) });
  }
  t.is((await eventsIn(given, relationshipsStream(author))).length, 1);
  t.is((await eventsIn(given, userStream(author))).length, 2, 'registered, and what they said of themselves');
});

test('what was taken back here since stays so, and a reply to it is a post of its own', async (t) => {
  await using given = await givenCommands();
  const process = given.process();
  const { commands } = process;
  const [ann, bob] = [await signUp(given, process, 'ann'), await signUp(given, process, 'bob')];
  const importing = by(given, 'local');
  const first = { ...source(ann, '1'), text: 'First' };
  const { id } = await commands.importPost(first, importing);
  await commands.importFollow({ person: ann, other: bob }, importing);
  await commands.deletePost({ author: ann, post: id }, given.context(ann));
  await commands.unfollow({ person: ann, other: bob }, given.context(ann));
  t.is((await commands.importPost(first, importing)).id, id);
  await commands.importFollow({ person: ann, other: bob }, importing);
  t.is((await eventsIn(given, postStreamOf(id))).at(-1)?.type, 'feed.post-deleted.v1');
  t.is((await eventsIn(given, relationshipsStream(ann))).at(-1)?.type, 'people.unfollowed.v1');
  const reply = await commands.importPost({ ...source(ann, '2'), text: 'Second', replyToKey: '1' }, importing);
  const [published] = await given.codec.decodeAll(await eventsIn(given, postStreamOf(reply.id)));
  t.like(published, { type: 'feed.post-published.v1', data: { text: 'Second' } });
  t.false('replyTo' in (published as { data: object }).data);
  const publishedOf = async (id: PostId) =>
    ((await given.codec.decodeAll(await eventsIn(given, postStreamOf(id))))[0] as unknown as { readonly data: object }).data;
  const fromBob = await commands.importPost({ ...source(bob, '3'), text: 'To the second of Ann', replyToKey: '2', replyToAuthor: ann }, importing);
  t.like(await publishedOf(fromBob.id), { author: bob, replyTo: reply.id });
  t.is(await commands.findImportedPost({ author: bob, source: 'elsewhere', key: '1' }), undefined, 'of another author it is another post');
});

test('an account is claimed once, in time, and by nobody else’s claim; an erased one not at all', async (t) => {
  await using given = await givenCommands();
  const { commands } = given.process();
  const importing = by(given, 'local');
  const { id: ada } = await commands.importPerson({ loginName: 'ada', name: 'Ada' }, importing);
  const claim = (await commands.makeAccountClaim({ person: ada }, given.now)) ?? '';
  const newPassword = 'a stable full of staples';
  const outcomeOf = async (text: string, afterMs = 0) => (await commands.claimAccount({ claim: text, newPassword }, plus(given.now, afterMs))).outcome;
  const [head, tail] = [claim.slice(0, 10), claim.slice(11)];
  for (const wrong of ['', 'x', claim.slice(4), `${head}${claim[10] === 'A' ? 'B' : 'A'}${tail}`]) t.is(await outcomeOf(wrong), 'refused', wrong);
  t.is(await outcomeOf(claim, CLAIM_LIFETIME_MS), 'refused');
  t.is((await commands.logIn({ loginName: 'ada', password: newPassword }, given.now)).outcome, 'refused');
  t.is(await outcomeOf(claim), 'claimed');
  t.is(await outcomeOf(claim), 'refused');
  t.is(await commands.makeAccountClaim({ person: ada }, given.now), undefined);
  t.not((await commands.logIn({ loginName: 'ada', password: newPassword }, given.now)).outcome, 'refused');

  const { id: eve } = await commands.importPerson({ loginName: 'eve', name: 'Eve' }, importing);
  const ofEve = (await commands.makeAccountClaim({ person: eve }, given.now)) ?? '';
  await commands.erasePerson({ person: eve }, given.context(eve));
  t.is(await outcomeOf(ofEve), 'refused');
  t.is(
    codeOf((await commands.importPerson({ loginName: 'eve', name: 'Eve' }, importing)).handled),
    'person-erased',
    'nobody who was erased comes back by a file',
  );
});

test('a person whose importer was stopped before their profile gets it by the next, and nobody whose profile has changed does', async (t) => {
  await using given = await givenCommands();
  const killed = {
    ...given.log,
    append: (...[stream, events, expected]: Parameters<typeof given.log.append>) =>
      events.some(({ type }) => type === 'people.profile-changed.v1') ? Promise.reject(new Error('killed')) : given.log.append(stream, events, expected),
  };
  const eve = { key: 'elsewhere/U04', loginName: 'eve', name: 'Eve', findable: false };
  await t.throwsAsync(given.process(killed).commands.importPerson(eve, by(given, 'local')), { message: 'killed' });
  const { commands } = given.process();
  const { id } = await commands.importPerson({ ...eve, loginName: 'eve.u04' }, by(given, 'local'));
  const events = await given.codec.decodeAll(await eventsIn(given, userStream(id)));
  t.like((events as readonly object[])[1], { type: 'people.profile-changed.v1', data: { findable: false } });
  await commands.changeProfile({ person: id, about: 'Here now' }, given.context(id));
  t.is(codeOf((await commands.importPerson({ ...eve, about: 'There' }, by(given, 'local', DAY_MS))).handled), 'unchanged');
  t.is((await eventsIn(given, userStream(id))).length, 3);
});
