/** People with pictures, logins and friends. */
import { importedMediaOf } from '../../commands/imports/imports.ts';
import { portraitOf } from './drawing/portraits.ts';
import type { CastMember } from './world/cast.ts';
import { call, FillingFailed, inParallel, personAt, sendPicture, SOURCE, type Filling, type Person, type Target } from './filling.ts';
import type { World } from './world/world.ts';

/** Of everybody in the demo. */
export const DEMO_PASSWORD = 'harbour marmalade kettle';
const TIME_ZONES = { en: 'Europe/Stockholm', ko: 'Asia/Seoul' } as const;

const toImport = (cast: readonly CastMember[]) =>
  cast.map(({ loginName, name, about, language }, place) => ({
    line: place + 1,
    key: `${SOURCE}-${loginName}`,
    loginName,
    name,
    about,
    language,
    timeZone: TIME_ZONES[language],
  }));

/** Whether the first of the cast came here by a demo before. */
export async function isBegun({ client }: Pick<Target, 'client'>, cast: readonly CastMember[]): Promise<boolean> {
  const [line] = await Array.fromAsync(client.call('import-people', { people: toImport(cast.slice(0, 1)), claims: false, dryRun: true }));
  return line?.outcome === 'unchanged';
}

/** People and their logins. Who has chosen another password since can't be logged in, which throws `FillingFailed`. */
export async function fillPeople(filling: Omit<Filling, 'people'>, { cast }: World): Promise<readonly Person[]> {
  const { client, progress } = filling;
  progress.begin('People');
  const people: Person[] = [];
  const imported = await Array.fromAsync(client.call('import-people', { people: toImport(cast), claims: true, dryRun: false }));
  await inParallel(imported, async (line) => {
    const { loginName = '' } = cast[line.line - 1] ?? {};
    if (line.outcome === 'refused' || line.person === null)
      throw new FillingFailed(`${loginName} could not be imported: ${line.outcome === 'refused' ? line.says : 'nobody is there'}`);
    if (line.claim !== null) await call(filling, '/v1/account-claims', { method: 'POST', body: { claim: line.claim, newPassword: DEMO_PASSWORD } });
    const { token } = await call(filling, '/v1/sessions', { method: 'POST', body: { loginName, password: DEMO_PASSWORD } });
    people[line.line - 1] = { id: line.person, token: String(token) };
    progress.done();
  });
  return people;
}

export async function fillPortraits(filling: Filling, { cast, seed }: World): Promise<void> {
  filling.progress.begin('Their pictures');
  await inParallel([...cast.entries()], async ([place, member]) => {
    const person = personAt(filling, place);
    const key = `portrait-${member.loginName}`;
    await sendPicture(filling, person.id, { key, drawing: portraitOf(member, seed * cast.length + place) });
    const picture = { media: importedMediaOf({ owner: person.id, source: SOURCE, key }) };
    await call(filling, '/v1/me', { method: 'PATCH', as: person, name: key, body: { picture } });
    filling.progress.done();
  });
}

export async function fillFriends(filling: Filling, { cast, friends, asked, follows }: World): Promise<void> {
  const { client, progress } = filling;
  progress.begin('Friends');
  const ask = async ([one, other]: readonly [number, number]): Promise<string | undefined> => {
    const { id } = await call(filling, '/v1/friend-requests', {
      method: 'POST',
      as: personAt(filling, one),
      name: `friends-${one}-${other}`,
      body: { person: personAt(filling, other).id },
      unless: ['already-friends', 'friend-request-pending'],
    });
    return typeof id === 'string' ? id : undefined;
  };
  await inParallel(friends, async ([one, other]) => {
    const request = await ask([one, other]);
    if (request !== undefined)
      await call(filling, `/v1/friend-requests/${request}/accept`, { method: 'POST', as: personAt(filling, other), name: `accept-${one}-${other}`, body: {} });
    progress.done();
  });
  for (const pair of asked) await ask(pair);
  await inParallel([...cast.keys()], async (place) => {
    const others = follows.filter(([person]) => person === place).map(([, other], at) => ({ line: at + 1, loginName: cast[other]?.loginName ?? '' }));
    if (others.length > 0) await Array.fromAsync(client.call('import-follows', { person: personAt(filling, place).id, follows: others, dryRun: false }));
    progress.done();
  });
}
