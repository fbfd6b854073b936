import test from 'ava';
import type { PersonId } from '../../domain/shared/ids.ts';
import { givenCommands, signUp } from '../test-fixture.ts';

test('a person who sees somebody new has their warm feed dropped at once; one who sees nobody new keeps it', async (t) => {
  await using given = await givenCommands();
  const one = given.process();
  const [ann, bob] = [await signUp(given, one, 'ann'), await signUp(given, one, 'bob')];
  const warm = async (reader: PersonId) => given.feedCache.warm(reader, await given.feedCache.beginBuild(reader), { posts: [], floor: null });
  const isWarm = async (reader: PersonId) => (await given.feedCache.page(reader, { limit: 1 })) !== undefined;
  const { commands } = one;
  const { id: request } = await commands.requestFriend({ person: ann, other: bob }, given.context(ann));
  const pair = { person: ann, other: bob };
  const steps: readonly [act: () => Promise<unknown>, drops: readonly PersonId[]][] = [
    [() => commands.follow(pair, given.context(ann)), [ann]],
    [() => commands.follow(pair, given.context(ann)), []],
    [() => commands.mute(pair, given.context(ann)), []],
    [() => commands.unmute(pair, given.context(ann)), [ann]],
    [() => commands.acceptFriend({ person: bob, request }, given.context(bob)), [ann, bob]],
    [() => commands.block(pair, given.context(ann)), []],
    [() => commands.unblock(pair, given.context(ann)), [ann, bob]],
  ];
  for (const [at, [act, drops]] of steps.entries()) {
    await Promise.all([warm(ann), warm(bob)]);
    await act();
    t.deepEqual([await isWarm(ann), await isWarm(bob)], [!drops.includes(ann), !drops.includes(bob)], `step ${at}`);
  }
});
